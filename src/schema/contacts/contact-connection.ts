import type { ContactPage } from '../../federation/contact-page.ts';
import { builder } from '../builder.ts';
import { Contact } from '../contact/contact.ts';
import { PageInfo } from '../page-info.ts';
import { SourceReport } from '../source/source-report.ts';
import type { MissingUserRights } from '../staff/user-rights.ts';
import { toInt } from '../whole-number.ts';

/** A page, with what only other calls can find out: whether users are shown without names. */
export interface ContactConnectionShape {
  readonly page: ContactPage;
  readonly missingUserRights: MissingUserRights;
}

const ContactEdge = builder.objectRef<ContactPage['edges'][number]>('ContactEdge').implement({
  description: 'A contact and its position in a list.',
  fields: (t) => ({
    cursor: t.string({
      nullable: false,
      description: 'Pass it as `after`, with the same filter, order and sources, to continue after this contact.',
      resolve: (edge) => edge.cursor(),
    }),
    node: t.field({ type: Contact, nullable: false, description: 'The contact at this position.', resolve: ({ record }) => record }),
  }),
});

export const ContactConnection = builder.objectRef<ContactConnectionShape>('ContactConnection').implement({
  description:
    'One page of a list of contacts, merged from all requested sources. A page may hold fewer contacts than requested, even none, while more follow: rely on `pageInfo.hasNextPage`.',
  fields: (t) => ({
    edges: t.field({
      type: [ContactEdge],
      nullable: false,
      estimate: { items: ({ rows }) => rows },
      description: 'The contacts of the page with their cursors.',
      resolve: ({ page }) => page.edges,
    }),
    nodes: t.field({
      type: [Contact],
      nullable: false,
      estimate: { items: ({ rows }) => rows },
      description: 'The contacts of the page without cursors.',
      resolve: ({ page }) => page.edges.map(({ record }) => record),
    }),
    pageInfo: t.field({
      type: PageInfo,
      nullable: false,
      description: 'The position of the page in the list.',
      resolve: ({ page }) => page,
    }),
    totalCount: t.int({
      description:
        'How many contacts the whole list has, as counted by the CRMs. Null when a requested source cannot count, or when the gateway itself has to filter rows.',
      resolve: ({ page }) => toInt(page.totalCount),
    }),
    isComplete: t.boolean({
      nullable: false,
      description:
        'Whether every requested source answered in full: none failed, was skipped or stopped early, and no contact can be missing because of its spelling.',
      resolve: ({ page }) => page.isComplete,
    }),
    sourceReports: t.field({
      type: [SourceReport],
      nullable: false,
      estimate: { items: ({ sources }) => sources.length },
      description: 'What each requested source contributed: one report for each.',
      resolve: ({ page, missingUserRights }) => page.reports.map((report) => ({ report, missingUserRights })),
    }),
  }),
});
