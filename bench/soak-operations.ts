/** One request of the soak; the number makes it unlike the others where it should be. */
export type Operation = (number: number) => {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** The client leaves after this time, answered or not. */
  readonly hangsUpAfterMs?: number;
};

const ROWS = 'nodes { __typename id displayName phones { value } emails { value } tags { name } source { name } }';
const REPORTS = 'sourceReports { source { name } status error { code } asOf }';
const DAY_MS = 86_400_000;
/** A prime, so that whoever counts in steps comes round to all of them. */
const LISTS = 4_999;

/** A list that nobody asked for before, so that what is remembered is pushed out again and again. */
const unlike = (number: number) => new Date(Date.UTC(2010, 0, 1) + (number % LISTS) * DAY_MS).toISOString();

/** What front ends send: mostly the same lists, some of their own, some nested data, some nonsense; and some leave. */
export const OPERATIONS: readonly Operation[] = [
  () => ({ query: `{ contacts(first: 25) { ${ROWS} ${REPORTS} pageInfo { endCursor } } }` }),
  (number) => ({
    query: `query ($from: DateTime!) { contacts(first: 100, filter: { createdAt: { from: $from } }) { ${ROWS} ${REPORTS} } }`,
    variables: { from: unlike(number) },
  }),
  (number) => ({
    query: `query ($search: String!) { contacts(first: 10, filter: { search: $search }) { ${ROWS} ${REPORTS} } }`,
    variables: { search: `a${number % LISTS}` },
  }),
  () => ({
    query: `{
      contacts(first: 25, sources: ["kommo"]) {
        edges { cursor node { displayName responsible { displayName } leads(first: 3) { nodes { name } } ... on Person { company { displayName } } } }
        ${REPORTS}
      }
    }`,
  }),
  () => ({ query: '{ sources { name tags { name } users { displayName } health { status quotas { window remaining } } } }' }),
  (number) => ({
    query: `query ($from: DateTime!) { contacts(first: 50, filter: { createdAt: { from: $from } }) { ${ROWS} } }`,
    variables: { from: unlike(number * 7) },
    hangsUpAfterMs: 5,
  }),
  (number) => ({ query: `{ contacts(first: ${number % 200}, after: "nonsense") { nodes { nothing } } }` }),
  (number) => ({
    query: 'mutation ($id: ID!) { deleteContact(input: { id: $id, dryRun: true }) { deletion { outcome } } }',
    variables: { id: Buffer.from(`callgear:contact:${2_150_000_000 + (number % 1_000)}`).toString('base64url') },
  }),
];
