import type { ConcreteRequest } from 'relay-runtime';

/**
 * What Relay's compiler makes of
 *
 *     query ContactsQuery($first: Int, $after: String, $filter: ContactFilter) {
 *       contacts(first: $first, after: $after, filter: $filter) @connection(key: "Contacts_contacts") { edges { node { id displayName } } }
 *     }
 */
const field = (name: string) => ({ alias: null, args: null, kind: 'ScalarField', name, storageKey: null }) as const;
const linked = (name: string, concreteType: string | null, plural: boolean, selections: readonly unknown[]) =>
  ({ alias: null, args: null, concreteType, kind: 'LinkedField', name, plural, selections, storageKey: null }) as const;
const variable = (name: string) => ({ kind: 'Variable', name, variableName: name }) as const;
const definition = (name: string) => ({ defaultValue: null, kind: 'LocalArgument', name }) as const;

const DEFINITIONS = ['first', 'after', 'filter'].map(definition);
const ARGUMENTS = [variable('after'), variable('filter'), variable('first')];
const CONNECTION = [
  linked('edges', 'ContactEdge', true, [
    linked('node', null, false, [field('__typename'), field('id'), field('displayName')]),
    field('cursor'),
  ]),
  linked('pageInfo', 'PageInfo', false, [field('hasNextPage'), field('endCursor')]),
];

/** The query as its artifact. */
export const LIST = {
  kind: 'Request',
  fragment: {
    argumentDefinitions: DEFINITIONS,
    kind: 'Fragment',
    metadata: null,
    name: 'ContactsQuery',
    selections: [
      {
        ...linked('__Contacts_contacts_connection', 'ContactConnection', false, CONNECTION),
        alias: 'contacts',
        args: [variable('filter')],
      },
    ],
    type: 'Query',
    abstractKey: null,
  },
  operation: {
    argumentDefinitions: DEFINITIONS,
    kind: 'Operation',
    name: 'ContactsQuery',
    selections: [
      { ...linked('contacts', 'ContactConnection', false, CONNECTION), args: ARGUMENTS },
      {
        alias: null,
        args: ARGUMENTS,
        filters: ['filter'],
        handle: 'connection',
        key: 'Contacts_contacts',
        kind: 'LinkedHandle',
        name: 'contacts',
      },
    ],
  },
  params: {
    cacheID: 'contacts',
    id: null,
    metadata: {
      connection: [{ count: 'first', cursor: 'after', direction: 'forward', path: ['contacts'] }],
    },
    name: 'ContactsQuery',
    operationKind: 'query',
    text: `query ContactsQuery($first: Int, $after: String, $filter: ContactFilter) {
      contacts(first: $first, after: $after, filter: $filter) {
        edges { node { __typename id displayName } cursor }
        pageInfo { hasNextPage endCursor }
      }
    }`,
  },
} as unknown as ConcreteRequest;
