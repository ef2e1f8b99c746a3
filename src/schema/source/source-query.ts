import { builder } from '../builder.ts';
import { Source } from './source.ts';

builder.queryField('sources', (t) =>
  t.field({
    type: [Source],
    description: 'All configured CRM accounts, in the order of the configuration. Costs no call to a CRM by itself.',
    scope: 'contacts:read',
    estimate: { items: ({ sources }) => sources.length },
    resolve: (_root, _args, { sources }) => [...sources.values()],
  }),
);

builder.queryField('source', (t) =>
  t.field({
    type: Source,
    description: 'One configured CRM account. Null when no source has this name. Costs no call to a CRM by itself.',
    scope: 'contacts:read',
    args: { name: t.arg.string({ required: true, description: 'The `Source.name` to find.' }) },
    estimate: { ask: ({ name }, { sources }) => ({ sources: sources.filter((source) => source.name === name) }) },
    resolve: (_root, { name }, { sources }) => sources.get(name) ?? null,
  }),
);
