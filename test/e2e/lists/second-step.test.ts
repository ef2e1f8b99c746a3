import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { LIST_ROUTES, type SourceName } from '../../support/sources.ts';

const POPULATION = { onlyoffice: 20, kommo: 20, callgear: 20 };
const ENVIRONMENT = { CACHE_TTL_MS: '0', REFERENCE_TTL_MS: '0', REQUEST_TIMEOUT_MS: '60000', SOURCE_TIMEOUT_MS: '30000' };
const PAGE = `query ($first: Int) { contacts(first: $first) {
  nodes { id responsible { email } ... on Person { company { displayName createdAt } } }
  sourceReports { status }
} }`;
const COMPANIES = 'GET /api/v4/companies';
const USERS = 'GET /api/v4/users';
const EMPLOYEES = 'POST get.employees';

/** Asks for a page while the list of one CRM is held until `meanwhile` is done. @returns The answer, and the calls that it cost. */
async function askWhileHeld(gateway: TestGateway, held: SourceName, first: number, meanwhile: () => Promise<unknown>) {
  const hold = Promise.withResolvers<void>();
  gateway[held].setFaults([{ route: LIST_ROUTES[held], effect: { kind: 'hold', until: hold.promise } }]);
  const answer = gateway.query<{ contacts: { nodes: readonly object[] } }>(PAGE, { first });
  try {
    await meanwhile();
  } finally {
    hold.resolve();
  }
  return { answer: await answer, calls: gateway.calls() };
}

const hasAsked = (gateway: TestGateway, ...routes: readonly string[]) =>
  eventually(() =>
    expect(
      gateway
        .requests()
        .map(({ route }) => route)
        .filter((route) => routes.includes(route)),
    ).toHaveLength(routes.length),
  );

describe('what the rows of a CRM refer to', () => {
  it.each<[SourceName, SourceName, readonly string[]]>([
    ['kommo', 'onlyoffice', [COMPANIES, USERS]],
    ['kommo', 'callgear', [COMPANIES, USERS]],
    ['callgear', 'onlyoffice', [EMPLOYEES]],
    ['callgear', 'kommo', [EMPLOYEES]],
  ])('is read while %s is here and %s is still awaited, and once', async (_source, held, routes) => {
    await using gateway = await startTestGateway({ population: POPULATION, environment: ENVIRONMENT });
    const undisturbed = await gateway.query(PAGE, { first: 100 });
    const callsUndisturbed = gateway.calls();
    gateway.clearCalls();

    const { answer, calls } = await askWhileHeld(gateway, held, 100, () => hasAsked(gateway, ...routes));

    expect(answer.data).toEqual(undisturbed.data);
    expect(answer.errors).toEqual(undisturbed.errors);
    expect(calls).toEqual(callsUndisturbed);
  });

  it('is not read for a page so short that the rows may not be on it', async () => {
    await using gateway = await startTestGateway({ population: POPULATION, environment: ENVIRONMENT });
    const lists = [LIST_ROUTES.kommo, LIST_ROUTES.callgear, LIST_ROUTES.onlyoffice];
    await askWhileHeld(gateway, 'onlyoffice', 2, async () => {
      await hasAsked(gateway, ...lists);
      expect(gateway.requests().filter(({ route }) => !lists.includes(route as (typeof lists)[number]))).toEqual([]);
    });
  });
});
