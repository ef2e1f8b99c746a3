import { describe, expect, test } from 'vitest';
import { firstOf, get, ids, idsOf, living, page, PEOPLE, rows, start, type WireRow } from './ask-kommo.ts';

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
