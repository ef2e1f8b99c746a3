import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addToPortal, auditOf, deleteMany, deleteOne, idOf, isWrite } from '../../support/deletions.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { ALL } from '../../support/sources.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway({ population: { onlyoffice: 10, kommo: 5, callgear: 10 } });
});
afterAll(() => gateway[Symbol.asyncDispose]());
beforeEach(() => gateway.clearCalls());

/** What someone might put where the CRM's id belongs, to reach `DELETE …/contact/filter`, which empties a whole ONLYOFFICE. */
const HOSTILE_IDS = [
  'filter',
  'Filter',
  'filter.json',
  '%66ilter',
  '1/../filter',
  '../contact/filter',
  '1%2f..%2ffilter',
  '1/filter',
  './filter',
  'filter?contactListView=All',
  '1?x',
  '1#',
  '1;2',
  '1,2',
  '1 OR 1=1',
  '1\nfilter',
  '1\r\nDELETE /api/2.0/crm/contact/filter',
  '1\0',
  ' ',
  ' 1',
  '1 ',
  '0',
  '00',
  '01',
  '-1',
  '+1',
  '1.0',
  '1e3',
  '0x1',
  'NaN',
  'null',
  'undefined',
  '[]',
  '*',
  '%',
  '٣',
  '１',
  '²',
  'é'.repeat(200),
  '9'.repeat(40),
  '1'.repeat(3_000),
  '99999999999999999999',
];

const MALFORMED = [
  '',
  ' ',
  '1',
  'filter',
  '../filter',
  'onlyoffice:contact:filter',
  'onlyoffice:contact:1',
  `${'A'.repeat(10_000)}`,
  Buffer.from('onlyoffice:contact:1').toString('base64'),
  `${idOf('onlyoffice', 1)}=`,
  `${idOf('onlyoffice', 1)} `,
  Buffer.from('onlyoffice:contact:').toString('base64url'),
  Buffer.from('onlyoffice:contact').toString('base64url'),
  Buffer.from(':contact:1').toString('base64url'),
  Buffer.from([0xff, 0xfe, 0x3a]).toString('base64url'),
  '٣',
];

async function expectInvalid(contactId: string): Promise<void> {
  for (const dryRun of [false, true]) {
    const { deletion, deletedContactId } = await deleteOne(gateway, contactId, dryRun);
    expect(deletion).toMatchObject({
      contactId,
      outcome: 'REFUSED',
      source: null,
      contact: null,
      url: null,
      userErrors: [{ code: 'INVALID_ID', field: ['input', 'id'] }],
    });
    expect(deletedContactId).toBeNull();
  }
  expect(gateway.calls()).toEqual({});
}

describe('an id that is none is INVALID_ID, and reaches no CRM', () => {
  it.each(ALL.flatMap((source) => HOSTILE_IDS.map((id) => [source, id] as const)))('in %s: %j', async (source, id) =>
    expectInvalid(idOf(source, id)),
  );

  it.each(MALFORMED)('malformed: %j', expectInvalid);

  it.each([
    ['a source', idOf('onlyoffice', 'onlyoffice', 'source')],
    ['a user', idOf('onlyoffice', 1, 'user')],
    ['a lead', idOf('kommo', 1, 'lead')],
    ['a tag', idOf('kommo', 1, 'tag')],
    ['a contact of an unknown source', idOf('onlyoffice2', 1)],
    ['a company of ONLYOFFICE, whose companies are contacts', idOf('onlyoffice', 1, 'company')],
  ])('%s', async (_, contactId) => expectInvalid(contactId));

  it('a number is no more an id than its text', async () => {
    const { data } = await gateway.query('mutation { deleteContact(input: { id: 7 }) { deletion { outcome userErrors { code } } } }');

    expect(data).toEqual({ deleteContact: { deletion: { outcome: 'REFUSED', userErrors: [{ code: 'INVALID_ID' }] } } });
    expect(gateway.calls()).toEqual({});
  });
});

it('hostile ids in one request stop no other deletion, and the whole CRM stays', async () => {
  const good = [addToPortal(gateway), addToPortal(gateway)];
  const before = gateway.onlyoffice.portal.contacts.length;
  const ids = [good[0]?.contactId ?? '', ...HOSTILE_IDS.slice(0, 22).map((id) => idOf('onlyoffice', id)), good[1]?.contactId ?? ''];

  const { deletedContactIds } = await deleteMany(gateway, ids);

  expect(deletedContactIds).toEqual(good.map(({ contactId }) => contactId));
  expect(
    gateway
      .requests()
      .filter(isWrite)
      .map(({ url }) => url)
      .toSorted(),
  ).toEqual(good.map(({ id }) => `/api/2.0/crm/contact/${id}`));
  expect(gateway.onlyoffice.portal.contacts).toHaveLength(before - 2);
});

it('what was sent as an id is not written down', async () => {
  const before = auditOf(gateway).length;

  await deleteOne(gateway, idOf('onlyoffice', 'Ada Lovelace ada@example.com'));

  const [line] = auditOf(gateway).slice(before);
  expect(line).toMatchObject({ source: null, entity: null, id: null, outcome: 'REFUSED', code: 'INVALID_ID' });
  expect(JSON.stringify(gateway.log)).not.toMatch(/Lovelace|QWRhIExvdmVsYWNl/);
});
