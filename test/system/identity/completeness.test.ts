import { expect, test } from 'vitest';
import { encodeSourceId } from '../../../src/federation/source-id.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { personsByContact, untilIndexed } from '../../support/identity/identities.ts';
import { ALL } from '../../support/sources.ts';

const NODES = `query ($ids: [ID!]!) {
  nodes(ids: $ids) { id ... on Contact { matches(first: 25) { isComplete nodes { contact { id } } sourceReports { source { name } status isComplete } } } }
}`;
interface Node {
  readonly id: string;
  readonly matches: { readonly isComplete: boolean; readonly nodes: readonly { readonly contact: { readonly id: string } }[] } | null;
}
/** At most what `nodes` takes. */
const PAGE = 100;

async function matchesOf(gateway: TestGateway, ids: readonly string[]): Promise<ReadonlyMap<string, Node['matches']>> {
  const found = new Map<string, Node['matches']>();
  for (let from = 0; from < ids.length; from += PAGE) {
    const { data } = await gateway.query<{ nodes: (Node | null)[] }>(NODES, { ids: ids.slice(from, from + PAGE) });
    for (const node of data?.nodes ?? []) if (node !== null) found.set(node.id, node.matches);
  }
  return found;
}

test('in 1,000 runs with one source down, no answer that misses a match is said to be complete', async () => {
  const population = { seed: 9, onlyoffice: 250, kommo: 250, callgear: 250, identityCases: 70 };
  await using gateway = await startTestGateway({
    population,
    environment: { CONTACT_INDEX: 'on', DEFAULT_COUNTRY: 'RU', CALL_BUDGET: '1000', REPLY_BUDGET: '100000000' },
  });
  await untilIndexed(gateway);
  const ids = [...personsByContact(gateway).keys()].map((contact) => {
    const [source = '', idInSource = ''] = contact.split(' ');
    return { source, id: encodeSourceId({ source, entity: 'contact', idInSource }) };
  });
  const truth = await matchesOf(
    gateway,
    ids.map(({ id }) => id),
  );
  let runs = 0;
  let complete = 0;
  for (const down of ALL) {
    gateway[down].setFaults([{ route: '*', effect: { kind: 'respond', status: 500, contentType: 'text/html', body: 'down' } }]);
    const asked = ids.filter(({ source }) => source !== down).map(({ id }) => id);
    for (const [id, matches] of await matchesOf(gateway, asked)) {
      if (matches === null) continue;
      runs += 1;
      if (!matches.isComplete) continue;
      complete += 1;
      expect(matches.nodes.map(({ contact }) => contact.id)).toEqual(truth.get(id)?.nodes.map(({ contact }) => contact.id));
    }
    gateway[down].setFaults([]);
  }
  process.stdout.write(`${runs} runs with one source down, ${complete} complete\n`);

  expect(runs).toBeGreaterThanOrEqual(1_000);
});
