import { describe, expect, test } from 'vitest';
import type { Fault } from '../../../src/sandbox/fault.ts';
import { expectTruth } from '../../support/filters/expect-truth.ts';
import type { AskedFilter } from '../../support/filters/filter-truth.ts';
import { walk } from '../../support/filters/filtered-walk.ts';
import { startTestGateway, type SourceName, type TestGateway, type TestGatewayOptions } from '../../support/gateway.ts';

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

  const FILTERS: readonly (readonly [AskedFilter, readonly string[]])[] = [
    [{ responsibleIds: user(9001) }, ['RESPONSIBLE']],
    [{ createdAt: { from: '2024-01-01T00:00:00Z', to: '2024-03-01T00:00:00Z' } }, ['CREATED_AT']],
    [{ updatedAt: { to: '2024-01-01T00:00:00Z' } }, ['UPDATED_AT']],
    [{ responsibleIds: user(9002), updatedAt: { from: '2024-01-01T00:00:00Z' } }, ['RESPONSIBLE', 'UPDATED_AT']],
  ];
  const SEARCH: readonly [AskedFilter, readonly string[]] = [{ search: 'a', responsibleIds: user(9001) }, ['RESPONSIBLE']];
  const REFUSED = ['responsible_user_id', 'created_at', 'updated_at'];

  test.each(untold)('that %s reads the list and checks it instead', async (_what, faults) => {
    await using gateway = await startOne('kommo', { kommo: { isApiFilterEnabled: false, faults } });
    for (const [filter] of FILTERS) await expectTruth(gateway, filter, { sources: ['kommo'] });
  });

  test('that refuses filters in words reads the list and checks it instead, and does not send them again', async () => {
    await using gateway = await startOne('kommo', { kommo: { refusedFilters: REFUSED } });
    for (const [filter] of FILTERS) await expectTruth(gateway, filter, { sources: ['kommo'] });
    gateway.clearCalls();
    for (const [filter] of FILTERS) await expectTruth(gateway, filter, { sources: ['kommo'] });
    expect(gateway.requests('kommo').filter(({ url }) => url.includes('filter'))).toEqual([]);
    const { source } = await gateway.ask<{ source: { health: { status: string } } }>('{ source(name: "kommo") { health { status } } }');
    expect(source.health.status).toBe('OK');
  });

  test('that refuses one filter in words keeps the others', async () => {
    await using gateway = await startOne('kommo', { kommo: { refusedFilters: ['created_at'] } });
    await expectTruth(gateway, { createdAt: { from: '2024-06-01T00:00:00Z' } }, { sources: ['kommo'] });
    gateway.clearCalls();
    await expectTruth(gateway, { createdAt: { from: '2024-06-01T00:00:00Z' }, responsibleIds: user(9001) }, { sources: ['kommo'] });
    expect(gateway.requests('kommo').every(({ url }) => url.includes('responsible_user_id') && !url.includes('created_at'))).toBe(true);
  });

  test.each([
    ['ignores', { isApiFilterEnabled: false }],
    ['refuses', { refusedFilters: REFUSED }],
  ])('that %s filters is skipped with the members named, never everyone, where scans are off', async (_what, kommo) => {
    await using gateway = await startOne('kommo', { kommo, environment: { KOMMO_SCANS: 'off' } });
    for (const [filter, members] of [...FILTERS, SEARCH]) {
      const { pages, idsOf, reportsOf } = await walk(gateway, filter);
      expect(idsOf('kommo')).toEqual([]);
      expect(reportsOf('kommo')[0]).toMatchObject({ status: 'SKIPPED', error: { code: 'FILTER_UNSUPPORTED' }, isComplete: false });
      expect(reportsOf('kommo')[0]?.unsupportedFilters).toEqual(members);
      expect(pages[0]?.pageInfo.hasNextPage).toBe(false);
    }
    // Once found out it is not tried again.
    gateway.clearCalls();
    for (const [filter] of FILTERS) expect((await walk(gateway, filter)).reportsOf('kommo')[0]).toMatchObject({ status: 'SKIPPED' });
    expect(gateway.calls()).toEqual({});
  });

  test('reads by id one by one where filter[id] is refused in words', async () => {
    await using gateway = await startOne('kommo', { kommo: { refusedFilters: ['id'] } });
    const ids = gateway.kommo.data.contacts.filter(({ isTrashed }) => !isTrashed).slice(0, 4);
    const document = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Person { displayName leads { nodes { idInSource } } } } }';
    const wanted = ids.map(({ id }) => Buffer.from(`kommo:contact:${id}`).toString('base64url'));
    const { data, errors } = await gateway.query<{ nodes: { id: string; leads: { nodes: { idInSource: string }[] } }[] }>(document, {
      ids: wanted,
    });
    expect(errors).toEqual([]);
    expect(data?.nodes.map(({ id }) => id)).toEqual(wanted);
    expect(data?.nodes.map(({ leads }) => leads.nodes.map(({ idInSource }) => idInSource))).toEqual(
      ids.map(({ leadIds }) => leadIds.slice(0, 10).map(String)),
    );
  });

  test('with one stray row among right ones drops the row, and the filter stays', async () => {
    await using gateway = await startOne('kommo', { kommo: { hasStrayRow: true } });
    for (const [filter] of FILTERS) await expectTruth(gateway, filter, { sources: ['kommo'] });
    gateway.clearCalls();
    await expectTruth(gateway, { createdAt: { from: '2024-06-01T00:00:00Z' } }, { sources: ['kommo'] });
    expect(gateway.requests('kommo').every(({ url }) => url.includes('created_at'))).toBe(true);
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

  test('finds all rows that satisfy what was sent, even where the first pages happen to', async () => {
    await using gateway = await startOne('kommo', { kommo: { isApiFilterEnabled: false } });
    const filter: AskedFilter = { createdAt: { from: '2023-06-01T00:00:00Z' } };
    await expectTruth(gateway, filter, { sources: ['kommo'], orderBy: { field: 'CREATED_AT', direction: 'DESC' }, first: 30 });
  });

  test('that only lacks filter[created_at] keeps the others', async () => {
    await using gateway = await startOne('kommo', { kommo: { hasCreatedAtFilter: false } });
    await expectTruth(gateway, { createdAt: { from: '2024-06-01T00:00:00Z' } }, { sources: ['kommo'] });
    gateway.clearCalls();
    await expectTruth(gateway, { updatedAt: { from: '2024-06-01T00:00:00Z' }, responsibleIds: user(9001) }, { sources: ['kommo'] });
    expect(gateway.requests('kommo').every(({ url }) => url.includes('updated_at') && url.includes('responsible_user_id'))).toBe(true);
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
