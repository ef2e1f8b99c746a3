import { describe, expect, test } from 'vitest';
import { createPopulation } from '../../../src/sandbox/population.ts';
import { startKommoSandbox } from '../../../src/sandbox/kommo/kommo-sandbox.ts';
import type { KommoSandbox, KommoSandboxOptions } from '../../../src/sandbox/kommo/kommo-sandbox.ts';
import type { KommoContactRow } from '../../../src/sandbox/kommo/rows.ts';

interface Link {
  readonly href: string;
}

interface WireRow {
  readonly id: number;
  readonly name: string;
  readonly is_deleted: boolean;
  readonly _links: { readonly self: Link };
  readonly _embedded: Readonly<Record<string, readonly { readonly id: number }[]>>;
}

interface WirePage {
  readonly _total_items?: number;
  readonly _page_count?: number;
  readonly _links: { readonly self: Link; readonly next?: Link };
  readonly _embedded: Readonly<Record<string, readonly WireRow[]>>;
}

const PEOPLE = createPopulation();
const FEW_PEOPLE = createPopulation({ kommo: 60, onlyoffice: 20, callgear: 20 });

function start(options: KommoSandboxOptions = {}): Promise<KommoSandbox> {
  return startKommoSandbox({ population: FEW_PEOPLE, ...options });
}

function get(sandbox: KommoSandbox, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${sandbox.url}${path}`, { headers: { authorization: `Bearer ${sandbox.token}` }, redirect: 'manual', ...init });
}

async function page(sandbox: KommoSandbox, path: string): Promise<WirePage> {
  const response = await get(sandbox, `/api/v4/${path}`);
  expect(response.status).toBe(200);
  return (await response.json()) as WirePage;
}

/** The rows of the one list in the answer; none for 204. */
async function rows(sandbox: KommoSandbox, path: string): Promise<readonly WireRow[]> {
  const response = await get(sandbox, `/api/v4/${path}`);
  if (response.status === 204) return [];
  const body = (await response.json()) as WirePage;
  return Object.values(body._embedded)[0] ?? [];
}

async function ids(sandbox: KommoSandbox, path: string): Promise<number[]> {
  return (await rows(sandbox, path)).map(({ id }) => id);
}

function living(sandbox: KommoSandbox): KommoContactRow[] {
  return sandbox.data.contacts.filter(({ isTrashed }) => !isTrashed);
}

function idsOf(contacts: readonly { readonly id: number }[]): number[] {
  return contacts.map(({ id }) => id);
}

function firstOf<T>(list: readonly T[]): T {
  const [first] = list;
  if (first === undefined) throw new Error('The list is empty');
  return first;
}

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

describe('query', () => {
  test('finds a part of any field, whatever the case', async () => {
    await using sandbox = await start({ population: PEOPLE });
    expect(await ids(sandbox, 'contacts?query=%20sECond%20line')).toHaveLength(1);
    expect(await ids(sandbox, 'contacts?query=12345678000195')).toHaveLength(1);
    expect((await ids(sandbox, 'contacts?query=HOPITAL')).length).toBeGreaterThan(0);
    expect(await ids(sandbox, 'contacts?query=zzzzzz')).toEqual([]);
  });

  test('the national number finds more than the international one, and finds who merely mentions it', async () => {
    await using sandbox = await start();
    const [owner, assistant] = living(sandbox);
    const field = { field_id: 7001, field_name: 'Phone', field_code: 'PHONE', field_type: 'multitext' };
    Object.assign(owner ?? {}, { custom_fields_values: [{ ...field, values: [{ value: '8 (912) 345-67-80' }] }] });
    Object.assign(assistant ?? {}, {
      custom_fields_values: [{ ...field, field_id: 7016, field_type: 'textarea', values: [{ value: 'Boss: 912 345 6780' }] }],
    });
    expect(await ids(sandbox, 'contacts?query=%2B79123456780')).toEqual([]);
    expect(await ids(sandbox, 'contacts?order[id]=asc&query=9123456780')).toEqual([owner?.id, assistant?.id]);
  });

  test('a blank query is no condition', async () => {
    await using sandbox = await start();
    expect(await ids(sandbox, 'contacts?limit=250&query=')).toHaveLength(living(sandbox).length);
  });
});

describe('a single contact, what hangs on it, and the trash', () => {
  test('leads and list elements are there only when asked for, tags and companies always', async () => {
    await using sandbox = await start();
    const { id } = firstOf(living(sandbox));
    const embedded = async (query: string) =>
      Object.keys(((await (await get(sandbox, `/api/v4/contacts/${id}${query}`)).json()) as WireRow)._embedded);
    expect(await embedded('')).toEqual(['tags', 'companies']);
    expect(await embedded('?with=leads,catalog_elements,customers')).toEqual(['tags', 'leads', 'catalog_elements', 'companies']);
  });

  test('quantity and list are nested in metadata', async () => {
    await using sandbox = await start();
    const contact = living(sandbox).find(({ catalogElements }) => catalogElements.length > 0);
    const row = (await (await get(sandbox, `/api/v4/contacts/${contact?.id}?with=catalog_elements`)).json()) as WireRow;
    expect(row._embedded['catalog_elements']?.[0]).toEqual({ id: 525_442, metadata: { quantity: 1, catalog_id: 4521, price_id: null } });
  });

  test('a trashed contact is gone, and comes back with only_deleted as not deleted', async () => {
    await using sandbox = await start();
    const { id } = firstOf(living(sandbox));
    sandbox.trashContact(id);
    expect((await get(sandbox, `/api/v4/contacts/${id}`)).status).toBe(204);
    expect(await ids(sandbox, 'contacts?limit=250')).not.toContain(id);
    const trash = await rows(sandbox, 'contacts?limit=250&with=only_deleted');
    expect(trash.find((row) => row.id === id)).toMatchObject({ is_deleted: false });
  });

  test('the default people hold every value shape that contacts can have', async () => {
    await using sandbox = await start({ population: PEOPLE });
    const contacts = living(sandbox);
    const fields = contacts.flatMap(({ custom_fields_values }) => custom_fields_values ?? []);
    const types =
      'text textarea url streetaddress tracking_data numeric monetary checkbox date date_time birthday select radiobutton multiselect';
    const rarer = 'multitext smart_address legal_entity file chained_list hologram';
    expect([...new Set(fields.map(({ field_type }) => field_type))].toSorted()).toEqual(`${types} ${rarer}`.split(' ').toSorted());
    expect(contacts).toHaveLength(400);
    expect(contacts.some(({ custom_fields_values }) => custom_fields_values === null)).toBe(true);
    expect(contacts.some(({ first_name, last_name, is_unsorted }) => first_name === '' && last_name === '' && is_unsorted)).toBe(true);
    expect(contacts.some(({ name }) => name.includes('&quot;'))).toBe(true);
    expect(contacts.some(({ responsible_user_id }) => sandbox.data.users.every(({ id }) => id !== responsible_user_id))).toBe(true);
    expect(fields.some(({ values }) => values.some((value) => 'enum' in value && !('enum_code' in value)))).toBe(true);
    expect(
      fields.filter(({ field_type }) => field_type === 'chained_list').every(({ values }) => values.every((value) => !('value' in value))),
    ).toBe(true);
    expect(sandbox.data.leads.some(({ id }) => id > 2 ** 32)).toBe(true);
    expect(Math.max(...contacts.map(({ leadIds }) => leadIds.length))).toBeGreaterThan(10);
  });
});

describe('what ids point to', () => {
  test('users need an administrator, have totals, and no filter', async () => {
    await using sandbox = await start();
    const body = await page(sandbox, 'users?limit=5&with=role,group&filter[id][]=9003');
    expect(body).toMatchObject({ _total_items: 12, _page_count: 3 });
    expect(Object.keys(firstOf(body._embedded['users'] ?? [])._embedded)).toEqual(['roles', 'groups']);

    await using plain = await start({ isAdmin: false });
    const refused = await get(plain, '/api/v4/users');
    expect([refused.status, refused.headers.get('content-type')]).toEqual([403, 'application/problem+json']);
  });

  test('companies carry their contacts when asked', async () => {
    await using sandbox = await start();
    const employed = firstOf(living(sandbox).filter(({ companyId }) => companyId !== null));
    const [company] = await rows(sandbox, `companies?with=contacts&filter[id][]=${employed.companyId}`);
    expect(idsOf(company?._embedded['contacts'] ?? [])).toEqual(
      idsOf(living(sandbox).filter(({ companyId }) => companyId === employed.companyId)),
    );
    expect(company).not.toHaveProperty('first_name');
    const single = (await (await get(sandbox, `/api/v4/companies/${employed.companyId}?with=contacts`)).json()) as WireRow;
    expect(single._embedded['contacts']).not.toEqual([]);
  });

  test('leads, list elements and definitions are read by the ids that contacts name', async () => {
    await using sandbox = await start();
    const [first, second] = idsOf(sandbox.data.leads);
    const leads = await ids(sandbox, `leads?limit=250&filter[id][]=${first}&filter[id][]=${second}`);
    expect(new Set(leads)).toEqual(new Set([first, second]));
    expect(await ids(sandbox, 'catalogs/4521/elements?filter[id][]=525440&filter[id][]=530001')).toEqual([525_440]);
    const definitions = await page(sandbox, 'contacts/custom_fields?limit=10&page=2');
    expect(definitions).toMatchObject({ _total_items: 24, _page_count: 3, _links: { last: { href: expect.stringContaining('page=3') } } });
    expect(await ids(sandbox, 'companies/custom_fields')).toContain(7105);
  });

  test('the links of a contact name leads, company and list elements', async () => {
    await using sandbox = await start();
    const contact = firstOf(living(sandbox).filter(({ leadIds, companyId }) => leadIds.length > 0 && companyId !== null));
    const body = await (await get(sandbox, `/api/v4/contacts/${contact.id}/links`)).json();
    const links = [...contact.leadIds, contact.companyId, ...contact.catalogElements.map(({ id }) => id)];
    expect(body).toMatchObject({ _total_items: links.length, _embedded: { links: links.map((id) => ({ to_entity_id: id })) } });
  });

  test('tags are listed, unless the account has no such route', async () => {
    await using sandbox = await start();
    expect(await rows(sandbox, 'contacts/tags?limit=250')).toEqual(sandbox.data.contactTags);
    await using without = await start({ hasTagsEndpoint: false });
    expect((await get(without, '/api/v4/contacts/tags')).status).toBe(404);
  });
});

describe('throttling', () => {
  test('the eighth request of a sliding second is refused in HTML without Retry-After, and passes later', async () => {
    let now = 1_700_000_000_000;
    await using sandbox = await start({ rateLimit: {}, nowMs: () => now });
    for (let count = 0; count < 7; count += 1) expect((await get(sandbox, '/api/v4/account')).status).toBe(200);
    now += 999;
    const refused = await get(sandbox, '/api/v4/account');
    expect([refused.status, refused.headers.get('content-type'), refused.headers.get('retry-after')]).toEqual([429, 'text/html', null]);
    now += 1;
    expect((await get(sandbox, '/api/v4/account')).status).toBe(200);
  });

  test('the JSON form has retry_after, and insisting ends in a ban in HTML that time does not lift', async () => {
    let now = 1_700_000_000_000;
    await using sandbox = await start({ rateLimit: { form: 'json', requestsPerSecondMax: 1, refusalsBeforeBan: 2 }, nowMs: () => now });
    await get(sandbox, '/api/v4/account');
    expect(await (await get(sandbox, '/api/v4/account')).json()).toMatchObject({ status: 429, retry_after: 300 });
    await get(sandbox, '/api/v4/account');
    now += 3_600_000;
    const banned = await get(sandbox, '/api/v4/account');
    expect([banned.status, banned.headers.get('content-type')]).toEqual([403, 'text/html']);
  });
});
