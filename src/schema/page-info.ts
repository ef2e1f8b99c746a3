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
      description:
        'Whether to ask for another page with `after: endCursor`: there is, or may be, more. On lists of contacts it is also true after a source failed; it becomes false when three pages in a row asked only failing sources, without success.',
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
        'Where to go on: pass it as `after`. On lists of contacts it is always set, even when the page has no edge; it also resumes sources that failed, whatever `hasNextPage` says.',
      resolve: (page) => page.endCursor(),
    }),
  }),
});
