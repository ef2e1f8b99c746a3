import { InvalidCursorError } from '../../federation/cursor.ts';
import {
  IDENTITY_SCOPES,
  listIdentities,
  type IdentitiesPage,
  type IdentityScope as Scope,
} from '../../federation/identity/list-identities.ts';
import { badUserInput, invalidCursor } from '../bad-user-input.ts';
import { builder } from '../builder.ts';
import { chooseSources } from '../contacts/choose-sources.ts';
import { describedValues } from '../described-values.ts';
import { isSelected } from '../look-ahead.ts';
import { PageInfo } from '../page-info.ts';
import { readPageSize } from '../page-size.ts';
import { SourceReport } from '../source/source-report.ts';
import { toInt } from '../whole-number.ts';
import { Identity } from './identity.ts';
import { MatchConfidence, toReportShapes } from './match.ts';

const IDENTITIES_BY_DEFAULT = 25;
const MEMBERS_MAX = 12;

const IdentityScope = builder.enumType('IdentityScope', {
  description: 'Where the members of a person have to be.',
  values: describedValues<Scope>(IDENTITY_SCOPES, {
    ANY: 'Anywhere.',
    WITHIN_ONE_SOURCE: 'At least two members in one source: duplicates within a CRM.',
    ACROSS_SOURCES: 'Members in at least two sources.',
  }),
});

const IdentitiesFilter = builder.inputType('IdentitiesFilter', {
  description: 'Which persons to return. All members must hold.',
  fields: (t) => ({
    minMembers: t.int({ required: true, defaultValue: 2, description: 'The least number of members, 1 to 12. 2 returns duplicates only.' }),
    scope: t.field({ type: IdentityScope, required: true, defaultValue: 'ANY', description: 'Where the members have to be.' }),
    minConfidence: t.field({
      type: MatchConfidence,
      required: true,
      defaultValue: 'LIKELY',
      description: 'The least confidence of every link. POSSIBLE fails with BAD_USER_INPUT: such links join nobody.',
    }),
  }),
});

const IdentityEdge = builder.objectRef<IdentitiesPage['edges'][number]>('IdentityEdge').implement({
  description: 'A person and its position in a list.',
  fields: (t) => ({
    cursor: t.string({
      nullable: false,
      description: 'Pass it as `after`, with the same filter and sources, to continue after this person, even after an index was rebuilt.',
      resolve: (edge) => edge.cursor(),
    }),
    node: t.expose('node', { type: Identity, nullable: false, description: 'The person at this position.' }),
  }),
});

const IdentityConnection = builder.objectRef<IdentitiesPage>('IdentityConnection').implement({
  description:
    'One page of a list of persons. A page may hold fewer persons than requested while more follow: rely on `pageInfo.hasNextPage`.',
  fields: (t) => ({
    edges: t.field({
      type: [IdentityEdge],
      nullable: false,
      description: 'The persons of the page with their cursors.',
      resolve: ({ edges }) => edges,
    }),
    nodes: t.field({
      type: [Identity],
      nullable: false,
      description: 'The persons of the page without cursors.',
      resolve: ({ edges }) => edges.map(({ node }) => node),
    }),
    pageInfo: t.field({ type: PageInfo, nullable: false, description: 'The position of the page in the list.', resolve: (page) => page }),
    totalCount: t.int({
      description:
        'How many persons the whole list has, as the indexes have them. Null while the index of a requested source is not READY, and when counting would take too long.',
      resolve: ({ totalCount }) => toInt(totalCount),
    }),
    isComplete: t.exposeBoolean('isComplete', {
      nullable: false,
      description: 'Whether every requested source has an index that is up to date, and all members could be read.',
    }),
    sourceReports: t.field({
      type: [SourceReport],
      nullable: false,
      description: 'What each requested source contributed: one report for each. SKIPPED with INDEX_MISSING: it has no contact index.',
      resolve: ({ reports }) => toReportShapes(reports),
    }),
  }),
});

builder.queryField('identities', (t) =>
  t.field({
    type: IdentityConnection,
    description:
      'All persons, or only duplicates, of all sources. It is made from the contact indexes: a source without one is SKIPPED with INDEX_MISSING. A page costs only the reading of the members that it shows.',
    scope: 'contacts:read',
    args: {
      first: t.arg.int({ defaultValue: IDENTITIES_BY_DEFAULT, description: 'How many persons to return: 0 to 100. Null is 25.' }),
      after: t.arg.string({
        description:
          'A cursor from a list with the same filter and sources. Null: from the start. Any other cursor fails with INVALID_CURSOR.',
      }),
      filter: t.arg({ type: IdentitiesFilter, description: 'Which persons to return. Null is duplicates.' }),
      sources: t.arg.stringList({ description: 'The names of the sources to look in (`Source.name`). Null is all, [] is none.' }),
    },
    estimate: { isContactList: true },
    resolve: async (_root, { first, after, filter, sources: names }, context, info) => {
      const { minMembers, minConfidence, scope } = filter ?? { minMembers: 2, minConfidence: 'LIKELY' as const, scope: 'ANY' as const };
      if (minConfidence === 'POSSIBLE') throw badUserInput('filter.minConfidence', 'POSSIBLE links join nobody.');
      if (minMembers < 1 || minMembers > MEMBERS_MAX) throw badUserInput('filter.minMembers', `must be from 1 to ${MEMBERS_MAX}.`);
      const { trace, deadline, identity } = context;
      trace.noteLive();
      const query = {
        first: readPageSize(first, IDENTITIES_BY_DEFAULT),
        after: after ?? null,
        filter: { minMembers, minConfidence, scope },
        sources: chooseSources(names, context),
        isCounted: isSelected(info, 'IdentityConnection', 'totalCount'),
      };
      try {
        return await listIdentities(query, identity.universe, identity.priority, deadline);
      } catch (error) {
        throw error instanceof InvalidCursorError ? invalidCursor('after') : error;
      }
    },
  }),
);
