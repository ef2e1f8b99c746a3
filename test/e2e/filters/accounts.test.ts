import { describe, expect, test } from 'vitest';
import type { Fault } from '../../../src/sandbox/fault.ts';
import { expectTruth } from '../../support/expect-truth.ts';
import type { AskedFilter } from '../../support/filter-truth.ts';
import { walk } from '../../support/filtered-walk.ts';
import { startTestGateway, type SourceName, type TestGateway, type TestGatewayOptions } from '../../support/gateway.ts';
import { storedContacts } from '../../support/stored-contacts.ts';

const POPULATION = { seed: 35, onlyoffice: 90, kommo: 260, callgear: 60 };

/** A gateway in front of one CRM. */
function startOne(source: SourceName, options: TestGatewayOptions = {}): Promise<TestGateway> {
  return startTestGateway({ population: POPULATION, onlyoffice: null, kommo: null, callgear: null, [source]: {}, ...options });
}

const user = (id: number) => [{ source: 'kommo' as const, id: String(id) }];

describe('a Kommo account without the filter feature', () => {
  const untold: readonly (readonly [string, readonly Fault[]])[] = [
    ['tells it', []],
    ['does not tell it', [{ route: 'GET /api/v4/account', effect: { kind: 'alter', alter: () => ({ id: 1, name: 'Sandbox' }) } }]],
    [
      'cannot be asked for it',
      [
        {
          route: 'GET /api/v4/account',
          effect: { kind: 'respond', status: 403, contentType: 'application/problem+json', body: '{"status":403}' },
        },
      ],
    ],
  ];

  test.each(untold)('that %s has no filter, never everyone', async (_what, faults) => {
    await using gateway = await startOne('kommo', { kommo: { isApiFilterEnabled: false, faults } });
    const filters: readonly (readonly [AskedFilter, readonly string[]])[] = [
      [{ responsibleIds: user(9001) }, ['RESPONSIBLE']],
      [{ createdAt: { from: '2024-01-01T00:00:00Z', to: '2024-03-01T00:00:00Z' } }, ['CREATED_AT']],
      [{ updatedAt: { to: '2024-01-01T00:00:00Z' } }, ['UPDATED_AT']],
      [{ search: 'a', responsibleIds: user(9001) }, ['RESPONSIBLE']],
    ];
    for (const [filter, members] of filters) {
      const { pages, idsOf, reportsOf } = await walk(gateway, filter);
      expect(idsOf('kommo')).toEqual([]);
      expect(reportsOf('kommo')[0]).toMatchObject({ status: 'SKIPPED', error: { code: 'FILTER_UNSUPPORTED' }, isComplete: false });
      expect(reportsOf('kommo')[0]?.unsupportedFilters).toEqual(members);
      expect(pages[0]?.pageInfo.hasNextPage).toBe(false);
    }
    // Once found out it is not tried again.
    gateway.clearCalls();
    for (const [filter] of filters) expect((await walk(gateway, filter)).reportsOf('kommo')[0]).toMatchObject({ status: 'SKIPPED' });
    expect(gateway.calls()).toEqual({});
  });

  test('answers all that needs no filter', async () => {
    await using gateway = await startOne('kommo', { kommo: { isApiFilterEnabled: false } });
    const sources = ['kommo'] as const;
    await walk(gateway, { responsibleIds: user(9001) });
    await expectTruth(gateway, { tags: ['vip'] }, { sources });
    await expectTruth(gateway, { hasLeads: true }, { sources });
    await expectTruth(gateway, { lastName: 'Okonkwo' }, { sources });
    await expectTruth(gateway, { contactInfos: [{ type: 'PHONE', value: '+37126000001' }] }, { sources });
    const companyIds = gateway.kommo.data.companies.slice(0, 9).map(({ id }) => ({ source: 'kommo' as const, id: String(id) }));
    await expectTruth(gateway, { companyIds }, { sources });
  });

  test('shows only rows that satisfy what was sent, even where the first pages happen to', async () => {
    await using gateway = await startOne('kommo', { kommo: { isApiFilterEnabled: false } });
    const filter: AskedFilter = { createdAt: { from: '2023-06-01T00:00:00Z' } };
    const { idsOf, reportsOf } = await walk(gateway, filter, { orderBy: { field: 'CREATED_AT', direction: 'DESC' }, first: 30 });
    const isAsked = new Set(
      storedContacts(gateway, ['kommo'])
        .filter(({ createdAt }) => (createdAt ?? 0) >= Date.parse('2023-06-01'))
        .map(({ id }) => id),
    );
    expect(idsOf('kommo').length).toBeGreaterThan(0);
    expect(idsOf('kommo').every((id) => isAsked.has(id))).toBe(true);
    expect(reportsOf('kommo').at(-1)).toMatchObject({
      isComplete: false,
      error: { code: 'FILTER_UNSUPPORTED' },
      unsupportedFilters: ['CREATED_AT'],
    });
  });

  test('that only lacks filter[created_at] keeps the others', async () => {
    await using gateway = await startOne('kommo', { kommo: { hasCreatedAtFilter: false } });
    const found = await walk(gateway, { createdAt: { from: '2024-06-01T00:00:00Z' } });
    expect(found.idsOf('kommo')).toEqual([]);
    expect(found.reportsOf('kommo')[0]).toMatchObject({ status: 'SKIPPED', unsupportedFilters: ['CREATED_AT'] });
    await expectTruth(gateway, { updatedAt: { from: '2024-06-01T00:00:00Z' }, responsibleIds: user(9001) }, { sources: ['kommo'] });
  });

  test('is no matter of short pages and phantom next pages', async () => {
    await using gateway = await startOne('kommo', { kommo: { hasShortPages: true, hasPhantomNext: true, shuffleTies: true } });
    for (const filter of [
      { tags: ['Customer'] },
      { responsibleIds: user(9003) },
      { hasLeads: false, updatedAt: { from: '2024-01-01T00:00:00Z' } },
    ]) {
      await expectTruth(gateway, filter, { sources: ['kommo'], first: 40 });
    }
  });
});

describe('a portal with a deleted status', () => {
  test('fails for contact infos that meet it, which is never "nobody"', async () => {
    await using gateway = await startTestGateway({ population: POPULATION, onlyoffice: { hasDanglingStatus: true } });
    const { pages, idsOf, reportsOf } = await walk(gateway, { contactInfos: [{ type: 'EMAIL', value: 'Dangling.Status@corner.example' }] });
    expect(idsOf('onlyoffice')).toEqual([]);
    expect(reportsOf('onlyoffice')[0]).toMatchObject({ status: 'FAILED', error: { code: 'BAD_RESPONSE' }, isComplete: false });
    expect(reportsOf('kommo')[0]).toMatchObject({ status: 'OK' });
    expect(pages[0]?.isComplete).toBe(false);
    const sources = ['onlyoffice'] as const;
    await expectTruth(gateway, { contactInfos: [{ type: 'EMAIL', value: 'every@corner.example' }] }, { sources });
    await expectTruth(gateway, { lastName: 'Status' }, { sources });
    await expectTruth(gateway, { statusIds: [16, 17, 99].map((id) => ({ source: 'onlyoffice', id: String(id) })) }, { sources });
  });
});

describe('a CallGear that does not take every operator', () => {
  test('is asked in other words where there are some', async () => {
    await using gateway = await startOne('callgear', {
      callgear: { refusesIn: true, hasShortPages: true, totalItems: 'overstated', shuffleTies: true },
    });
    const sources = ['callgear'] as const;
    const { organizations, employees, groups } = gateway.callgear.data;
    const idsOf = (rows: readonly { readonly id: number }[]) => rows.map(({ id }) => ({ source: 'callgear' as const, id: String(id) }));
    await expectTruth(gateway, { companyIds: idsOf(organizations) }, { sources });
    await expectTruth(gateway, { responsibleIds: idsOf(employees.slice(0, 3)) }, { sources });
    await expectTruth(gateway, { groupIds: idsOf(groups.slice(1, 3)), companyIds: idsOf(organizations) }, { sources });
    await expectTruth(gateway, { contactInfos: [{ type: 'PHONE', value: '+37120000003' }] }, { sources });
  });

  test('says which members it cannot answer where there are none', async () => {
    await using gateway = await startOne('callgear', { callgear: { refusesJsquery: true } });
    const group = [{ source: 'callgear' as const, id: '17' }];
    const phone = [{ type: 'PHONE', value: '+37120000003' }];
    for (const [filter, members] of [
      [{ groupIds: group }, ['GROUP']],
      [{ contactInfos: phone }, ['CONTACT_INFO']],
      [{ contactInfos: phone, lastName: 'Name' }, ['CONTACT_INFO']],
    ] as const) {
      const { idsOf, reportsOf } = await walk(gateway, filter);
      expect(idsOf('callgear')).toEqual([]);
      expect(reportsOf('callgear')[0]).toMatchObject({
        status: 'SKIPPED',
        error: { code: 'FILTER_UNSUPPORTED' },
        unsupportedFilters: members,
      });
    }
    await expectTruth(gateway, { firstName: 'Anna' }, { sources: ['callgear'] });
  });

  test('may store phones with a plus', async () => {
    await using gateway = await startOne('callgear', { callgear: { phoneFormat: 'e164' } });
    for (const value of ['+371 2000-0003', '37120000003', '(371)20000003']) {
      const found = await expectTruth(gateway, { contactInfos: [{ type: 'PHONE', value }] }, { sources: ['callgear'] });
      expect(found.idsOf('callgear')).toHaveLength(1);
    }
  });
});
