import { builder } from './builder.ts';

/** Where one page stands in its list. Cursors are made only when they are selected. */
export interface PageInfoShape {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  startCursor(): string | null;
  endCursor(): string | null;
}

export const PageInfo = builder.objectRef<PageInfoShape>('PageInfo').implement({
  description: 'The position of a page in its list.',
  fields: (t) => ({
    hasNextPage: t.exposeBoolean('hasNextPage', {
      nullable: false,
      description:
        'Whether to request another page with `after: endCursor`: more entries follow, or may follow. In lists of contacts it is also true after a source failed; it becomes false when three pages in a row requested only failing sources, without success.',
    }),
    hasPreviousPage: t.exposeBoolean('hasPreviousPage', {
      nullable: false,
      description: 'Whether entries were read before this page.',
    }),
    startCursor: t.string({
      description: 'The cursor of the first edge. Null when the page is empty.',
      resolve: (page) => page.startCursor(),
    }),
    endCursor: t.string({
      description:
        'Pass it as `after` to read the next page. In lists of contacts it is always set, even for an empty page, and it also resumes sources that failed, whatever `hasNextPage` says.',
      resolve: (page) => page.endCursor(),
    }),
  }),
});
