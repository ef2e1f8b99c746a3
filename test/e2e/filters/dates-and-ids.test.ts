import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeSourceId } from '../../../src/federation/source-id.ts';
import { expectTruth } from '../../support/filters/expect-truth.ts';
import type { AskedFilter, AskedId } from '../../support/filters/filter-truth.ts';
import { walk } from '../../support/filters/filtered-walk.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { ALL } from '../../support/sources.ts';

describe.each(['Europe/Moscow', 'Pacific/Kiritimati', 'Etc/GMT+12'])('dates of a portal in %s', (timeZone) => {
  /** A contact a minute around two days' ends, in UTC and in every zone of the earth. */
  const AROUND = Date.UTC(2024, 5, 15);
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({ population: { onlyoffice: 5, kommo: 40, callgear: 1 }, callgear: null, onlyoffice: { timeZone } });
    const { onlyoffice, kommo } = gateway;
    const hours = Array.from({ length: 61 }, (_, index) => index - 30);
    for (const [index, hour] of hours.entries()) {
      const createdAtMs = AROUND + hour * 3_600_000 + [0, -1000, 1000, 59_000][index % 4]!;
      onlyoffice.addContact({ isCompany: false, firstName: 'On', lastName: String(hour), createdAtMs });
    }
    for (const [index, row] of kommo.data.contacts.entries()) {
      row.created_at = AROUND / 1000 + (index - 20) * 3600;
      row.updated_at = row.created_at + (index % 3) - 1;
    }
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  test.each<[string, AskedFilter['createdAt'] & object]>([
    ['a day in UTC', { from: '2024-06-15T00:00:00Z', to: '2024-06-15T23:59:59Z' }],
    ['a day east of the date line', { from: '2024-06-15T00:00:00+14:00', to: '2024-06-15T23:59:59+14:00' }],
    ['a day west of it', { from: '2024-06-15T00:00:00-12:00', to: '2024-06-15T23:59:59-12:00' }],
    ['one second', { from: '2024-06-15T04:00:00Z', to: '2024-06-15T04:00:00Z' }],
    ['less than a second around it', { from: '2024-06-15T03:59:59.999Z', to: '2024-06-15T04:00:00.001Z' }],
    ['nothing between two seconds', { from: '2024-06-15T04:00:00.001Z', to: '2024-06-15T04:00:00.999Z' }],
    ['from alone', { from: '2024-06-15T06:30:00+05:30' }],
    ['to alone', { to: '2024-06-14T22:00:59-03:00' }],
    ['before there were portals', { to: '0900-01-01T00:00:00Z' }],
    ['the far future', { from: '9998-12-31T23:59:59Z' }],
    ['everything', { from: '1970-01-01T00:00:00Z', to: '9999-12-31T23:59:59Z' }],
  ])('%s, both ends included', async (_what, range) => {
    await expectTruth(gateway, { createdAt: range }, { sources: ['onlyoffice', 'kommo'] });
    await expectTruth(gateway, { updatedAt: range }, { sources: ['kommo'] });
  });

  test('a range that ends before it begins is nobody’s, and costs no call', async () => {
    gateway.clearCalls();
    const { pages } = await walk(gateway, { createdAt: { from: '2024-06-16T00:00:00Z', to: '2024-06-15T00:00:00Z' } });
    expect(pages[0]).toMatchObject({ nodes: [], isComplete: true, totalCount: 0 });
    expect(gateway.calls()).toEqual({});
  });
});

describe('ids', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({ population: { onlyoffice: 60, kommo: 60, callgear: 60 } });
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  const nobody = { nodes: [], isComplete: true, totalCount: 0, pageInfo: { hasNextPage: false } };

  test('of another source give no row and no trouble, and cost no call', async () => {
    const ids = (source: AskedId['source'], id: string) => [{ source, id }];
    const filters: readonly (readonly [AskedFilter, AskedId['source']])[] = [
      [{ responsibleIds: ids('kommo', '9001') }, 'kommo'],
      [{ companyIds: ids('callgear', '3100000001') }, 'callgear'],
      [{ companyIds: ids('onlyoffice', '11') }, 'onlyoffice'],
      [{ groupIds: ids('callgear', '17') }, 'callgear'],
      [{ statusIds: ids('onlyoffice', '16') }, 'onlyoffice'],
      [{ typeIds: ids('onlyoffice', '24'), search: 'a', lastName: 'b' }, 'onlyoffice'],
    ];
    for (const [filter, owner] of filters) {
      gateway.clearCalls();
      const { idsOf, reportsOf } = await walk(gateway, filter);
      for (const source of ALL.filter((other) => other !== owner)) {
        expect(idsOf(source)).toEqual([]);
        expect(reportsOf(source)[0]).toMatchObject({ status: 'OK', error: null, totalCount: 0, isComplete: true, unsupportedFilters: [] });
        expect(gateway.requests(source)).toEqual([]);
      }
    }
  });

  test.each(['nobody', 'elsewhere'])('of the source %s, which is not configured, are nobody’s', async (name) => {
    gateway.clearCalls();
    const document =
      'query ($filter: ContactFilter) { contacts(filter: $filter) { nodes { id } isComplete totalCount pageInfo { hasNextPage } } }';
    const id = encodeSourceId({ source: name, entity: 'user', idInSource: '1' });
    expect(await gateway.ask(document, { filter: { responsibleIds: [id] } })).toEqual({ contacts: nobody });
    expect(gateway.calls()).toEqual({});
  });

  test.each([
    [
      'onlyoffice',
      'user',
      'responsibleIds',
      [
        '0',
        '1',
        '00000000-0000-0000-0000-000000000000',
        "293bb997' OR 1=1",
        '{293bb997-28d8-4be0-8547-6eb50add1f3c}',
        '&responsibleid=',
        '',
      ],
    ],
    ['onlyoffice', 'contact', 'companyIds', ['0', '-1', '1/../../filter', '11?x=', '11 ', '2147483648', '0x0b', '１１']],
    ['onlyoffice', 'status', 'statusIds', ['0', '-1', '1,2', '1&contactStage=2', '99999999999999999999']],
    ['kommo', 'user', 'responsibleIds', ['-1', '9001]', '9001&filter[id][]=1', '1e3', ' ', '9001\u0000']],
    ['kommo', 'company', 'companyIds', ['../contacts', '600001?with=x', '600001/links', '-5']],
    ['callgear', 'group', 'groupIds', ['17)', '17) OR (group_id = 18', '"', '17.5', '1e2', '99999999999999999999', '-17', '017']],
    ['callgear', 'user', 'responsibleIds', ['null', 'true', '[]', '1 ', '9223372036854775808']],
    ['callgear', 'company', 'companyIds', ['{}', '0x10', '+1']],
  ] as const)('that cannot be %s’s own %s ids are nobody’s, and are not sent', async (source, entity, member, hostile) => {
    for (const idInSource of hostile) {
      gateway.clearCalls();
      const filter = { [member]: [Buffer.from(`${source}:${entity}:${idInSource}`, 'utf8').toString('base64url')] };
      const { data, errors } = await gateway.query<{ contacts: { nodes: unknown[] } }>(
        'query ($filter: ContactFilter) { contacts(filter: $filter) { nodes { id } } }',
        { filter },
      );
      expect(errors.map(({ extensions }) => extensions?.['code'])).toEqual(idInSource === '' ? ['BAD_USER_INPUT'] : []);
      expect(data?.contacts?.nodes ?? []).toEqual([]);
      expect({ idInSource, calls: gateway.calls() }).toEqual({ idInSource, calls: {} });
    }
  });

  test('of another kind of thing, and texts that are no ids, are refused by name', async () => {
    const document = 'query ($filter: ContactFilter) { contacts(filter: $filter) { nodes { id } } }';
    const user = encodeSourceId({ source: 'kommo', entity: 'user', idInSource: '9001' });
    for (const [filter, argument] of [
      [{ groupIds: [user] }, 'filter.groupIds[0]'],
      [{ companyIds: [user] }, 'filter.companyIds[0]'],
      [{ statusIds: ['no id'] }, 'filter.statusIds[0]'],
    ] as const) {
      const { errors } = await gateway.query(document, { filter });
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
      expect(JSON.stringify(errors)).toContain(argument);
    }
  });
});
