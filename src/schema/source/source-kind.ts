import { builder } from '../builder.ts';

const NO_VALUES: Readonly<Record<string, { description: string }>> = {};

export const SourceKind = builder.enumType('SourceKind', {
  description: 'The kind of CRM that a source is an account of. New values may be added: treat an unknown one as another CRM.',
  isOfCrms: true,
  values: NO_VALUES,
});
