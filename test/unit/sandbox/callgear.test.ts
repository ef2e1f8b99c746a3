import { describe, expect, it } from 'vitest';
import { SANDBOX_CALLGEAR_AGENT_TOKEN, SANDBOX_CALLGEAR_READ_ONLY_TOKEN } from '../../../src/sandbox/callgear/callgear-options.ts';
import { call, ids, mnemonic, post, rawMnemonic, start } from './ask-callgear.ts';

describe('CallGear envelope', () => {
  it('answers errors on HTTP 200, with the whole error object', async () => {
    await using sandbox = await start({ quotas: {} });
    const { status, reply } = await post(sandbox, JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'get.leads', params: {} }));
    expect(status).toBe(200);
    expect(reply).toEqual({
      jsonrpc: '2.0',
      id: 7,
      error: {
        code: -32601,
        message: 'The method does not exist / is not available',
        data: { mnemonic: 'method_not_found', field: null, value: null, params: {}, extended_helper: null },
      },
    });
  });

  it('answers errors by HTTP status when set so', async () => {
    await using sandbox = await start({ httpStatusOfErrors: 'by code' });
    expect((await post(sandbox, '{')).status).toBe(400);
    expect((await post(sandbox, '{"jsonrpc":"2.0","id":1,"method":"get.contacts","params":{"access_token":"x"}}')).status).toBe(401);
  });

  it('refuses batches with the misspelled mnemonic, or the other one when set so', async () => {
    await using sandbox = await start();
    expect(await rawMnemonic(sandbox, [])).toBe('batch_opreations_not_supported');
    sandbox.configure({ batchMnemonic: 'batch_operations_not_supported' });
    expect(await rawMnemonic(sandbox, [{}])).toBe('batch_operations_not_supported');
  });

  it('refuses a call without id, whatever else is wrong with it', async () => {
    await using sandbox = await start();
    expect(await rawMnemonic(sandbox, { jsonrpc: '1.0', method: 'nothing' })).toBe('notifications_not_supported');
  });

  it('checks JSON, shape, method, token, rights and params in this order', async () => {
    await using sandbox = await start();
    const request = (change: object) => ({ jsonrpc: '2.0', id: 1, method: 'get.contacts', params: { limit: 'x' }, ...change });
    expect(await rawMnemonic(sandbox, '{"id":')).toBe('parse_error');
    expect(await rawMnemonic(sandbox, request({ jsonrpc: '1.0', method: 'no' }))).toBe('invalid_request');
    expect(await rawMnemonic(sandbox, request({ id: null }))).toBe('invalid_request');
    expect(await rawMnemonic(sandbox, request({ params: [] }))).toBe('invalid_request');
    expect(await rawMnemonic(sandbox, request({ method: 'no' }))).toBe('method_not_found');
    expect(await rawMnemonic(sandbox, request({}))).toBe('required_parameter_missed');
    expect(await mnemonic(sandbox, 'get.contacts', { access_token: 'x', limit: 'x' })).toBe('access_token_invalid');
    sandbox.configure({ forbiddenMethods: ['get.contacts'] });
    expect(await mnemonic(sandbox, 'get.contacts', { limit: 'x' })).toBe('forbidden');
  });

  it('answers in HTML beside its one URL', async () => {
    await using sandbox = await start();
    expect((await fetch(sandbox.url)).status).toBe(405);
    expect((await fetch(`${sandbox.url}/get.contacts`, { method: 'POST' })).headers.get('content-type')).toBe('text/html');
  });

  it('names requests by method for faults and the log', async () => {
    await using sandbox = await start({ faults: [{ route: 'POST get.contacts', times: 1, effect: { kind: 'respond', status: 503 } }] });
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'get.contacts', params: { access_token: sandbox.token } });
    expect((await fetch(sandbox.url, { method: 'POST', body })).status).toBe(503);
    expect(sandbox.requests[0]?.route).toBe('POST get.contacts');
  });
});

describe('CallGear access', () => {
  it('takes a session for one hour, then calls it invalid', async () => {
    let now = 1_790_000_000_000;
    await using sandbox = await start({ now: () => now });
    const { reply } = await post(
      sandbox,
      JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'login.user', params: { login: sandbox.login, password: sandbox.password } }),
    );
    expect(reply.result?.data).toMatchObject({ expire_at: 1_790_003_600, app_id: 1103 });
    const session = { access_token: reply.result?.data['access_token'], limit: 1 };
    now += 3_599_999;
    expect(await mnemonic(sandbox, 'get.contacts', session)).toBeUndefined();
    now += 1;
    expect(await mnemonic(sandbox, 'get.contacts', session)).toBe('access_token_invalid');
    sandbox.configure({ expiredSessionMnemonic: 'access_token_expired' });
    expect(await mnemonic(sandbox, 'get.contacts', session)).toBe('access_token_expired');
  });

  it('forgets a session that was logged out', async () => {
    await using sandbox = await start();
    const params = { login: sandbox.login, password: sandbox.password };
    const { reply } = await post(sandbox, JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'login.user', params }));
    const session = { access_token: reply.result?.data['access_token'] };
    expect((await call(sandbox, 'logout.user', session)).result).toEqual({ data: {} });
    expect(await mnemonic(sandbox, 'get.contacts', session)).toBe('access_token_invalid');
  });

  it('refuses a wrong password with auth_error', async () => {
    await using sandbox = await start();
    const params = { login: sandbox.login, password: 'guess' };
    expect(await rawMnemonic(sandbox, { jsonrpc: '2.0', id: 1, method: 'login.user', params })).toBe('auth_error');
  });

  it('refuses blocked and expired keys, foreign addresses and inactive accounts', async () => {
    const rights = ['address_book:select'] as const;
    await using sandbox = await start({
      tokens: [
        { token: 'b', owner: 'customer', state: 'blocked', rights },
        { token: 'e', owner: 'customer', state: 'expired', rights },
        { token: 'ok', owner: 'customer', state: 'active', rights },
      ],
    });
    expect(await mnemonic(sandbox, 'get.contacts', { access_token: 'b' })).toBe('access_token_blocked');
    expect(await mnemonic(sandbox, 'get.contacts', { access_token: 'e' })).toBe('access_token_expired');
    sandbox.configure({ isAccountActive: false });
    expect(await mnemonic(sandbox, 'get.contacts', { access_token: 'ok' })).toBe('account_inactive');
    sandbox.configure({ isIpWhitelisted: false });
    const { error } = await call(sandbox, 'get.contacts', { access_token: 'ok' });
    expect(error).toMatchObject({ code: -32003, message: 'Your IP 127.0.0.1 is not whitelisted' });
  });

  it('wants a known user_id of an agent', async () => {
    await using sandbox = await start();
    const access_token = SANDBOX_CALLGEAR_AGENT_TOKEN;
    const users = (await call(sandbox, 'get.customer_users', { access_token })).result?.data;
    expect((await call(sandbox, 'get.contacts', { access_token })).error?.data).toMatchObject({
      mnemonic: 'required_parameter_missed',
      field: 'user_id',
    });
    expect(await mnemonic(sandbox, 'get.contacts', { access_token, user_id: users?.[0]?.['id'] })).toBeUndefined();
    expect(await mnemonic(sandbox, 'get.contacts', { access_token, user_id: 5 })).toBe('forbidden');
    expect(await mnemonic(sandbox, 'get.account', { access_token })).toBe('forbidden');
  });

  it('keeps customers from the methods of agents, and users from what they have no right to', async () => {
    await using sandbox = await start();
    const access_token = SANDBOX_CALLGEAR_READ_ONLY_TOKEN;
    expect(await mnemonic(sandbox, 'get.customer_users')).toBe('forbidden');
    expect(await mnemonic(sandbox, 'get.employees', { access_token })).toBe('forbidden');
    expect((await call(sandbox, 'delete.contacts', { access_token, id: sandbox.contacts[9]!.id })).error?.code).toBe(-32003);
    expect(sandbox.contacts).toHaveLength(250);
  });
});

describe('CallGear get.contacts', () => {
  it('gives all twelve fields of all contacts by id, over 32 bit', async () => {
    await using sandbox = await start();
    const { result } = await call(sandbox, 'get.contacts');
    expect(result?.data).toEqual(sandbox.contactRows());
    expect(Object.keys(result?.data[0] ?? {})).toHaveLength(12);
    expect(sandbox.contacts.every(({ id }) => id > 2 ** 31)).toBe(true);
    expect(sandbox.contacts.filter(({ id }) => id > 2 ** 32).length).toBeGreaterThan(100);
  });

  it('holds every corner case of the wire', async () => {
    await using sandbox = await start();
    const { contacts } = sandbox;
    const has = (isSo: (contact: (typeof contacts)[number]) => boolean) => expect(contacts.some(isSo)).toBe(true);
    has(({ first_name }) => first_name === null);
    has(({ patronymic }) => patronymic === null);
    has(({ patronymic }) => patronymic !== null);
    has(({ personal_manager_id }) => personal_manager_id === null);
    has(({ organization_id }) => organization_id === null);
    has(({ emails, phone_numbers }) => emails.length === 0 && phone_numbers.length === 0);
    has(({ phone_numbers }) => phone_numbers.length === 10);
    has(({ emails }) => emails.some((email) => email !== email.toLowerCase()));
    for (const count of [0, 1, 3]) has(({ group_ids }) => group_ids.length === count);
    const [group] = (await call(sandbox, 'get.group_contacts', { filter: { field: 'is_system', operator: '=', value: true } })).result!
      .data;
    expect(group).toMatchObject({
      name: 'Blacklist',
      members: expect.arrayContaining([{ contact_id: expect.any(Number), contact_full_name: expect.any(String) }]),
    });
    expect(contacts.flatMap(({ phone_numbers }) => phone_numbers).every((phone) => /^\d+$/.test(phone))).toBe(true);
    const { id, last_name, first_name, patronymic } = contacts.find((contact) => contact.first_name && contact.patronymic)!;
    const [row] = (await call(sandbox, 'get.contacts', { filter: { field: 'id', operator: '=', value: id } })).result!.data;
    expect(row?.['full_name']).toBe(`${last_name} ${first_name} ${patronymic}`);
  });

  it('gives only the fields asked for, without an id of its own accord', async () => {
    await using sandbox = await start();
    const { result } = await call(sandbox, 'get.contacts', { fields: ['full_name'], limit: 1 });
    expect(Object.keys(result?.data[0] ?? {})).toEqual(['full_name']);
    expect(await mnemonic(sandbox, 'get.contacts', { fields: ['group_id'] })).toBe('unexpected_parameters');
  });

  it('cuts pages by limit and offset, and counts all rows', async () => {
    await using sandbox = await start();
    const all = sandbox.contactRows().map(({ id }) => id);
    expect(await ids(sandbox, { limit: 10, offset: 245 })).toEqual(all.slice(245));
    const beyond = await call(sandbox, 'get.contacts', { offset: 100_000 });
    expect(beyond.result).toMatchObject({ data: [], metadata: { total_items: 250 } });
  });

  it('refuses numbers over the maximum, or clamps them when set so', async () => {
    await using sandbox = await start();
    expect((await call(sandbox, 'get.contacts', { limit: 10_001 })).error?.data).toMatchObject({
      mnemonic: 'invalid_parameter_value',
      field: 'limit',
      value: '10001',
    });
    expect(await mnemonic(sandbox, 'get.contacts', { offset: 100_001 })).toBe('invalid_parameter_value');
    sandbox.configure({ overMaximum: 'clamped' });
    expect(await ids(sandbox, { limit: 10_001 })).toHaveLength(250);
  });

  it('refuses wrong types, nulls and unknown params', async () => {
    await using sandbox = await start();
    expect(await mnemonic(sandbox, 'get.contacts', { limit: '5' })).toBe('data_type_error');
    expect(await mnemonic(sandbox, 'get.contacts', { filter: null })).toBe('data_type_error');
    expect(await mnemonic(sandbox, 'get.contacts', { limit: 0 })).toBe('invalid_parameter_value');
    expect(await mnemonic(sandbox, 'get.contacts', { page: 1 })).toBe('unexpected_parameters');
  });

  it('sorts by three fields only', async () => {
    await using sandbox = await start();
    for (const field of ['id', 'patronymic', 'emails', 'organization_name', 'group_name']) {
      expect(await mnemonic(sandbox, 'get.contacts', { sort: [{ field }] })).toBe('sort_prohibited');
    }
    expect(await mnemonic(sandbox, 'get.contacts', { sort: [{ field: 'created_at' }] })).toBe('unexpected_parameters');
    expect(await mnemonic(sandbox, 'get.contacts', { sort: [{ field: 'full_name', order: 'up' }] })).toBe('invalid_parameter_value');
  });

  it('puts nulls last in ascending order and first in descending order', async () => {
    await using sandbox = await start();
    const names = async (order: string) =>
      (await call(sandbox, 'get.contacts', { sort: [{ field: 'first_name', order }] })).result!.data.map((row) => row['first_name']);
    expect((await names('asc')).at(-1)).toBeNull();
    expect((await names('desc'))[0]).toBeNull();
  });

  it('ignores case at first in alphabetical order, and does not by code point', async () => {
    await using sandbox = await start();
    sandbox.contacts.splice(3);
    for (const [index, last_name] of ['Zeta', 'alpha', 'Ölander'].entries()) {
      Object.assign(sandbox.contacts[index]!, { last_name, first_name: null, patronymic: null });
    }
    const names = async () =>
      (await call(sandbox, 'get.contacts', { sort: [{ field: 'full_name' }] })).result!.data.map((row) => row['full_name']);
    expect(await names()).toEqual(['alpha', 'Ölander', 'Zeta']);
    sandbox.configure({ collation: 'C' });
    expect(await names()).toEqual(['Zeta', 'alpha', 'Ölander']);
  });

  it('breaks ties by id, or not at all when they are shuffled', async () => {
    await using sandbox = await start();
    for (const contact of sandbox.contacts) contact.last_name = 'Same';
    const sort = [{ field: 'last_name' }];
    expect(await ids(sandbox, { sort })).toEqual(sandbox.contactRows().map(({ id }) => id));
    sandbox.configure({ shuffleTies: true });
    const [first, second] = [await ids(sandbox, { sort }), await ids(sandbox, { sort })];
    expect(second).not.toEqual(first);
    expect(new Set(second)).toEqual(new Set(first));
  });

  it('loses no row when short pages are walked by the rows received', async () => {
    await using sandbox = await start({ hasShortPages: true });
    const seen: unknown[] = [];
    const sizes: number[] = [];
    for (;;) {
      const page = await ids(sandbox, { limit: 100, offset: seen.length });
      if (page.length === 0) break;
      seen.push(...page);
      sizes.push(page.length);
    }
    expect(sizes).toEqual([99, 100, 50, 1]);
    expect(seen).toEqual(sandbox.contactRows().map(({ id }) => id));
  });
});
