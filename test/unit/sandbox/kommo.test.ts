import { describe, expect, test } from 'vitest';
import { type KommoSandbox } from '../../../src/sandbox/kommo/kommo-sandbox.ts';
import type { KommoContactRow } from '../../../src/sandbox/kommo/rows.ts';
import { firstOf, get, ids, idsOf, living, page, PEOPLE, rows, start, type WirePage } from './ask-kommo.ts';

describe('authorisation and errors', () => {
  test('a missing, a wrong and a revoked token get the 401 problem body', async () => {
    await using sandbox = await start();
    const missing = await fetch(`${sandbox.url}/api/v4/contacts`);
    sandbox.acceptedTokens.delete(sandbox.token);
    const revoked = await get(sandbox, '/api/v4/contacts');

    for (const response of [missing, revoked]) {
      expect(response.status).toBe(401);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      expect(await response.json()).toEqual({
        title: 'Unauthorized',
        type: 'https://httpstatus.es/401',
        status: 401,
        detail: 'Invalid user name or password',
      });
    }
  });

  test('an unknown route leaves the API root out of its text and ends with an exclamation mark', async () => {
    await using sandbox = await start();
    const response = await get(sandbox, '/api/v4/contact');
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ title: 'Not Found', detail: `Cannot GET ${sandbox.url}/contact!` });
  });

  test('DELETE answers 405 without a body and changes nothing', async () => {
    await using sandbox = await start();
    const { id } = firstOf(living(sandbox));
    const response = await get(sandbox, `/api/v4/contacts/${id}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${sandbox.token}` },
    });
    expect(response.status).toBe(405);
    expect(await response.text()).toBe('');
    expect(sandbox.countWrites()).toBe(0);
    expect((await get(sandbox, `/api/v4/contacts/${id}`)).status).toBe(200);
  });

  test('a write with a wrong type names the field in validation-errors', async () => {
    await using sandbox = await start();
    const response = await get(sandbox, '/api/v4/contacts', {
      method: 'POST',
      headers: { authorization: `Bearer ${sandbox.token}`, 'content-type': 'application/json' },
      body: JSON.stringify([{ name: 'New', responsible_user_id: 'me' }]),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      'validation-errors': [{ request_id: '0', errors: [{ code: 'InvalidType', path: 'responsible_user_id' }] }],
      detail: 'Request validation failed',
    });
  });
});

describe('pages', () => {
  test('a page holds 50 rows by default and never more than 250', async () => {
    await using sandbox = await start({ population: PEOPLE });
    expect(await ids(sandbox, 'contacts')).toHaveLength(50);
    expect(await ids(sandbox, 'contacts?limit=251')).toHaveLength(250);
    expect(await ids(sandbox, 'contacts?limit=500&page=2')).toHaveLength(living(sandbox).length - 250);
  });

  test('following next by id gives every living contact once, and no total', async () => {
    await using sandbox = await start();
    const seen: number[] = [];
    let next: string | undefined = `${sandbox.url}/api/v4/contacts?limit=25&order[id]=asc`;
    while (next !== undefined) {
      const body: WirePage = await page(sandbox, next.slice(`${sandbox.url}/api/v4/`.length));
      expect(Object.keys(body)).toEqual(['_page', '_links', '_embedded']);
      seen.push(...idsOf(body._embedded['contacts'] ?? []));
      next = body._links.next?.href;
    }
    expect(seen).toEqual(idsOf(living(sandbox)));
  });

  test('no match, a page past the end and an unknown id are 204 without a byte or a content type', async () => {
    await using sandbox = await start();
    for (const path of ['contacts?filter[id][]=1', 'contacts?page=99', 'contacts/1', 'leads/1', 'companies?filter[id][]=1']) {
      const response = await get(sandbox, `/api/v4/${path}`);
      expect([path, response.status, await response.text(), response.headers.get('content-type')]).toEqual([path, 204, '', null]);
    }
  });

  test('a phantom next stands on the last page and leads to 204', async () => {
    await using sandbox = await start({ hasPhantomNext: true });
    const body = await page(sandbox, 'contacts?limit=250');
    expect(body._embedded['contacts']).toHaveLength(living(sandbox).length);
    expect((await fetch(body._links.next?.href ?? '', { headers: { authorization: `Bearer ${sandbox.token}` } })).status).toBe(204);
  });

  test('short pages have a next, and all pages together lose nobody', async () => {
    await using sandbox = await start({ hasShortPages: true });
    const first = await page(sandbox, 'contacts?limit=10&order[id]=asc');
    expect(first._embedded['contacts']?.length).toBeLessThan(10);
    expect(first._links.next).toBeDefined();
    const all = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((number) => ids(sandbox, `contacts?limit=10&order[id]=asc&page=${number}`)));
    expect(all.flat()).toEqual(idsOf(living(sandbox)));
  });

  test("self links of a row and of what is embedded in it repeat the list's query", async () => {
    await using sandbox = await start();
    const contact = living(sandbox).find(({ leadIds }) => leadIds.length > 0);
    const body = await page(sandbox, `contacts?with=leads&filter[id][]=${contact?.id}&limit=5`);
    const row = firstOf(body._embedded['contacts'] ?? []);
    const query = `?with=leads&filter%5Bid%5D%5B%5D=${contact?.id}&limit=5&page=1`;
    expect(row._links.self.href).toBe(`${sandbox.url}/api/v4/contacts/${contact?.id}${query}`);
    expect(row._embedded['leads']?.[0]).toMatchObject({ _links: { self: { href: expect.stringContaining(query) } } });
  });
});

describe('order', () => {
  test('rows come by update time, oldest first, unless a known order is asked', async () => {
    await using sandbox = await start();
    const byUpdate = idsOf(living(sandbox).toSorted((one, other) => one.updated_at - other.updated_at || one.id - other.id));
    for (const order of ['', '&order[created_at]=desc', '&order[id]=sideways', '&order[nonsense]=asc', '&order=id']) {
      expect(await ids(sandbox, `contacts?limit=250${order}`)).toEqual(byUpdate);
    }
    expect(await ids(sandbox, 'contacts?limit=250&order[id]=desc')).toEqual(idsOf(living(sandbox)).toReversed());
    const names = (await rows(sandbox, 'contacts?limit=250&order[name]=asc')).map(({ name }) =>
      name.normalize('NFKD').replace(/\p{M}/gu, '').toUpperCase(),
    );
    expect(names).toEqual(names.toSorted());
  });

  test('shuffled ties change places between requests while the keys stay in order', async () => {
    await using sandbox = await start({ shuffleTies: true });
    for (const row of sandbox.data.contacts) row.updated_at = 1_700_000_000;
    expect(await ids(sandbox, 'contacts?limit=250')).not.toEqual(await ids(sandbox, 'contacts?limit=250'));
    expect(await ids(sandbox, 'contacts?limit=250&order[id]=asc')).toEqual(idsOf(living(sandbox)));
  });
});

describe('filters', () => {
  const wanted = (sandbox: KommoSandbox, test: (row: KommoContactRow) => boolean) => idsOf(living(sandbox).filter(test));

  test('ids may be sent in three forms, with brackets encoded or plain', async () => {
    await using sandbox = await start();
    const [one, other] = idsOf(living(sandbox));
    for (const form of [
      `filter[id][]=${one}&filter[id][]=${other}`,
      `filter[id][0]=${one}&filter[id][1]=${other}`,
      `filter%5Bid%5D%5B%5D=${one}&filter%5Bid%5D%5B%5D=${other}`,
    ]) {
      expect(await ids(sandbox, `contacts?order[id]=asc&${form}`)).toEqual([one, other]);
    }
    expect(await ids(sandbox, `contacts?filter[id]=${one}`)).toEqual([one]);
  });

  test('users and moments are filtered, ranges with both ends, filters all together', async () => {
    await using sandbox = await start();
    const sample = firstOf(living(sandbox).filter(({ closest_task_at }) => closest_task_at !== null));
    const cases: readonly [string, (row: KommoContactRow) => boolean][] = [
      [`filter[responsible_user_id][]=${sample.responsible_user_id}`, (row) => row.responsible_user_id === sample.responsible_user_id],
      ['filter[created_by][]=0', (row) => row.created_by === 0],
      ['filter[updated_by][]=0&filter[updated_by][]=9003', (row) => row.updated_by === 0 || row.updated_by === 9003],
      [`filter[updated_at][from]=${sample.updated_at}`, (row) => row.updated_at >= sample.updated_at],
      [
        `filter[updated_at][from]=${sample.updated_at}&filter[updated_at][to]=${sample.updated_at}`,
        (row) => row.updated_at === sample.updated_at,
      ],
      [`filter[created_at][to]=${sample.created_at}`, (row) => row.created_at <= sample.created_at],
      [`filter[closest_task_at][from]=1`, (row) => row.closest_task_at !== null],
      [`filter[name][]=${encodeURIComponent(sample.name)}`, (row) => row.name === sample.name],
      [
        `filter[created_by][]=0&filter[created_at][to]=${sample.created_at}`,
        (row) => row.created_by === 0 && row.created_at <= sample.created_at,
      ],
    ];
    for (const [query, test] of cases) {
      expect([query, await ids(sandbox, `contacts?limit=250&order[id]=asc&${query}`)]).toEqual([query, wanted(sandbox, test)]);
    }
  });

  test('custom fields are filtered by option id, by text and by range', async () => {
    await using sandbox = await start({ population: PEOPLE });
    const valueOf = (row: KommoContactRow, fieldId: number) =>
      row.custom_fields_values?.find(({ field_id }) => field_id === fieldId)?.values[0];
    const ask = (query: string) => ids(sandbox, `contacts?limit=250&order[id]=asc&filter[custom_fields_values]${query}`);
    expect(await ask('[7011][]=8202')).toEqual(wanted(sandbox, (row) => valueOf(row, 7011)?.['enum_id'] === 8202));
    expect(await ask('[7010][from]=500&filter[custom_fields_values][7010][to]=900.5')).toEqual(
      wanted(sandbox, (row) => Number(valueOf(row, 7010)?.['value']) >= 500 && Number(valueOf(row, 7010)?.['value']) <= 900.5),
    );
    const phone = String(valueOf(firstOf(living(sandbox).filter((row) => valueOf(row, 7001) !== undefined)), 7001)?.['value']);
    expect(await ask(`[7001][]=${encodeURIComponent(phone)}`)).toContain(
      living(sandbox).find((row) => valueOf(row, 7001)?.['value'] === phone)?.id,
    );
  });

  test('an unknown filter or field gives the whole collection', async () => {
    await using sandbox = await start({ hasCreatedAtFilter: false });
    const all = idsOf(living(sandbox));
    for (const query of [
      'filter[nonsense]=zzz',
      'filter[custom_fields_values][1][]=x',
      'filter[id][]=abc',
      'filter[created_at][from]=9999999999',
      'filter=x',
    ]) {
      expect([query, await ids(sandbox, `contacts?limit=250&order[id]=asc&${query}`)]).toEqual([query, all]);
    }
  });

  test('an account without the filter feature ignores every filter, and says so when asked', async () => {
    await using sandbox = await start({ isApiFilterEnabled: false });
    const { id } = firstOf(living(sandbox));
    expect(await ids(sandbox, `contacts?limit=250&filter[id][]=${id}`)).toHaveLength(living(sandbox).length);
    expect(await ids(sandbox, 'companies?limit=250&filter[id][]=1')).not.toEqual([]);
    expect(await (await get(sandbox, '/api/v4/account?with=is_api_filter_enabled')).json()).toMatchObject({ is_api_filter_enabled: false });
    expect(await (await get(sandbox, '/api/v4/account')).json()).not.toHaveProperty('is_api_filter_enabled');
  });
});
