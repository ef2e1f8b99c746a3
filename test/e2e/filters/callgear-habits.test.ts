import { describe, expect, it } from 'vitest';
import type { CallgearSandboxOptions } from '../../../src/sandbox/callgear/callgear-options.ts';
import { startTestGateway } from '../../support/gateway.ts';

interface Report {
  status: string;
  isComplete: boolean;
  unsupportedFilters: string[];
  error: { code: string } | null;
}
interface Page {
  contacts: { nodes: { idInSource: string; displayName: string }[]; isComplete: boolean; sourceReports: Report[] };
}

const CONTACTS = 'callgear POST get.contacts';
const LIST = `query ($filter: ContactFilter, $orderBy: ContactOrder, $first: Int) {
  contacts(first: $first, filter: $filter, orderBy: $orderBy) {
    nodes { idInSource displayName } isComplete sourceReports { status isComplete unsupportedFilters error { code } }
  }
}`;

function start(callgear: CallgearSandboxOptions, count = 30) {
  return startTestGateway({ onlyoffice: null, kommo: null, callgear, population: { callgear: count } });
}

const idOf = (entity: string, id: number | string | null) => Buffer.from(`callgear:${entity}:${id}`).toString('base64url');

/** A filter that some contacts satisfy, by member, and the field of CallGear that it is pushed to. */
const MEMBERS = {
  RESPONSIBLE: ['personal_manager_id', (ids) => ({ responsibleIds: [idOf('user', ids.manager)] })],
  COMPANY: ['organization_id', (ids) => ({ companyIds: [idOf('company', ids.company)] })],
  GROUP: ['groups', () => ({ groupIds: [idOf('group', 17)] })],
  LAST_NAME: ['last_name', (ids) => ({ lastName: ids.lastName })],
  CONTACT_INFO: ['phone_numbers', (ids) => ({ contactInfos: [{ type: 'PHONE', value: ids.phone }] })],
} as const satisfies Record<string, readonly [string, (ids: Known) => object]>;

interface Known {
  readonly manager: number | null;
  readonly company: number | null;
  readonly lastName: string;
  readonly phone: string;
}

describe.each(Object.keys(MEMBERS) as (keyof typeof MEMBERS)[])('a CallGear that refuses a filter by %s', (member) => {
  const [field, filterFor] = MEMBERS[member];

  it.each<[string, CallgearSandboxOptions]>([
    ['in its own words', {}],
    ['without naming the field', { namesRefusedFields: false }],
    ['in words that nobody knows', { mnemonics: { filter_prohibited: 'no_way_in_this_tariff' } }],
    ['by a code and a message alone', { errorForm: 'bare' }],
    ['with an HTTP status', { httpStatusOfErrors: 'by code' }],
  ])('%s is left out, names the member, and is not asked again', async (_, habits) => {
    await using gateway = await start({ prohibitedFilters: [field], ...habits });
    const filter = filterFor(knownOf(gateway.callgear.contacts));
    for (let list = 0; list < 3; list += 1) {
      const { contacts } = await gateway.ask<Page>(LIST, { filter, first: 10 });
      expect(contacts).toMatchObject({
        nodes: [],
        isComplete: false,
        sourceReports: [{ status: 'SKIPPED', unsupportedFilters: [member], error: { code: 'FILTER_UNSUPPORTED' } }],
      });
    }
    expect(gateway.calls()[CONTACTS]).toBeLessThanOrEqual(3);
  });

  it('ignores instead is checked row by row, within the scan budget', async () => {
    await using well = await start({});
    const filter = filterFor(knownOf(well.callgear.contacts));
    const right = (await well.ask<Page>(LIST, { filter, first: 100 })).contacts.nodes;
    await using gateway = await start({ ignoredFilters: [field] });
    const { contacts } = await gateway.ask<Page>(LIST, { filter, first: 100 });
    expect(right.length).toBeGreaterThan(0);
    expect(contacts.nodes).toEqual(right);
    expect(contacts.sourceReports).toMatchObject([{ status: 'OK' }]);
  });
});

function knownOf(
  contacts: readonly { personal_manager_id: number | null; organization_id: number | null; last_name: string; phone_numbers: string[] }[],
): Known {
  const found = (test: (contact: (typeof contacts)[number]) => boolean) => contacts.find(test);
  return {
    manager: found((contact) => contact.personal_manager_id !== null)?.personal_manager_id ?? null,
    company: found((contact) => contact.organization_id !== null)?.organization_id ?? null,
    lastName: contacts[0]?.last_name ?? '',
    phone: `+${found((contact) => (contact.phone_numbers[0]?.length ?? 0) > 8)?.phone_numbers[0] ?? ''}`,
  };
}

describe('a search in CallGear', () => {
  const SEARCH = { search: 'aldo' };

  it('that is ignored shows nobody whose names do not hold the words, and everybody whose names do', async () => {
    const habits = { ignoredFilters: ['full_name', 'first_name', 'last_name'] };
    await using gateway = await start(habits);
    const [first, second] = gateway.callgear.contacts;
    Object.assign(first ?? {}, { last_name: 'Zanzibarwala', first_name: 'Éva' });
    Object.assign(second ?? {}, { last_name: 'ZANZIBARWALA' });
    const { contacts } = await gateway.ask<Page>(LIST, { filter: { search: 'zanzibar ÉVA zanzibar' }, first: 100 });
    expect(contacts.nodes.map(({ idInSource }) => idInSource)).toEqual([String(first?.id)]);
  });

  it('sends equal words once', async () => {
    await using gateway = await start({});
    await gateway.ask<Page>(LIST, { filter: { search: 'VIP vip Vip' }, first: 10 });
    const [request] = gateway.requests('callgear');
    expect(JSON.stringify(request?.body).match(/\[Vv\]\[Ii\]\[Pp\]/g)).toHaveLength(3);
  });

  it('beside another member does not lose what both select', async () => {
    await using gateway = await start({});
    const [contact] = gateway.callgear.contacts.filter(({ personal_manager_id }) => personal_manager_id !== null);
    Object.assign(contact ?? {}, { last_name: 'Aldous' });
    const filter = { ...SEARCH, responsibleIds: [idOf('user', contact?.personal_manager_id ?? 0)] };
    const { contacts } = await gateway.ask<Page>(LIST, { filter, first: 10 });
    expect(contacts.nodes.map(({ idInSource }) => idInSource)).toContain(String(contact?.id));
    expect(contacts.isComplete).toBe(true);
  });
});

describe('a CallGear that refuses to sort', () => {
  const BY_FIRST_NAME = { field: 'FIRST_NAME', direction: 'ASC' };

  it.each([true, false])('by the field that was asked for is left out, and not asked again (named: %s)', async (namesRefusedFields) => {
    await using gateway = await start({ prohibitedSorts: ['first_name'], namesRefusedFields });
    for (let list = 0; list < 3; list += 1) {
      const { contacts } = await gateway.ask<Page>(LIST, { orderBy: BY_FIRST_NAME, first: 10 });
      expect(contacts).toMatchObject({ nodes: [], sourceReports: [{ status: 'SKIPPED', error: { code: 'ORDER_UNSUPPORTED' } }] });
    }
    expect(gateway.calls()[CONTACTS]).toBeLessThanOrEqual(2);
  });

  it('by fields that only settle ties gives the order all the same', async () => {
    await using gateway = await start({ prohibitedSorts: ['first_name'] });
    const { contacts } = await gateway.ask<Page>(LIST, { first: 100 });
    expect(contacts.nodes).toHaveLength(30);
    expect(contacts).toMatchObject({ isComplete: true, sourceReports: [{ status: 'OK' }] });
  });

  it('reads contacts and users by id without an order', async () => {
    await using gateway = await start({ prohibitedSorts: ['full_name', 'last_name', 'first_name', 'name'] });
    const [contact] = gateway.callgear.contacts.filter(({ personal_manager_id }) => personal_manager_id !== null);
    const document = `{ contact(id: "${idOf('contact', contact?.id ?? 0)}") { idInSource responsible { email } } }`;
    expect(await gateway.ask(document)).toMatchObject({ contact: { idInSource: String(contact?.id) } });
  });
});

describe('a CallGear that takes one id at a time', () => {
  it('is asked for each of several ids by itself, and is known for it', async () => {
    await using gateway = await start({});
    const ids = gateway.callgear.contacts.slice(0, 12).map(({ id }) => id);
    const several = (body: unknown) => /"operator":"in"|"condition":"or"/.test(JSON.stringify(body));
    // Either form for several ids is refused.
    gateway.callgear.setFaults([
      {
        route: 'POST get.contacts',
        effect: { kind: 'alter', alter: (body) => (several(gateway.requests('callgear').at(-1)?.body) ? refusalOf(body) : body) },
      },
    ]);
    const document = `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Person { idInSource } } }`;
    const variables = { ids: [...ids.map((id) => idOf('contact', id)), idOf('contact', 999)] };
    const expected = [...ids.map((id) => ({ idInSource: String(id) })), null];
    expect(await gateway.ask(document, variables)).toEqual({ nodes: expected });
    const calls = gateway.calls()[CONTACTS] ?? 0;
    expect(await gateway.ask(document, variables)).toEqual({ nodes: expected });
    expect((gateway.calls()[CONTACTS] ?? 0) - calls).toBe(13);
  });
});

function refusalOf(body: unknown): unknown {
  const { id } = body as { id: string };
  const data = { mnemonic: 'several_values_not_supported', field: 'filter.value', value: null, params: {}, extended_helper: null };
  return { jsonrpc: '2.0', id, error: { code: -32602, message: 'Several values are not supported', data } };
}

describe.each(['limit -1', 'limit 0, remaining 5', 'limit 0, remaining 0', 'limit -1, remaining -1'] as const)(
  'windows that are not limited, told as %s,',
  (unlimitedWindows) => {
    it('do not stop calls', async () => {
      await using gateway = await start({ quotas: {}, unlimitedWindows });
      for (let list = 0; list < 10; list += 1) {
        expect((await gateway.ask<Page>(LIST, { first: 5 })).contacts).toMatchObject({
          isComplete: true,
          sourceReports: [{ status: 'OK' }],
        });
      }
    });
  },
);

describe('lists of CallGear', () => {
  it.each(['map', 'null when empty', '{} when empty', 'false when empty'] as const)(
    'written as %s are read as what they mean',
    async (listForm) => {
      await using gateway = await start({ listForm });
      expect((await gateway.ask<Page>(LIST, { first: 100 })).contacts.nodes).toHaveLength(30);
      const nobody = await gateway.ask<Page>(LIST, { filter: { lastName: 'Nobody-has-this-name' }, first: 10 });
      expect(nobody.contacts).toMatchObject({ nodes: [], isComplete: true, sourceReports: [{ status: 'OK' }] });
      expect(await gateway.ask(`{ contact(id: "${idOf('contact', 999)}") { id } }`)).toEqual({ contact: null });
    },
  );

  it('that are always null fail, and are never "nobody"', async () => {
    await using gateway = await start({ listForm: 'always null' });
    const { contacts } = await gateway.ask<Page>(LIST, { first: 10 });
    expect(contacts).toMatchObject({
      nodes: [],
      isComplete: false,
      sourceReports: [{ status: 'FAILED', error: { code: 'BAD_RESPONSE' } }],
    });
  });
});

describe('errors of CallGear under other names', () => {
  it.each([
    ['limit_exceeded', 'RATE_LIMITED', { quotas: { minute: 0 } }],
    ['forbidden', 'FORBIDDEN', { forbiddenMethods: ['get.contacts'] }],
    ['account_inactive', 'FORBIDDEN', { isAccountActive: false }],
    ['access_token_invalid', 'UNAUTHENTICATED', { tokens: [] }],
  ] as const)('%s fall back to what their code means', async (mnemonic, code, habits) => {
    await using gateway = await start({ mnemonics: { [mnemonic]: 'something_new' }, ...habits });
    const { contacts } = await gateway.ask<Page>(LIST, { first: 5 });
    expect(contacts.sourceReports).toMatchObject([{ status: 'FAILED', error: { code } }]);
  });
});

it('a session that ends under `auth_error` costs one new log-in, and no row', async () => {
  const login = { CALLGEAR_TOKEN: '', CALLGEAR_LOGIN: 'sandbox-callgear-login', CALLGEAR_PASSWORD: 'sandbox-callgear-password' };
  await using gateway = await startTestGateway({
    onlyoffice: null,
    kommo: null,
    callgear: { expiredSessionMnemonic: 'auth_error' },
    population: { callgear: 30 },
    environment: login,
  });
  await gateway.ask<Page>(LIST, { first: 5 });
  gateway.callgear.expireSessions();
  expect((await gateway.ask<Page>(LIST, { first: 100 })).contacts.nodes).toHaveLength(30);
  expect(gateway.calls()['callgear POST login.user']).toBe(2);
});
