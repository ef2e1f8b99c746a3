import type { ContactPage } from '../../federation/contact-page.ts';
import { builder } from '../builder.ts';
import { Contact } from '../contact/contact.ts';
import { PageInfo } from '../page-info.ts';
import { SourceReport } from '../source/source-report.ts';
import type { MissingUserRights } from '../staff/user-rights.ts';
import { toInt } from '../whole-number.ts';

/** A page, and what of it only look-ups tell: whether users are shown without names. */
export interface ContactConnectionShape {
  readonly page: ContactPage;
  readonly missingUserRights: MissingUserRights;
}

const ContactEdge = builder.objectRef<ContactPage['edges'][number]>('ContactEdge').implement({
  description: 'A place in a list of contacts.',
  fields: (t) => ({
    cursor: t.string({
      nullable: false,
      description: 'Pass it as `after`, with the same filter, order and sources, to go on behind this contact.',
      resolve: (edge) => edge.cursor(),
    }),
    node: t.field({ type: Contact, nullable: false, description: 'The contact.', resolve: ({ record }) => record }),
  }),
});

export const ContactConnection = builder.objectRef<ContactConnectionShape>('ContactConnection').implement({
  description:
    'A page of a list of contacts, merged from all asked sources. A page may be shorter than asked, even empty, while there is more: `pageInfo.hasNextPage` decides.',
  fields: (t) => ({
    edges: t.field({
      type: [ContactEdge],
      nullable: false,
      estimate: { items: ({ rows }) => rows },
      description: 'The contacts with their cursors.',
      resolve: ({ page }) => page.edges,
    }),
    nodes: t.field({
      type: [Contact],
      nullable: false,
      estimate: { items: ({ rows }) => rows },
      description: 'The contacts alone.',
      resolve: ({ page }) => page.edges.map(({ record }) => record),
    }),
    pageInfo: t.field({ type: PageInfo, nullable: false, description: 'Where this page stands.', resolve: ({ page }) => page }),
    totalCount: t.int({
      description:
        'How many contacts the whole list has, as the CRMs count. Null when any asked source cannot tell, or rows were checked here.',
      resolve: ({ page }) => toInt(page.totalCount),
    }),
    isComplete: t.boolean({
      nullable: false,
      description: 'True if every asked source answered in full: nothing failed, was skipped, stopped early or may have missed a spelling.',
      resolve: ({ page }) => page.isComplete,
    }),
    sourceReports: t.field({
      type: [SourceReport],
      nullable: false,
      estimate: { items: ({ sources }) => sources.length },
      description: 'What each asked source gave, one report for each.',
      resolve: ({ page, missingUserRights }) => page.reports.map((report) => ({ report, missingUserRights })),
    }),
  }),
});
