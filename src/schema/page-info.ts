import { builder } from './builder.ts';

/** Where one page stands in its list. Cursors are made only when asked for. */
export interface PageInfoShape {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  startCursor(): string | null;
  endCursor(): string | null;
}

export const PageInfo = builder.objectRef<PageInfoShape>('PageInfo').implement({
  description: 'Where a page stands in its list.',
  fields: (t) => ({
    hasNextPage: t.exposeBoolean('hasNextPage', {
      nullable: false,
      description: 'Whether there is, or may be, something after this page: ask again with `after: endCursor` until it is false.',
    }),
    hasPreviousPage: t.exposeBoolean('hasPreviousPage', {
      nullable: false,
      description: 'Whether something was read before this page.',
    }),
    startCursor: t.string({
      description: 'The cursor of the first edge. Null when the page has no edge.',
      resolve: (page) => page.startCursor(),
    }),
    endCursor: t.string({
      description:
        'Where to go on: pass it as `after`. On lists of contacts it is set even when the page has no edge, as long as there is more to search.',
      resolve: (page) => page.endCursor(),
    }),
  }),
});
