import { describe, expect, test } from 'vitest';
import type { Call } from '../../../../src/datasources/port/call.ts';
import { SourceError } from '../../../../src/datasources/port/source-error.ts';
import { createCall, createWriteCall } from '../../../support/call.ts';
import { startKommo, type KommoUnderTest } from './kommo-source.ts';
import { eventually } from '../../../support/eventually.ts';

const none: ReadonlySet<never> = new Set();

/** Ids of all rows of a list, read block by block. */
async function walk({ source, planOf }: KommoUnderTest, filter = {}, call: Call = createCall()) {
  const plan = planOf(filter);
  const ids: string[] = [];
  for (let index = 0; ; index += 1) {
    const block = await source.readBlock(plan, index, call);
    ids.push(...block.rows.flatMap((row) => row?.idInSource ?? []));
    if (block.isLast) return ids;
  }
}

/** Ids of the contacts that the sandbox shows, in the order of ids. */
function visibleIds({ sandbox }: KommoUnderTest): string[] {
  const rows = sandbox.data.contacts.filter((row) => !row.isTrashed);
  return rows
    .map((row) => row.id)
    .toSorted((one, other) => one - other)
    .map(String);
}

describe('readBlock', () => {
  test('reads every contact once, whatever Kommo does with next and short pages', async () => {
    await using plain = await startKommo();
    expect(await walk(plain)).toEqual(visibleIds(plain));
    await using nasty = await startKommo({ sandbox: { hasPhantomNext: true, hasShortPages: true } });
    expect(await walk(nasty)).toEqual(visibleIds(nasty));
  });

  test('always sends page, limit and order', async () => {
    await using kommo = await startKommo();
    await kommo.source.readBlock(kommo.planOf({}), 2, createCall());
    expect(kommo.urls()).toEqual(['GET /api/v4/contacts?order[id]=asc&page=3&limit=100']);
  });

  test('refuses a list whose filter the account ignores, once asked, and afterwards without a call, where scans are off', async () => {
    await using kommo = await startKommo({
      sandbox: { isApiFilterEnabled: false },
      settings: { token: 'sandbox-kommo-token', scans: 'off' },
    });
    const responsibleIds = [String(kommo.sandbox.data.contacts[0]?.responsible_user_id)];
    const read = () => kommo.source.readBlock(kommo.planOf({ responsibleIds }), 0, createCall());
    await expect(read()).rejects.toMatchObject({ code: 'FILTER_UNSUPPORTED', unsupportedFilters: ['RESPONSIBLE'] });
    await expect(read()).rejects.toMatchObject({ code: 'FILTER_UNSUPPORTED', unsupportedFilters: ['RESPONSIBLE'] });
    expect(kommo.urls().map((url) => url.split('?')[0])).toEqual(['GET /api/v4/contacts', 'GET /api/v4/account']);
  });

  test('gathers the contacts of several searches once each', async () => {
    await using kommo = await startKommo();
    const email = { type: 'EMAIL', value: 'example', match: 'CONTAINS' } as const;
    const block = await kommo.source.readBlock(kommo.planOf({ contactInfos: [email, { ...email, value: '.example' }] }), 0, createCall());
    const ids = block.rows.map((row) => row?.idInSource);
    expect(ids.length).toBeGreaterThan(0);
    expect(new Set(ids).size).toBe(ids.length);
    expect(block).toMatchObject({ isLast: true, isWhole: true });
  });

  test('gathers what is beyond the budget in further blocks, once each', async () => {
    await using kommo = await startKommo({ scanBudget: 10, sandbox: { hasPhantomNext: true } });
    const infos = ['example', '.example'].map((value) => ({ type: 'EMAIL', value, match: 'CONTAINS' }) as const);
    const plan = kommo.planOf({ contactInfos: infos });
    const blocks = [await kommo.source.readBlock(plan, 0, createCall()), await kommo.source.readBlock(plan, 1, createCall())];
    expect(blocks[0]).toMatchObject({ isLast: false, isWhole: true });
    const ids = blocks.flatMap(({ rows }) => rows.map((row) => row?.idInSource ?? ''));
    expect(new Set(ids).size).toBe(ids.length);
    const whole = await startKommo();
    await using _whole = whole;
    const all = await whole.source.readBlock(whole.planOf({ contactInfos: infos }), 0, createCall());
    expect(ids.toSorted()).toEqual(all.rows.map((row) => row?.idInSource ?? '').toSorted());
  });

  test('reads the contacts of a company from the company', async () => {
    await using kommo = await startKommo();
    const linked = kommo.sandbox.data.contacts.find((row) => !row.isTrashed && row.companyId !== null && row.companyId < 699_000);
    const companyId = linked?.companyId ?? 0;
    const block = await kommo.source.readBlock(kommo.planOf({ companyIds: [String(companyId)] }), 0, createCall());
    const expected = kommo.sandbox.data.contacts
      .filter((row) => !row.isTrashed && row.companyId === companyId)
      .map((row) => String(row.id));
    expect(block.rows.map((row) => row?.idInSource ?? '').toSorted()).toEqual(expected.toSorted());
    expect(kommo.sandbox.requests).toHaveLength(2);
  });

  test('lets scans take turns', async () => {
    await using kommo = await startKommo();
    kommo.sandbox.setFaults([{ route: 'GET /api/v4/contacts', times: 1, effect: { kind: 'hang' } }]);
    const hanging = new AbortController();
    const first = kommo.source.readBlock(kommo.planOf({ tags: ['vip'] }), 0, createCall({ signal: hanging.signal }));
    await eventually(() => expect(kommo.sandbox.requests).toHaveLength(1));
    const second = kommo.source.readBlock(kommo.planOf({ hasLeads: true }), 0, createCall());
    const unscanned = await kommo.source.readBlock(kommo.planOf({}), 0, createCall());
    expect(unscanned.rows).toHaveLength(100);
    expect(kommo.urls().some((url) => url.includes('with=leads'))).toBe(false);
    hanging.abort();
    await expect(first).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect((await second).rows.length).toBeGreaterThan(0);
  });

  test('leaves an odd row out in its place and counts it', async () => {
    await using kommo = await startKommo();
    kommo.sandbox.setFaults([{ route: 'GET /api/v4/contacts', effect: { kind: 'alter', alter: withoutFirstId } }]);
    const block = await kommo.source.readBlock(kommo.planOf({}), 0, createCall());
    expect(block.rows).toHaveLength(100);
    expect(block.rows[0]).toBeNull();
    expect(block.droppedRows).toBe(1);
  });

  test.each([
    ['JSON that is cut short', { kind: 'respond', status: 200, body: '{"_embedded":' } as const, 'BAD_RESPONSE'],
    ['HTML', { kind: 'respond', status: 200, contentType: 'text/html', body: '<html></html>' } as const, 'BAD_RESPONSE'],
    ['another shape', { kind: 'respond', status: 200, body: '{"_embedded":{"leads":[]}}' } as const, 'BAD_RESPONSE'],
    ['a block of the address', { kind: 'respond', status: 403, contentType: 'text/html', body: '<html></html>' } as const, 'BLOCKED'],
  ])('does not take %s for an empty list', async (_what, effect, code) => {
    await using kommo = await startKommo();
    kommo.sandbox.setFaults([{ route: 'GET /api/v4/contacts', effect }]);
    await expect(kommo.source.readBlock(kommo.planOf({}), 0, createCall())).rejects.toMatchObject({ code });
  });
});

describe('findByIds', () => {
  test('reads many contacts in one call, and one at its own address', async () => {
    await using kommo = await startKommo();
    const ids = visibleIds(kommo).slice(0, 25);
    expect((await kommo.source.findByIds('contact', [...ids, ...ids, '99999999'], none, createCall())).size).toBe(25);
    expect((await kommo.source.findByIds('contact', [ids[0] ?? ''], new Set(['leads']), createCall())).size).toBe(1);
    expect(kommo.sandbox.requests).toHaveLength(2);
    expect(kommo.urls()[1]).toBe(`GET /api/v4/contacts/${ids[0]}?with=leads`);
  });

  test('takes an unknown id, and one that is no id, for absent', async () => {
    await using kommo = await startKommo();
    const ids = ['99999999', '0', '', '-1', '01', '1/links', '../account', '1?with=x', '1e3', '９'];
    expect((await kommo.source.findByIds('contact', ids, none, createCall())).size).toBe(0);
    expect(kommo.urls()).toEqual(['GET /api/v4/contacts/99999999']);
  });

  test('does not mistake strangers for what was asked where the account ignores filters, and remembers it', async () => {
    await using kommo = await startKommo({ sandbox: { isApiFilterEnabled: false } });
    const ids = visibleIds(kommo).slice(-3);
    const read = async () => [...(await kommo.source.findByIds('contact', [...ids, '99999999'], none, createCall())).keys()];
    expect((await read()).toSorted()).toEqual(ids);
    expect(kommo.sandbox.requests).toHaveLength(5);
    expect((await read()).toSorted()).toEqual(ids);
    expect(kommo.sandbox.requests).toHaveLength(9);
  });

  test('tells an odd row from an unknown id', async () => {
    await using kommo = await startKommo();
    const ids = visibleIds(kommo).slice(0, 2);
    kommo.sandbox.setFaults([{ route: 'GET /api/v4/contacts', effect: { kind: 'alter', alter: withoutFirstId } }]);
    const found = await kommo.source.findByIds('contact', ids, none, createCall());
    expect(found.get(ids[0] ?? '')).toMatchObject({ code: 'BAD_RESPONSE' });
    expect(found.get(ids[1] ?? '')).toMatchObject({ idInSource: ids[1] });
  });

  test('reads all users at once, for whoever asks at the same time, and gives them all', async () => {
    await using kommo = await startKommo();
    const [users, others] = await Promise.all([
      kommo.source.findByIds('user', ['9001', '9002'], none, createCall()),
      kommo.source.findByIds('user', ['9003'], none, createCall()),
    ]);
    expect(users.get('9001')).toMatchObject({ idInSource: '9001', displayName: expect.any(String) });
    expect([...users.keys()]).toEqual(kommo.sandbox.data.users.map(({ id }) => String(id)));
    expect(others).toEqual(users);
    expect(kommo.urls()).toEqual(['GET /api/v4/users?with=group&page=1&limit=250']);
  });

  test('knows users by their id alone without admin rights, after one call, and health says why', async () => {
    await using kommo = await startKommo({ sandbox: { isAdmin: false } });
    const users = await kommo.source.findByIds('user', ['9001', '9002'], none, createCall());
    expect([...users.values()]).toMatchObject([
      { idInSource: '9001', displayName: null },
      { idInSource: '9002', displayName: null },
    ]);
    await expect(kommo.source.listReferences('users', createCall())).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(kommo.sandbox.requests).toHaveLength(1);
    expect(kommo.source.health()).toMatchObject({ status: 'DEGRADED', error: { code: 'FORBIDDEN' } });
  });

  test('reads list elements by catalog, and fails for one catalog alone', async () => {
    await using kommo = await startKommo();
    kommo.sandbox.setFaults([
      { route: 'GET /api/v4/catalogs/4522/elements', effect: { kind: 'respond', status: 403, body: '{"status":403}' } },
    ]);
    const found = await kommo.source.findByIds(
      'catalogElement',
      ['4521/525439', '4521/525440', '4522/530002', '4521/x'],
      none,
      createCall(),
    );
    expect(found.get('4521/525439')).toMatchObject({ catalogId: '4521', name: 'Router' });
    expect(found.get('4522/530002')).toBeInstanceOf(SourceError);
    expect(kommo.sandbox.requests).toHaveLength(2);
  });
});

describe('listReferences', () => {
  test('has no tags where the account does not list them, and no statuses, types or groups at all', async () => {
    await using kommo = await startKommo({ sandbox: { hasTagsEndpoint: false } });
    expect(await kommo.source.listReferences('tags', createCall())).toEqual([]);
    for (const kind of ['statuses', 'types', 'groups'] as const) expect(await kommo.source.listReferences(kind, createCall())).toEqual([]);
    expect(kommo.sandbox.requests).toHaveLength(1);
  });
});

describe('deletion', () => {
  test('is unsupported, makes no call, and the contact has an address in Kommo', async () => {
    await using kommo = await startKommo();
    const target = { entity: 'contact', idInSource: '501001', before: 'absent' } as const;
    expect(await kommo.source.deleteContacts([target], createWriteCall())).toEqual(new Map([['501001', { outcome: 'UNSUPPORTED' }]]));
    expect(kommo.source.previewDeletion(target)).toEqual({ outcome: 'UNSUPPORTED' });
    expect(kommo.source.contactUrl('contact', '501001')).toBe(`${kommo.sandbox.url}/contacts/detail/501001`);
    expect(kommo.source.contactUrl('company', '1/../x')).toBeNull();
    expect(kommo.sandbox.requests).toEqual([]);
  });
});

function withoutFirstId(body: unknown): unknown {
  const page = structuredClone(body) as { _embedded?: { contacts?: { id?: unknown }[] } };
  delete page._embedded?.contacts?.[0]?.id;
  return page;
}
