import { builder } from '../builder.ts';

const NO_VALUES: Readonly<Record<string, { description: string }>> = {};

export const SourceKind = builder.enumType('SourceKind', {
  description: 'Which CRM a source is an account of. New values may be added: treat one you do not know as another CRM.',
  isOfCrms: true,
  values: NO_VALUES,
});
