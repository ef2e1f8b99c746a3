import type { GraphQLResolveInfo } from 'graphql';
import type { AnswerNotes, RequestContext } from '../context.ts';
import type { ContactRecord } from '../../datasources/port/records/contact.ts';
import type { SourceError } from '../../datasources/port/source-error.ts';
import type { ContactOrder as Order } from '../../datasources/port/list-query.ts';
import { readContactPage, type ContactPage } from '../../federation/contact-page.ts';
import { InvalidCursorError } from '../../federation/cursor.ts';
import { invalidCursor } from '../bad-user-input.ts';
import { giveWay } from '../../platform/timers.ts';
import { builder } from '../builder.ts';
import { ContactConnection, type ContactConnectionShape } from './contact-connection.ts';
import { ContactFilter, type ContactFilterInput } from './contact-filter.ts';
import { ContactOrder } from './contact-order.ts';
import { detailsNeeded, membersShown } from '../look-ahead.ts';
import { readPageSize } from '../page-size.ts';
import { chooseSources } from './choose-sources.ts';
import { readReferences } from './read-references.ts';
import { readContactFilter } from './read-contact-filter.ts';
import { watchUserRights } from '../staff/user-rights.ts';

const CONTACTS_BY_DEFAULT = 25;
const ORDER_BY_DEFAULT: Order = { field: 'DISPLAY_NAME', direction: 'ASC' };

interface ContactsArgs {
  first?: number | null | undefined;
  after?: string | null | undefined;
  filter?: ContactFilterInput | null | undefined;
  orderBy?: Order | null | undefined;
  sources?: readonly string[] | null | undefined;
}

builder.queryField('contacts', (t) =>
  t.field({
    type: ContactConnection,
    description:
      'Contacts of all sources, or of the given ones, merged into one list. A source that fails is left out and reported in `sourceReports`; the others are complete.',
    scope: 'contacts:read',
    args: {
      first: t.arg.int({
        defaultValue: CONTACTS_BY_DEFAULT,
        description: 'How many contacts to return: 0 to 100. Null is 25. With 0, contacts are only counted.',
      }),
      after: t.arg.string({
        description:
          'A cursor from a list with the same filter, order and sources. Null: from the start. Any other cursor fails with INVALID_CURSOR.',
      }),
      filter: t.arg({ type: ContactFilter, description: 'Which contacts to return. Null is all.' }),
      orderBy: t.arg({ type: ContactOrder, defaultValue: { ...ORDER_BY_DEFAULT }, description: 'How to sort the list. Null is by name.' }),
      sources: t.arg.stringList({ description: 'The names of the sources to read (`Source.name`). Null is all, [] is none.' }),
    },
    estimate: {
      isContactList: true,
      ask: ({ first, sources: names }, { sources }) => ({
        rows: first ?? CONTACTS_BY_DEFAULT,
        sources: names ? sources.filter(({ name }) => names.includes(name)) : sources,
      }),
    },
    resolve: (_root, args, context, info) => readConnection(args, context, info),
  }),
);

/**
 * Cost: what readContactPage costs; the users on the page are looked up with those that the query selects. What rows refer to is read while other
 * sources are awaited: 1 call in vain for companies and 1 for users of a source that then is not on the page.
 */
async function readConnection(args: ContactsArgs, context: RequestContext, info: GraphQLResolveInfo): Promise<ContactConnectionShape> {
  const details = detailsNeeded(info);
  const { call, limits, loaders, trace } = context;
  const offered = new Set<ContactRecord>();
  const page = await readPage(
    {
      filter: readContactFilter(args.filter),
      order: args.orderBy ?? ORDER_BY_DEFAULT,
      first: readPageSize(args.first, CONTACTS_BY_DEFAULT),
      after: args.after ?? null,
      sources: chooseSources(args.sources, context),
      details,
      shown: membersShown(info),
      onCandidates: (records) => {
        for (const record of records) offered.add(record);
        readReferences(records, context, info);
      },
    },
    { call, ...limits, now: () => performance.now() },
  );
  for (const { status, error } of page.reports) if (status === 'FAILED' || status === 'PARTIAL') noteTrouble(trace, error);
  for (const { record } of page.edges) loaders.prime(record, details);
  if (context.isExplained) context.explanations.push(explain(page, info));
  const records = page.edges.map(({ record }) => record);
  // These calls are under way before the fields of all rows are worked out, which takes a millisecond or two.
  const rest = records.filter((record) => !offered.has(record));
  if (readReferences(rest, context, info)) await giveWay();
  return { page, missingUserRights: watchUserRights(records, context, info) };
}

/** Rows that do not fit the contract and a used-up scan budget would be the same again; whatever else is missing may come in a moment. */
function noteTrouble(trace: AnswerNotes, error: SourceError | null): void {
  if (error !== null && error.code !== 'BAD_RESPONSE') trace.noteFailure(error.code);
}

async function readPage(...request: Parameters<typeof readContactPage>): Promise<ContactPage> {
  try {
    return await readContactPage(...request);
  } catch (error) {
    throw error instanceof InvalidCursorError ? invalidCursor('after') : error;
  }
}

/** How one list was made, for `extensions.plan`. */
function explain({ reports }: ContactPage, { path }: GraphQLResolveInfo) {
  return {
    field: String(path.key),
    sources: reports.map(({ source, status, explain: made }) => ({ source: source.name, status, ...made })),
  };
}
