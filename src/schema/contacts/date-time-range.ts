import { builder } from '../builder.ts';

export const DateTimeRange = builder.inputType('DateTimeRange', {
  description: 'A stretch of time, both ends included. A range that ends before it begins matches nothing.',
  fields: (t) => ({
    from: t.field({ type: 'DateTime', description: 'At this moment or later. Null: without a beginning.' }),
    to: t.field({ type: 'DateTime', description: 'At this moment or earlier. Null: without an end.' }),
  }),
});
