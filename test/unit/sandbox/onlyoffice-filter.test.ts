import { expect, test } from 'vitest';
import { startOnlyofficeSandbox } from '../../../src/sandbox/onlyoffice/onlyoffice-sandbox.ts';
import type { StoredContact } from '../../../src/sandbox/onlyoffice/portal.ts';
import { ask, asAdmin, named } from './ask-portal.ts';

const idsOf = (contacts: readonly StoredContact[]): number[] => contacts.map(({ id }) => id);
const sorted = (ids: readonly unknown[]): number[] => ids.map(Number).toSorted((a, b) => a - b);

test('gives everything that the user sees, newest first, when nothing is asked for', async () => {
  await using portal = await startOnlyofficeSandbox();
  const { rows, ids, envelope } = await ask(portal, 'crm/contact/filter?sortOrder=ascending&search=ignored');
  expect(sorted(ids)).toEqual(sorted(idsOf(portal.visibleContacts())));
  expect(envelope['total']).toBe(rows.length);
  const created = rows.map((row) => Date.parse(String(row['created'])));
  expect(created).toEqual(created.toSorted((a, b) => b - a));
});

test('tells a next index that skips a row, and the total', async () => {
  await using portal = await startOnlyofficeSandbox();
  const { envelope } = await ask(portal, 'crm/contact/filter?count=10&startIndex=20&sortBy=id');
  const total = portal.visibleContacts().length;
  expect(envelope).toMatchObject({ count: 10, startIndex: 20, nextIndex: 31, total });
});

test('leaves the next index out on the last page, even when it is full', async () => {
  await using portal = await startOnlyofficeSandbox();
  const total = portal.visibleContacts().length;
  const { envelope } = await ask(portal, `crm/contact/filter?count=10&startIndex=${total - 10}`);
  expect(envelope).toMatchObject({ count: 10, total });
  expect(envelope).not.toHaveProperty('nextIndex');
});

test('takes the start index for the total past the end', async () => {
  await using portal = await startOnlyofficeSandbox();
  const { text } = await ask(portal, 'crm/contact/filter?startIndex=5000');
  expect(text).toBe('{"startIndex":5000,"total":5000,"status":0,"statusCode":200,"response":[]}');
});

test('sends at most 1000 rows, and 1000 where the count makes no sense', async () => {
  await using portal = await startOnlyofficeSandbox();
  for (let added = 0; added < 700; added += 1) portal.addContact({ isCompany: false, firstName: `Extra ${added}` });
  for (const count of ['', 'count=5000', 'count=-1', 'count=many', 'count=']) {
    expect((await ask(portal, `crm/contact/filter?${count}&fields=id`)).envelope['count']).toBe(1000);
  }
  expect((await ask(portal, 'crm/contact/filter?count=0')).envelope['count']).toBe(1);
});

test.each(['id', 'displayName', 'FIRSTNAME', 'lastname', 'created', '6'])('pages through all by %s without a loss', async (sortBy) => {
  await using portal = await startOnlyofficeSandbox();
  const seen: unknown[] = [];
  for (;;) {
    const { ids } = await ask(portal, `crm/contact/filter?sortBy=${sortBy}&count=150&startIndex=${seen.length}`);
    seen.push(...ids);
    if (ids.length < 150) break;
  }
  expect(sorted(seen)).toEqual(sorted(idsOf(portal.visibleContacts())));
});

test('sorts display names as stored (First!=!Last), ignoring case and accents', async () => {
  await using portal = await startOnlyofficeSandbox();
  for (const firstName of ['Ąb', 'aa', 'AC']) portal.addContact({ isCompany: false, firstName, lastName: 'Sorted', title: 'probe' });
  portal.addContact({ isCompany: true, companyName: 'aa Company' });
  const { rows } = await ask(portal, 'crm/contact/filter?sortBy=displayName');
  const names = rows.map(({ displayName }) => displayName).filter((name) => /^(Ąb|aa|AC) /.test(String(name)));
  // A space sorts before the stored "!=!".
  expect(names).toEqual(['aa Company', 'aa Sorted', 'Ąb Sorted', 'AC Sorted']);
});

test('knows the word descending only in lower case', async () => {
  await using portal = await startOnlyofficeSandbox();
  const [first] = idsOf(portal.visibleContacts());
  expect((await ask(portal, 'crm/contact/filter?sortBy=id&count=1&sortOrder=DESC')).ids).toEqual([first]);
  expect((await ask(portal, 'crm/contact/filter?sortBy=id&count=1&sortOrder=Descending')).ids).toEqual([first]);
  expect((await ask(portal, 'crm/contact/filter?sortBy=id&count=1&sortOrder=descending')).ids).not.toEqual([first]);
});

test('puts companies first by last name, and sorts contactType by the stage', async () => {
  await using portal = await startOnlyofficeSandbox();
  expect((await ask(portal, 'crm/contact/filter?sortBy=lastName&count=1')).rows[0]).toMatchObject({ isCompany: true });
  const { rows } = await ask(portal, 'crm/contact/filter?sortBy=contactType&sortOrder=descending&count=1');
  expect(rows[0]).toMatchObject({ contactStatus: { id: 31 } });
});

test('takes an unknown order without complaint: everything for administrators, nothing for who misses some', async () => {
  await using portal = await startOnlyofficeSandbox();
  const all = await ask(portal, 'crm/contact/filter?sortBy=Nonsense&count=5', asAdmin(portal));
  expect(all.envelope).toMatchObject({ count: 5, total: portal.portal.contacts.length, nextIndex: 6 });
  expect((await ask(portal, 'crm/contact/filter?sortBy=Nonsense')).text).toBe('{"status":0,"statusCode":200,"response":[]}');
});

test('shuffles rows with equal keys on each request when told to, and no others', async () => {
  await using portal = await startOnlyofficeSandbox({ shuffleTies: true });
  const read = async (sortBy: string): Promise<readonly unknown[]> => (await ask(portal, `crm/contact/filter?sortBy=${sortBy}`)).ids;
  expect(await read('created')).not.toEqual(await read('created'));
  expect(await read('id')).toEqual(await read('id'));
});

test('wants all tags at once, ignoring case; commas and JSON are part of a tag', async () => {
  await using portal = await startOnlyofficeSandbox();
  const { id } = named(portal, 'Multi Line');
  const find = async (query: string): Promise<readonly unknown[]> => (await ask(portal, `crm/contact/filter?${query}`)).ids;
  expect(await find('tags=VIP&tags=%C3%BCn%C3%AFcode')).toEqual([id]);
  expect(await find('tags[]=vip&tags[]=padded')).toEqual([id]);
  expect(await find('tags[0]=vip&tags[1]=nothing')).toEqual([]);
  expect(await find('tags=a,b')).toContain(id);
  expect(await find('tags=vip,customer')).toEqual([]);
  expect(await find(`tags=${encodeURIComponent('["some text"]')}`)).toEqual([id]);
});

test.each<[string, (contact: StoredContact) => boolean]>([
  ['contactStage=18', ({ statusId }) => statusId === 18],
  ['contactStage=0', ({ statusId }) => statusId === 0],
  ['contactStage=-3', () => true],
  ['contactStage=', () => true],
  ['CONTACTTYPE=26', ({ typeId }) => typeId === 26],
  ['contactType=0', ({ typeId }) => typeId === 0],
  ['contactListView=Company', ({ isCompany }) => isCompany],
  ['contactListView=person', ({ isCompany }) => !isCompany],
  ['contactListView=Persons', ({ isCompany }) => !isCompany],
  ['contactListView=2&contactListView=1', ({ isCompany }) => !isCompany],
  ['contactListView=3', ({ opportunityCount }) => opportunityCount > 0],
  ['contactListView=9', () => false],
  ['isShared=TRUE', ({ shareType, accessList }) => shareType !== 0 && !(shareType === null && accessList.length > 0)],
  ['isShared=false', ({ shareType, accessList }) => shareType === 0 || (shareType === null && accessList.length > 0)],
  ['responsibleid={293BB997-28D8-4BE0-8547-6EB50ADD1F3C}', ({ accessList }) => accessList.some((id) => id.startsWith('293bb997'))],
  ['responsibleid=00000000-0000-0000-0000-000000000000', ({ accessList }) => accessList.length === 0],
])('filters by %s', async (query, isWanted) => {
  await using portal = await startOnlyofficeSandbox();
  const { ids } = await ask(portal, `crm/contact/filter.json?${query}`);
  expect(sorted(ids)).toEqual(sorted(idsOf(portal.visibleContacts().filter(isWanted))));
});

test.each([
  'contactStage=warm',
  'isShared=1',
  'contactListView=Nobody',
  'responsibleid=me',
  'fromDate=yesterday',
  'fromDate=2024-01-01T10:00',
])('refuses %s with 400', async (query) => {
  await using portal = await startOnlyofficeSandbox();
  expect((await ask(portal, `crm/contact/filter?${query}`)).status).toBe(400);
});

test.each([
  ['fromDate=2024-07-01&toDate=2024-07-01', true],
  ['fromDate=2024-06-30&toDate=2024-06-30', false],
  ['fromDate=2024-06-30T21:00:00Z&toDate=2024-06-30T00:00:00.000Z', true],
  ['fromDate=2024-06-30T21-00-01Z', false],
  ['fromDate=2024-07-01T00:00:00.0000000%2B03:00&toDate=2024-07-02', true],
  ['toDate=2024-06-29T21:01:00Z', true],
  ['toDate=2024-06-29T21:00:00Z', false],
])('bounds the creation by %s in portal time', async (query, isFound) => {
  await using portal = await startOnlyofficeSandbox();
  const { ids } = await ask(portal, `crm/contact/filter?${query}`);
  expect(ids.includes(named(portal, 'Mid Night').id)).toBe(isFound);
});

test('loses the last minute of the day that toDate names', async () => {
  await using portal = await startOnlyofficeSandbox();
  const { id } = named(portal, 'Multi Line');
  expect((await ask(portal, 'crm/contact/filter?fromDate=2024-06-30&toDate=2024-06-30')).ids).not.toContain(id);
  expect((await ask(portal, 'crm/contact/filter?fromDate=2024-06-30&toDate=2024-07-01')).ids).toContain(id);
});

test('searches all words in one place, from infos to history, and cuts the text at the first comma', async () => {
  await using portal = await startOnlyofficeSandbox();
  const find = async (text: string): Promise<readonly unknown[]> =>
    (await ask(portal, `crm/contact/filter?filterValue=${encodeURIComponent(text)}`)).ids;
  const { id } = named(portal, 'Multi Line');
  expect(await find('LINE multi')).toEqual([id]);
  expect(await find('zeppelin')).toEqual([id]);
  expect(await find('zepp*')).toEqual([id]);
  expect(await find('multi zeppelin')).toEqual([]);
  expect(await find('multi,zeppelin nothing like it')).toEqual([id]);
  expect(await find('percent.example')).toEqual([named(portal, 'Odd Infos').id]);
  expect(await find('DE123456789')).toEqual([named(portal, 'Custom Fields GmbH').id]);
});

test('brings the persons of a company that the search finds, unless only companies are wanted', async () => {
  await using portal = await startOnlyofficeSandbox();
  const find = async (view: string): Promise<readonly unknown[]> =>
    (await ask(portal, `crm/contact/filter?filterValue=Invoiced%20Company&contactListView=${view}`)).ids;
  const [company, worker] = [named(portal, 'Invoiced Company').id, named(portal, 'Works Invoiced').id];
  expect(sorted(await find('All'))).toEqual([company, worker]);
  expect(await find('Person')).toEqual([worker]);
  expect(await find('Company')).toEqual([company]);
});

test('without an index searches the stored display name, where last names begin no word', async () => {
  await using portal = await startOnlyofficeSandbox({ textSearch: 'database' });
  const find = async (text: string): Promise<readonly unknown[]> => (await ask(portal, `crm/contact/filter?filterValue=${text}`)).ids;
  expect(await find('mult')).toEqual([named(portal, 'Multi Line').id]);
  expect(await find('Line')).toEqual([]);
  expect(await find('offices')).toEqual([named(portal, 'Two Offices Ltd').id]);
  expect(await find('percent.example')).toEqual([]);
});

test('finds contact infos by a part of them, ignoring case and accents, in the SINGLE form', async () => {
  await using portal = await startOnlyofficeSandbox();
  const { rows } = await ask(portal, 'crm/contact/bycontactinfo?infoType=Email&data=rene@corner');
  expect(rows).toMatchObject([{ displayName: 'Odd Infos', addresses: [], customFields: [{ entityId: 0 }] }]);
});

test('keeps wildcards and the backslash alive in contact info data', async () => {
  await using portal = await startOnlyofficeSandbox();
  const { id } = named(portal, 'Odd Infos');
  const find = async (data: string): Promise<readonly unknown[]> =>
    (await ask(portal, `crm/contact/bycontactinfo?infoType=1&data=${encodeURIComponent(data)}`)).ids;
  expect(await find('100%percent.exa_ple')).toEqual([id]);
  expect(await find('100\\%\\_sure')).toEqual([id]);
  expect(await find('100\\%percent')).toEqual([]);
  expect(await find('sure\\\\@')).toEqual([id]);
  expect((await find('%')).length).toBeGreaterThan(100);
});

test('gives everyone with such an info for blank data, and applies category and isPrimary to the same row', async () => {
  await using portal = await startOnlyofficeSandbox();
  const mailers = portal.visibleContacts().filter(({ infos }) => infos.some(({ type }) => type === 1));
  expect((await ask(portal, 'crm/contact/bycontactinfo?infoType=1&data=%20')).ids).toEqual(idsOf(mailers));
  const { id } = portal.addContact({
    isCompany: false,
    infos: [
      { type: 0, category: 2, data: '777-1', isPrimary: true },
      { type: 0, category: 1, data: '777-2' },
    ],
  });
  const find = async (query: string): Promise<readonly unknown[]> =>
    (await ask(portal, `crm/contact/bycontactinfo?infoType=0&${query}`)).ids;
  expect(await find('data=777&category=2&isPrimary=true')).toEqual([id]);
  expect(await find('data=777&category=1&isPrimary=true')).toEqual([]);
  expect(await find('data=777-2&isPrimary=false')).toEqual([id]);
});

test('searches the JSON text of addresses, keys included, and knows no other spelling of a phone', async () => {
  await using portal = await startOnlyofficeSandbox();
  const { ids } = await ask(portal, 'crm/contact/bycontactinfo?infoType=7&data=city');
  expect(ids.length).toBeGreaterThan(50);
  expect((await ask(portal, 'crm/contact/bycontactinfo?infoType=0&data=37120000000')).ids).toEqual([]);
});

test('totals a contact info search only when it does not fit on the page', async () => {
  await using portal = await startOnlyofficeSandbox();
  const { envelope } = await ask(portal, 'crm/contact/bycontactinfo?infoType=1&count=3&startIndex=1');
  expect(envelope).toMatchObject({ count: 3, startIndex: 1, nextIndex: 5, total: expect.any(Number) });
  expect((await ask(portal, 'crm/contact/bycontactinfo?infoType=1')).envelope).not.toHaveProperty('total');
});

test('fails a whole contact info search, and the single read, for one dangling status; lists show the contact without it', async () => {
  await using portal = await startOnlyofficeSandbox({ hasDanglingStatus: true });
  const { id } = named(portal, 'Dangling Status');
  expect((await ask(portal, 'crm/contact/bycontactinfo?infoType=1&data=corner.example')).status).toBe(404);
  expect((await ask(portal, `crm/contact/${id}`)).status).toBe(404);
  const row = (await ask(portal, 'crm/contact/filter')).rows.find((member) => member['id'] === id);
  expect(row).not.toHaveProperty('contactStatus');
});
