import { describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway, type TestGatewayOptions } from '../../support/gateway.ts';
import { LIST_ROUTES } from '../../support/sources.ts';

interface Page {
  contacts: {
    nodes: { idInSource: string; displayName: string }[];
    pageInfo: { hasNextPage: boolean; endCursor: string };
    sourceReports: { status: string; isOrdered: boolean; unsupportedFilters: string[]; error: { code: string } | null }[];
  };
}
const LIST = `query ($filter: ContactFilter, $orderBy: ContactOrder, $first: Int = 100, $after: String) {
  contacts(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
    nodes { idInSource displayName } pageInfo { hasNextPage endCursor }
    sourceReports { status isOrdered unsupportedFilters error { code } }
  }
}`;

function start(kommo: TestGatewayOptions['kommo'] = {}, environment: Record<string, string> = {}) {
  return startTestGateway({ onlyoffice: null, callgear: null, population: { kommo: 40 }, kommo, environment });
}

function refuse(gateway: TestGateway, problem: unknown, times?: number): void {
  const effect = { kind: 'respond', status: 400, contentType: 'application/problem+json', body: JSON.stringify(problem) } as const;
  gateway.kommo.setFaults([{ route: LIST_ROUTES.kommo, effect, ...(times !== undefined && { times }) }]);
}

const shownIds = ({ kommo }: TestGateway) => kommo.data.contacts.filter((row) => !row.isTrashed).map(({ id }) => String(id));
const idsOf = ({ contacts }: Page) => contacts.nodes.map(({ idInSource }) => idInSource).toSorted();
const lists = (gateway: TestGateway) =>
  gateway
    .requests('kommo')
    .map(({ url }) => decodeURIComponent(url))
    .filter((url) => url.startsWith('/api/v4/contacts?'));

describe('a Kommo that refuses an order', () => {
  it.each([['name'], ['name', 'id']])(
    '(%s %s) still gives all its contacts, says how they are ordered, and is not asked so again',
    async (...refused) => {
      await using gateway = await start({ refusedOrders: refused });
      for (let time = 0; time < 2; time += 1) {
        const page = await gateway.ask<Page>(LIST, { orderBy: { field: 'DISPLAY_NAME', direction: 'ASC' } });
        expect(idsOf(page)).toEqual(shownIds(gateway).toSorted());
        expect(page.contacts.sourceReports).toMatchObject([{ status: 'OK', isOrdered: false, error: null }]);
        await gateway.ask(LIST, { orderBy: { field: 'DISPLAY_NAME', direction: 'DESC' } });
      }
      expect(lists(gateway).filter((url) => url.includes('order[name]'))).toHaveLength(1);
    },
  );

  it('by the time of the last change gives them in that order, which is its own', async () => {
    await using gateway = await start({ refusedOrders: ['updated_at'] });
    const page = await gateway.ask<Page>(LIST, { orderBy: { field: 'UPDATED_AT', direction: 'ASC' } });
    expect(idsOf(page)).toEqual(shownIds(gateway).toSorted());
    expect(page.contacts.sourceReports).toMatchObject([{ status: 'OK', isOrdered: true }]);
  });

  it.each([
    { detail: 'Invalid order' },
    { detail: 'Sorting by this field is not supported' },
    { detail: 'Bad Request' },
    { detail: 'Сортировка недоступна' },
    [],
  ])('as %j is asked without it', async (problem) => {
    await using gateway = await start();
    refuse(gateway, problem, 1);
    const page = await gateway.ask<Page>(LIST, {});
    expect(idsOf(page)).toEqual(shownIds(gateway).toSorted());
    expect(page.contacts.sourceReports).toMatchObject([{ status: 'OK', error: null }]);
  });

  it('by id reads contacts by id without it, in one call each time', async () => {
    await using gateway = await start({ refusedOrders: ['id'] });
    const ids = shownIds(gateway).slice(0, 10);
    const nodes = ids.map((id, index) => `n${index}: node(id: "${Buffer.from(`kommo:contact:${id}`).toString('base64url')}") { id }`);
    for (const part of [nodes.slice(0, 5), nodes.slice(5)]) {
      const found = await gateway.ask<Record<string, { id: string } | null>>(`{ ${part.join(' ')} }`);
      expect(Object.values(found).every((node) => node !== null)).toBe(true);
    }
    expect(lists(gateway).map((url) => url.includes('order['))).toEqual([true, false, false]);
  });

  it('pages through all contacts once', async () => {
    await using gateway = await start({ refusedOrders: ['name', 'id'] });
    const seen: string[] = [];
    let after: string | null = null;
    for (let page = 0; page < 20; page += 1) {
      const { contacts }: Page = await gateway.ask<Page>(LIST, { first: 15, after, orderBy: { field: 'DISPLAY_NAME', direction: 'ASC' } });
      seen.push(...contacts.nodes.map(({ idInSource }) => idInSource));
      if (!contacts.pageInfo.hasNextPage) break;
      after = contacts.pageInfo.endCursor;
    }
    expect(seen.toSorted()).toEqual(shownIds(gateway).toSorted());
  });
});

describe('a Kommo that refuses to search', () => {
  const PHONES = 'query { contacts(first: 100) { nodes { idInSource ... on Person { lastName } contactInfos { type value } } } }';
  interface Infos {
    contacts: { nodes: { idInSource: string; lastName?: string | null; contactInfos: { type: string; value: string }[] }[] };
  }

  it.each(['CONTACT_INFO', 'LAST_NAME'])('is scanned for %s, which its rows show, and not asked to search again', async (member) => {
    await using gateway = await start({ refusesQuery: true });
    const known = (await gateway.ask<Infos>(PHONES)).contacts.nodes;
    const sample = known.find(
      ({ lastName, contactInfos }) => typeof lastName === 'string' && contactInfos.some(({ type }) => type === 'EMAIL'),
    );
    const value = sample?.contactInfos.find(({ type }) => type === 'EMAIL')?.value;
    const filter = member === 'LAST_NAME' ? { lastName: sample?.lastName } : { contactInfos: [{ type: 'EMAIL', value }] };
    gateway.clearCalls();
    for (let time = 0; time < 2; time += 1) {
      const page = await gateway.ask<Page>(LIST, { filter });
      expect(idsOf(page)).toContain(sample?.idInSource);
      expect(page.contacts.sourceReports).toMatchObject([{ status: 'OK', error: null }]);
      if (member === 'LAST_NAME') {
        const same = known.filter(({ lastName }) => lastName?.toLowerCase() === sample?.lastName?.toLowerCase());
        expect(idsOf(page)).toEqual(same.map(({ idInSource }) => idInSource).toSorted());
      }
    }
    expect(lists(gateway).filter((url) => url.includes('query='))).toHaveLength(1);
  });

  it('is scanned once for all numbers that a phone may be', async () => {
    await using gateway = await start({ refusesQuery: true });
    const infos = ['anna', 'bruno', 'carla'].map((value) => ({ type: 'EMAIL', value: `${value}@`, match: 'CONTAINS' }));
    await gateway.ask<Page>(LIST, { filter: { contactInfos: infos } });
    expect(lists(gateway).filter((url) => !url.includes('query='))).toHaveLength(1);
  });

  it('is left out of a search, and names it, and is not asked again', async () => {
    await using gateway = await start({ refusesQuery: true });
    for (let time = 0; time < 2; time += 1) {
      const page = await gateway.ask<Page>(LIST, { filter: { search: `anna${time}` } });
      expect(page.contacts).toMatchObject({
        nodes: [],
        sourceReports: [{ status: 'SKIPPED', unsupportedFilters: ['SEARCH'], error: { code: 'FILTER_UNSUPPORTED' } }],
      });
    }
    expect(lists(gateway)).toHaveLength(1);
  });

  it('is left out of other searches, and names what was searched for, where scans are off', async () => {
    await using gateway = await start({ refusesQuery: true }, { KOMMO_SCANS: 'off' });
    const page = await gateway.ask<Page>(LIST, { filter: { lastName: 'Prado' } });
    expect(page.contacts.sourceReports).toMatchObject([{ status: 'SKIPPED', unsupportedFilters: ['LAST_NAME'] }]);
  });

  it('for one text only is asked for others', async () => {
    await using gateway = await start();
    refuse(gateway, { detail: 'Request validation failed', 'validation-errors': [{ errors: [{ path: 'query', code: 'TooShort' }] }] }, 1);
    expect((await gateway.ask<Page>(LIST, { filter: { search: 'ab' } })).contacts.sourceReports).toMatchObject([{ status: 'SKIPPED' }]);
    expect((await gateway.ask<Page>(LIST, { filter: { search: 'abc' } })).contacts.sourceReports).toMatchObject([{ status: 'OK' }]);
  });
});

it('a Kommo that answers every list with a 400 has failed', async () => {
  await using gateway = await start();
  refuse(gateway, { detail: 'Bad Request' });
  const page = await gateway.ask<Page>(LIST, {});
  expect(page.contacts.sourceReports).toMatchObject([{ status: 'FAILED', error: { code: 'BAD_RESPONSE' } }]);
});
