import { builder } from '../builder.ts';

const NO_KINDS: Record<string, { description: string }> = {};

/** Its values are not known here: `createSchema` sets them to the kinds of CRM that the gateway is composed of. */
export const SourceKind = builder.enumType('SourceKind', {
  description: 'Which CRM a source is an account of. New values may be added: treat one you do not know as another CRM.',
  values: NO_KINDS,
});

/**
 * Sets the values of the SourceKind enum for the schemas that are built from now on.
 *
 * @param displayNames What people call a kind, by kind; a kind without one is described by itself.
 */
export function setSourceKinds(kinds: readonly string[], displayNames: Readonly<Record<string, string>> = {}): void {
  const values = Object.fromEntries(
    kinds.map((kind) => [kind, { value: kind, description: `An account of ${displayNames[kind] ?? kind}.` }]),
  );
  SourceKind.updateConfig((config) => ({ ...config, values }));
}
