import { expect, test } from 'vitest';
import { startTestGateway } from '../../support/gateway.ts';

const SEARCH =
  'query ($search: String!) { contacts(first: 100, sources: ["onlyoffice"], filter: { search: $search }) { nodes { displayName } } }';

/** Searches for each of some words in turn, then for the first of them again. @returns The calls that the last of these searches cost. */
async function callsOfRepetition(environment: Readonly<Record<string, string>>): Promise<number> {
  await using gateway = await startTestGateway({
    population: { onlyoffice: 200, kommo: 1, callgear: 1 },
    environment: { CACHE_TTL_MS: '600000', ANSWER_CACHE_BYTES: '0', ...environment },
  });
  const words = ['a', 'e', 'i', 'n', 'o', 'r', 's', 't'];
  for (const search of words) expect((await gateway.query(SEARCH, { search })).errors).toEqual([]);
  const before = gateway.requests().length;
  await gateway.query(SEARCH, { search: words[0] });
  return gateway.requests().length - before;
}

test('what was used longest ago leaves the cache when CACHE_BYTES are full', async () => {
  expect(await callsOfRepetition({})).toBe(0);
  expect(await callsOfRepetition({ CACHE_BYTES: '1000000' })).toBeGreaterThan(0);
});
