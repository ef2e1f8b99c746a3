import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type SourceName, type TestGateway } from '../../support/gateway.ts';
import { EVERY_FIELD, NOTHING, globalId, readEveryContact } from './every-field.ts';
import { ALL, LIST_ROUTES, rowsOf, type WireRow as Row } from '../../support/sources.ts';

describe('rows in another form', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startTestGateway({ population: { onlyoffice: 20, kommo: 60, callgear: 30 } });
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  /** Changes every row of the list before it is sent. */
  function alterRows(source: SourceName, change: (row: Row) => Row): void {
    const alter = (body: unknown) => {
      const rows = rowsOf(source, body);
      rows.splice(0, rows.length, ...rows.map(change));
      return body;
    };
    gateway[source].setFaults([{ route: LIST_ROUTES[source], effect: { kind: 'alter', alter } }]);
  }

  const nothing = (source: SourceName, id: string) => ({
    ...NOTHING,
    __typename: 'Person',
    id: globalId(source, 'contact', id),
    source: { name: source },
    idInSource: id,
    displayName: id,
    phones: [],
    emails: [],
    contactInfos: [],
    firstName: null,
    lastName: null,
    patronymic: null,
    jobTitle: null,
    company: null,
  });

  it.each<[SourceName, string, (row: Row) => Row, (id: string) => object]>([
    [
      'onlyoffice',
      'with what tells what it is, and nothing else',
      ({ id }) => ({ id, isCompany: false }),
      (id) => ({
        taskSummary: { count: 0, hasOverdue: false, nextDueAt: null },
        url: `${gateway.onlyoffice.url}/Products/CRM/Default.aspx?id=${id}&type=people`,
      }),
    ],
    [
      'onlyoffice',
      'with null everywhere',
      (row) => ({ ...Object.fromEntries(Object.keys(row).map((name) => [name, null])), id: row['id'], firstName: '' }),
      (id) => ({
        taskSummary: { count: 0, hasOverdue: false, nextDueAt: null },
        url: `${gateway.onlyoffice.url}/Products/CRM/Default.aspx?id=${id}&type=people`,
      }),
    ],
    [
      'kommo',
      'with an id alone',
      ({ id }) => ({ id }),
      (id) => ({ url: `${gateway.kommo.url}/contacts/detail/${id}`, viewerCanDelete: false }),
    ],
    [
      'kommo',
      'with null everywhere',
      (row) => ({ ...Object.fromEntries(Object.keys(row).map((name) => [name, null])), id: row['id'] }),
      (id) => ({ url: `${gateway.kommo.url}/contacts/detail/${id}`, viewerCanDelete: false }),
    ],
    [
      'kommo',
      "with PHP's idea of empty objects",
      (row) => ({
        ...Object.fromEntries(Object.keys(row).map((name) => [name, null])),
        id: row['id'],
        custom_fields_values: [],
        _embedded: [],
        _links: [],
      }),
      (id) => ({ url: `${gateway.kommo.url}/contacts/detail/${id}`, viewerCanDelete: false }),
    ],
    ['callgear', 'with an id alone', ({ id }) => ({ id }), () => ({})],
    [
      'callgear',
      'with null everywhere',
      (row) => ({ ...Object.fromEntries(Object.keys(row).map((name) => [name, null])), id: row['id'] }),
      () => ({}),
    ],
    [
      'callgear',
      'with blanks for texts',
      (row) => ({
        id: row['id'],
        first_name: ' ',
        last_name: '',
        full_name: '  ',
        patronymic: '',
        emails: ['', ' '],
        phone_numbers: [' '],
        organization_name: '',
        groups: [],
      }),
      () => ({}),
    ],
  ])(
    'of %s %s are shown as what they are: an id, no nulls where there are lists, nothing invented',
    async (source, _name, change, more) => {
      alterRows(source, change);
      const seen = await readEveryContact(gateway, source);
      expect(seen.size).toBeGreaterThan(25);
      for (const [id, contact] of seen) expect(contact).toEqual({ ...nothing(source, id), ...more(id) });
    },
  );

  it.each(ALL)('of %s that write numbers as text and text as numbers are read the same', async (source) => {
    const setFaults = gateway[source];
    setFaults.setFaults([]);
    const usual = await readEveryContact(gateway, source);
    alterRows(source, (row) => numbersAsText(row) as Row);
    const seen = await readEveryContact(gateway, source);
    expect(seen.size).toBe(usual.size);
    for (const [id, contact] of usual) expect(seen.get(id)).toEqual(contact);
  });

  it.each(ALL)('of %s with members that nobody has heard of are read the same', async (source) => {
    gateway[source].setFaults([]);
    const usual = await readEveryContact(gateway, source);
    alterRows(source, (row) => ({ ...row, brand_new: { deep: [1, { er: null }] }, __proto: 'x', constructor: 7 }));
    expect(await readEveryContact(gateway, source)).toEqual(usual);
  });

  it('with addresses of other schemes give no link, and texts of any length are whole', async () => {
    const long = 'x'.repeat(200_000);
    alterRows('onlyoffice', (row) => ({
      ...row,
      isCompany: false,
      displayName: long,
      firstName: long,
      about: long,
      createBy: {
        id: '4a515a15-d4d6-4b8e-828e-e0586f18f3a3',
        displayName: 'x',
        avatarSmall: 'javascript:alert(1)',
        profileUrl: 'data:text/html,x',
      },
      smallFotoUrl: 'http://169.254.169.254/latest/meta-data',
      mediumFotoUrl: 'file:///etc/passwd',
    }));
    gateway.clearCalls();
    const document = `{ contacts(first: 3, sources: ["onlyoffice"]) { nodes { displayName about photo { smallUrl mediumUrl } createdBy { avatarUrl profileUrl } } } }`;
    const { data, errors } = await gateway.query<{ contacts: { nodes: Row[] } }>(document);
    expect(errors).toEqual([]);
    for (const node of data?.contacts.nodes ?? []) {
      expect(node).toMatchObject({ photo: null, createdBy: { avatarUrl: null, profileUrl: null } });
      expect(node).toMatchObject({ displayName: long, about: long });
    }
    // The list alone, in pages that are not too large, and nothing that stands in a row.
    expect(new Set(gateway.requests('onlyoffice').map(({ route }) => route))).toEqual(new Set(['GET /api/2.0/crm/contact/filter']));
  });

  it('never make an error of a whole answer: every field of every contact, whatever is null', async () => {
    alterRows('onlyoffice', ({ id }) => ({ id, companyName: null, firstName: null, isCompany: true }));
    alterRows('kommo', ({ id }) => ({
      id,
      name: '   ',
      custom_fields_values: [{}, { field_id: 1 }, { field_id: 2, field_type: 'date', values: [{ value: 'soon' }] }],
    }));
    alterRows('callgear', ({ id }) => ({ id, emails: null, groups: null }));
    const { data, errors } = await gateway.query<{ contacts: { nodes: unknown[] } }>(
      `{ contacts(first: 100) { nodes { ...EveryField } } } ${EVERY_FIELD}`,
    );
    expect(errors).toEqual([]);
    expect(data?.contacts.nodes).toHaveLength(100);
  });
});

/** Numbers as decimal text, flags as they are. */
function numbersAsText(value: unknown): unknown {
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.map(numbersAsText);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, numbersAsText(member)]));
}
