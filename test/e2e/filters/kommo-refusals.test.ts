import { describe, expect, it } from 'vitest';
import { startTestGateway } from '../../support/gateway.ts';
import { LIST_ROUTES } from '../../support/sources.ts';

interface Page {
  contacts: {
    nodes: { idInSource: string }[];
    sourceReports: { status: string; unsupportedFilters: string[]; error: { code: string } | null }[];
  };
}
const LIST = `query ($filter: ContactFilter) {
  contacts(first: 100, filter: $filter) { nodes { idInSource } sourceReports { status unsupportedFilters error { code } } }
}`;

const VALIDATION = [{ errors: [{ code: 'NotSupportedChoice', path: 'filter.responsible_user_id', detail: 'No such choice' }] }];

describe.each<[number, object]>([
  [400, { title: 'Bad Request', detail: 'Invalid filter for current account' }],
  [400, { title: 'Invalid filter' }],
  [400, { detail: 'Filter by the responsible user is not a part of your plan' }],
  [400, { detail: 'Фильтрация недоступна на вашем тарифе' }],
  [400, { detail: 'Request validation failed', 'validation-errors': VALIDATION }],
  [402, { detail: 'Filters need the advanced plan' }],
  [403, { title: 'Forbidden', detail: 'Filters are not available for current account' }],
  [422, { detail: 'Unsupported filter' }],
  [400, { detail: 'Request validation failed' }],
  [400, []],
])('a Kommo that refuses a filter by %i %j', (status, problem) => {
  async function start(environment: Record<string, string>) {
    const gateway = await startTestGateway({ onlyoffice: null, callgear: null, population: { kommo: 30 }, environment });
    const user = gateway.kommo.data.users[0]?.id;
    const right = gateway.kommo.data.contacts.filter((contact) => !contact.isTrashed && contact.responsible_user_id === user);
    const effect = { kind: 'respond', status, contentType: 'application/problem+json', body: JSON.stringify(problem) } as const;
    gateway.kommo.setFaults([{ route: LIST_ROUTES.kommo, times: 1, effect }]);
    const filter = { responsibleIds: [Buffer.from(`kommo:user:${user}`).toString('base64url')] };
    return { gateway, filter, right: right.map(({ id }) => String(id)) };
  }

  it('is scanned and checked, and not asked with it again', async () => {
    const { gateway, filter, right } = await start({});
    await using _ = gateway;
    for (let list = 0; list < 2; list += 1) {
      const { contacts } = await gateway.ask<Page>(LIST, { filter });
      expect(new Set(contacts.nodes.map(({ idInSource }) => idInSource))).toEqual(new Set(right));
      expect(contacts.sourceReports).toMatchObject([{ status: 'OK', error: null }]);
    }
    const filtered = gateway.requests('kommo').filter(({ url }) => decodeURIComponent(url).includes('filter['));
    expect(filtered).toHaveLength(1);
  });

  it('is left out, and names the member, where scans are off', async () => {
    const { gateway, filter } = await start({ KOMMO_SCANS: 'off' });
    await using _ = gateway;
    for (let list = 0; list < 2; list += 1) {
      const { contacts } = await gateway.ask<Page>(LIST, { filter });
      expect(contacts).toMatchObject({
        nodes: [],
        sourceReports: [{ status: 'SKIPPED', unsupportedFilters: ['RESPONSIBLE'], error: { code: 'FILTER_UNSUPPORTED' } }],
      });
    }
  });
});

it('a Kommo that repeats the address of a filter in another refusal has not refused the filter', async () => {
  await using gateway = await startTestGateway({ onlyoffice: null, callgear: null, population: { kommo: 5 } });
  const body = JSON.stringify({ detail: 'Invalid scope', instance: '/api/v4/contacts?filter[responsible_user_id]=1' });
  gateway.kommo.setFaults([
    { route: LIST_ROUTES.kommo, effect: { kind: 'respond', status: 403, contentType: 'application/problem+json', body } },
  ]);
  const filter = { responsibleIds: [Buffer.from('kommo:user:1').toString('base64url')] };
  const { contacts } = await gateway.ask<Page>(LIST, { filter });
  expect(contacts).toMatchObject({ nodes: [], sourceReports: [{ status: 'FAILED', error: { code: 'FORBIDDEN' } }] });
});

it('a Kommo that refuses a filter each time is asked with it once for a list, also where nothing is kept', async () => {
  await using gateway = await startTestGateway({
    onlyoffice: null,
    callgear: null,
    population: { kommo: 30 },
    environment: { REFERENCE_TTL_MS: '0', CACHE_TTL_MS: '0' },
  });
  const user = gateway.kommo.data.users[0]?.id;
  const right = gateway.kommo.data.contacts.filter((contact) => !contact.isTrashed && contact.responsible_user_id === user);
  const body = JSON.stringify({ detail: 'Invalid filter for current account' });
  const effect = { kind: 'respond', status: 400, contentType: 'application/problem+json', body } as const;
  gateway.kommo.setFaults([{ route: LIST_ROUTES.kommo, times: 1, effect }]);
  const filter = { responsibleIds: [Buffer.from(`kommo:user:${user}`).toString('base64url')] };
  const { contacts } = await gateway.ask<Page>(LIST, { filter });
  expect(contacts.nodes).toHaveLength(right.length);
  expect(contacts.sourceReports).toMatchObject([{ status: 'OK', error: null }]);
  const asked = gateway.requests('kommo').map(({ url }) => decodeURIComponent(url));
  const lists = asked.filter((url) => url.startsWith('/api/v4/contacts?'));
  expect(lists.map((url) => url.includes('filter['))).toEqual([true, false]);
});

it.each([
  ['SEARCH', { search: 'anna' }],
  ['CONTACT_INFO', { contactInfos: [{ type: 'EMAIL', value: 'anna@example.com' }] }],
  ['LAST_NAME', { lastName: 'Prado' }],
])('a Kommo that refuses to search is left out, and names %s', async (member, filter) => {
  await using gateway = await startTestGateway({ onlyoffice: null, callgear: null, population: { kommo: 5 } });
  const body = JSON.stringify({ detail: 'Invalid filter for current account' });
  gateway.kommo.setFaults([
    { route: LIST_ROUTES.kommo, effect: { kind: 'respond', status: 400, contentType: 'application/problem+json', body } },
  ]);
  const { contacts } = await gateway.ask<Page>(LIST, { filter });
  expect(contacts).toMatchObject({
    nodes: [],
    sourceReports: [{ status: 'SKIPPED', unsupportedFilters: [member], error: { code: 'FILTER_UNSUPPORTED' } }],
  });
});
