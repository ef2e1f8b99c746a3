import { describe, expect, it } from 'vitest';
import { call, ids, mnemonic, start } from './ask-callgear.ts';

describe('CallGear metadata and quotas', () => {
  it('comes in every shape that was seen', async () => {
    await using sandbox = await start({ quotas: { hour: 4000 } });
    const metadata = async () => (await call(sandbox, 'get.contacts', { limit: 1 })).result?.metadata;
    expect(await metadata()).toEqual({
      total_items: 250,
      version: null,
      limits: { hour_limit: 4000, hour_remaining: 3999, hour_reset: 3600 },
    });
    sandbox.configure({ tellsLimits: false, totalItems: 'overstated', hasVersionKey: false });
    expect(await metadata()).toEqual({ total_items: 251, limits: {} });
    sandbox.configure({ totalItems: 'absent', isVersionDeprecated: true });
    expect(await metadata()).toMatchObject({ api_version: { current_version_deprecated: true } });
    expect(await metadata()).not.toHaveProperty('total_items');
    sandbox.configure({ metadata: 'absent' });
    expect(await metadata()).toBeUndefined();
  });

  it('counts successful calls only, and renews a minute after the first', async () => {
    let now = Date.UTC(2030, 0, 1, 12);
    await using sandbox = await start({ quotas: { minute: 2, day: 3 }, now: () => now });
    const limits = async () => (await call(sandbox, 'get.contacts', { limit: 1 })).result?.metadata?.limits;
    await mnemonic(sandbox, 'get.contacts', { limit: 'x' });
    expect(await limits()).toEqual({
      day_limit: 3,
      day_remaining: 2,
      day_reset: 43_200,
      minute_limit: 2,
      minute_remaining: 1,
      minute_reset: 60,
    });
    now += 20_000;
    await limits();
    const { error } = await call(sandbox, 'get.contacts', { limit: 'x' });
    expect(error).toMatchObject({
      code: -32029,
      message: 'Limit per minute has been exceeded. Value of current limit per minute is 2',
      data: { params: { limit_type: 'minute', limit_max_value: 2 }, metadata: { limits: { minute_remaining: 0, minute_reset: 40 } } },
    });
    now += 40_000;
    await limits();
    expect((await call(sandbox, 'get.contacts')).error?.data.params).toEqual({ limit_type: 'day', limit_max_value: 3 });
    now = Date.UTC(2030, 0, 2);
    expect(await limits()).toMatchObject({ day_remaining: 2, day_reset: 86_400 });
  });

  it('tells limits in errors, but for errors of access, and not at all when set so', async () => {
    await using sandbox = await start();
    const metadata = async (params: object) => (await call(sandbox, 'get.contacts', { ...params })).error?.data.metadata;
    expect(await metadata({ limit: 0 })).toHaveProperty('limits.day_remaining', 3500);
    expect(await metadata({ access_token: 'x' })).toBeUndefined();
    sandbox.configure({ errorMetadata: 'never' });
    expect(await metadata({ limit: 0 })).toBeUndefined();
  });
});

describe('CallGear delete.contacts', () => {
  it('deletes by id, replies an empty result, and then knows no such entity', async () => {
    await using sandbox = await start();
    const { id } = sandbox.contacts[20]!;
    expect((await call(sandbox, 'delete.contacts', { id })).result).toEqual({});
    expect((await call(sandbox, 'delete.contacts', { id })).error).toMatchObject({
      code: -32602,
      data: { mnemonic: 'entity_not_found', field: 'id', value: String(id) },
    });
    expect(await ids(sandbox, { filter: { field: 'id', operator: '=', value: id } })).toEqual([]);
    expect([sandbox.writes, sandbox.requests[0]?.didWrite, sandbox.requests[1]?.didWrite]).toEqual([1, true, false]);
  });

  it('replies with data and metadata when set so', async () => {
    await using sandbox = await start({ deleteReply: 'data and metadata' });
    const { result } = await call(sandbox, 'delete.contacts', { id: sandbox.contacts[20]!.id });
    expect(result).toMatchObject({ data: {}, metadata: { limits: { minute_remaining: 199 } } });
  });

  it('deletes several ids at once, all or none', async () => {
    await using sandbox = await start();
    const two = sandbox.contacts.slice(20, 22).map(({ id }) => id);
    expect((await call(sandbox, 'delete.contacts', { ids: [...two, 5] })).error?.data).toMatchObject({
      mnemonic: 'entity_not_found',
      value: '5',
    });
    expect(sandbox.contacts).toHaveLength(250);
    expect((await call(sandbox, 'delete.contacts', { ids: two })).result).toEqual({});
    expect(sandbox.contacts).toHaveLength(248);
  });

  it('refuses ids on brands without it, and both or neither everywhere', async () => {
    await using sandbox = await start();
    expect(await mnemonic(sandbox, 'delete.contacts')).toBe('required_parameter_missed');
    expect(await mnemonic(sandbox, 'delete.contacts', { id: 5, ids: [5] })).toBe('invalid_parameters_combination');
    expect(await mnemonic(sandbox, 'delete.contacts', { id: '5' })).toBe('data_type_error');
    sandbox.configure({ acceptsIds: false });
    expect(await mnemonic(sandbox, 'delete.contacts', { ids: [5] })).toBe('unexpected_parameters');
  });

  it('refuses contacts that others depend on or that are protected', async () => {
    await using sandbox = await start();
    for (const reason of ['dependency_error', 'forbidden'] as const) {
      const { id } = sandbox.contacts.find(({ refusesDeletion }) => refusesDeletion === reason)!;
      expect((await call(sandbox, 'delete.contacts', { id })).error).toMatchObject({ code: -32602, data: { mnemonic: reason } });
    }
    expect(sandbox.contacts).toHaveLength(250);
  });
});

describe('CallGear look-ups', () => {
  it('knows every manager but those who left', async () => {
    await using sandbox = await start();
    const employees = (await call(sandbox, 'get.employees')).result!.data;
    const managers = new Set(sandbox.contacts.map((contact) => contact.personal_manager_id));
    const unknown = [...managers].filter((id) => id !== null && !employees.some((employee) => employee['id'] === id));
    expect(unknown).toEqual(sandbox.data.formerEmployees.map(({ id }) => id));
    expect(employees[0]).toMatchObject({
      email: expect.any(String),
      phone_numbers: [{ phone_number: expect.any(String), status: 'active' }],
    });
  });

  it('filters employees by extension with jsquery relative to the field', async () => {
    await using sandbox = await start();
    const filter = { field: 'extension', operator: 'jsquery', value: 'extension_phone_number="101"' };
    expect((await call(sandbox, 'get.employees', { filter })).result?.data).toHaveLength(1);
    expect(await mnemonic(sandbox, 'get.employees', { sort: [{ field: 'patronymic' }] })).toBeUndefined();
    expect(await mnemonic(sandbox, 'get.employees', { filter: { field: 'patronymic', operator: '=' } })).toBe('filter_prohibited');
  });

  it('lists organizations by name, and the account as an array of one', async () => {
    await using sandbox = await start();
    const organizations = (await call(sandbox, 'get.contact_organizations', { sort: [{ field: 'name', order: 'desc' }] })).result!.data;
    expect(organizations).toHaveLength(sandbox.data.organizations.length);
    expect((await call(sandbox, 'get.account')).result?.data).toEqual([{ app_id: 1103, name: 'Sandbox account', timezone: 'Europe/Riga' }]);
    expect(await mnemonic(sandbox, 'get.account', { filter: {} })).toBe('unexpected_parameters');
  });
});
