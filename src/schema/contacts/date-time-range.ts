import { builder } from '../builder.ts';

export const DateTimeRange = builder.inputType('DateTimeRange', {
  description: 'A period of time that includes both ends. A range whose end is before its start matches nothing.',
  fields: (t) => ({
    from: t.field({ type: 'DateTime', description: 'The start of the period. Null: no start.' }),
    to: t.field({ type: 'DateTime', description: 'The end of the period. Null: no end.' }),
  }),
});
