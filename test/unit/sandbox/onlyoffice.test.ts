import { request } from 'node:http';
import { expect, test } from 'vitest';
import { startOnlyofficeSandbox } from '../../../src/sandbox/onlyoffice/onlyoffice-sandbox.ts';
import { ask, asAdmin, named } from './ask-portal.ts';

const JSON_BODY = { 'content-type': 'application/json' };

test('answers in an envelope with the keys in order, zeros left out, slashes escaped', async () => {
  await using portal = await startOnlyofficeSandbox();
  const { text, headers, envelope } = await ask(portal, `crm/contact/${named(portal, 'Multi Line').id}.json`);
  expect(text.startsWith('{"count":1,"status":0,"statusCode":200,"response":{"firstName":"Multi"')).toBe(true);
  expect(text).toContain('First line.\\u000aSecond \\"line\\" with \\\\ and \\/.');
  expect(text).not.toMatch(/[^\\]\//);
  expect(Object.keys(envelope)).toEqual(['count', 'status', 'statusCode', 'response']);
  expect(headers.get('content-type')).toBe('application/json; charset=UTF-8');
});

test('leaves count and total out when a list made in memory is empty', async () => {
  await using portal = await startOnlyofficeSandbox();
  const { text } = await ask(portal, 'crm/contact/bycontactinfo?infoType=1&data=nobody@nowhere.example');
  expect(text).toBe('{"status":0,"statusCode":200,"response":[]}');
});

test('shows the LIST form in lists: tags, no headings, addresses only if there are any', async () => {
  await using portal = await startOnlyofficeSandbox();
  const { rows } = await ask(portal, 'crm/contact/filter');
  const row = rows.find(({ id }) => id === named(portal, 'Multi Line').id);
  expect(row).toMatchObject({ tags: ['  padded ', '["some text"]', 'a,b', 'Customer', 'vip', 'Ünïcode'], customFields: [], taskCount: 12 });
  expect(row).not.toHaveProperty('addresses');
  expect(row).not.toHaveProperty('contactType');
  expect(rows.every((member) => !('tags' in member) || member['tags'] !== undefined)).toBe(true);
});

test('shows the SINGLE form alone: headings with entity 0, addresses always, no tags', async () => {
  await using portal = await startOnlyofficeSandbox();
  const { one } = await ask(portal, `crm/contact/${named(portal, 'Multi Line').id}`);
  expect(one).toMatchObject({ addresses: [], customFields: [{ entityId: 0, label: 'Extra', fieldValue: '', fieldType: 4, id: 1 }] });
  expect(one).not.toHaveProperty('tags');
});

test('keeps the members of a person in the wire order, the id last', async () => {
  await using portal = await startOnlyofficeSandbox();
  const { one } = await ask(portal, `crm/contact/${named(portal, 'Works Invoiced').id}`);
  expect(Object.keys(one)).toEqual(
    'firstName lastName company title addresses createBy created about industry commonData customFields haveLateTasks smallFotoUrl mediumFotoUrl displayName isCompany isPrivate isShared shareType currency canEdit canDelete id'.split(
      ' ',
    ),
  );
  expect(Object.keys(Object(one['company']))).toEqual(
    'smallFotoUrl mediumFotoUrl displayName isCompany isPrivate isShared shareType currency canEdit canDelete id'.split(' '),
  );
});

test('keeps the trailing space of a person without last name, and empty strings where there is nothing', async () => {
  await using portal = await startOnlyofficeSandbox();
  const { one } = await ask(portal, `crm/contact/${named(portal, 'Cher ').id}`);
  expect(one).toMatchObject({ displayName: 'Cher ', lastName: '', title: '', about: '', industry: '', currency: null });
});

test('shows the company of a person in single reads even to who must not see it, and leaves it out of lists', async () => {
  await using portal = await startOnlyofficeSandbox();
  const { id } = named(portal, 'Works Undercover');
  expect((await ask(portal, `crm/contact/${id}`)).one['company']).toMatchObject({ displayName: 'Hidden Company', isPrivate: true });
  const row = (await ask(portal, 'crm/contact/filter')).rows.find((member) => member['id'] === id);
  expect(row).not.toHaveProperty('company');
});

test('reads sparse addresses part by part and gives up silently at the first missing one', async () => {
  await using portal = await startOnlyofficeSandbox();
  const { one } = await ask(portal, `crm/contact/${named(portal, 'Sparse Addresses').id}`);
  const street = '18 "The" \\ Mews';
  expect(one['addresses']).toEqual([
    { street, city: 'Rīga', state: '', zip: 'LV-1021', country: 'Latvia', category: 3, categoryName: 'Billing', isPrimary: true },
    { city: 'Jūrmala', country: 'Latvia' },
    {},
    { street, city: 'Ventspils', state: '', country: 'Latvia' },
    {},
    { street: '', city: '', state: '', zip: '', country: '', categoryName: 'Home' },
  ]);
});

test('gives every info, addresses as JSON text, newest first, under data', async () => {
  await using portal = await startOnlyofficeSandbox({ lineEnd: '\r\n' });
  const company = named(portal, 'Two Offices Ltd');
  const { rows, ids } = await ask(portal, `crm/contact/${company.id}/data`);
  expect(ids).toEqual(company.infos.map(({ id }) => id).toReversed());
  expect(rows[1]).toMatchObject({ infoType: 7, category: 5, categoryName: 'Work', isPrimary: true });
  expect(rows[1]?.['data']).toContain('{\r\n  "street": "18 \\"The\\" \\\\ Mews",\r\n  "city": "Rīga"');
  expect((await ask(portal, `crm/contact/${company.id}/data/999999`)).status).toBe(400);
});

test('names the address category Postal Delivery, and numbers Work differently for phones', async () => {
  await using portal = await startOnlyofficeSandbox();
  const postal = portal.addContact({
    isCompany: false,
    infos: [
      { type: 7, category: 1 },
      { type: 0, category: 1 },
    ],
  });
  const { rows } = await ask(portal, `crm/contact/${postal.id}/data`);
  expect(rows.map(({ categoryName }) => categoryName)).toEqual(['Work', 'Delivery']);
});

test('writes dates in the portal zone with seven digits, Z for UTC, and year 1 for unknown', async () => {
  await using moscow = await startOnlyofficeSandbox();
  const midnight = named(moscow, 'Mid Night').id;
  expect((await ask(moscow, `crm/contact/${midnight}`)).one['created']).toBe('2024-07-01T00:00:00.0000000+03:00');
  await using utc = await startOnlyofficeSandbox({ timeZone: 'UTC' });
  expect((await ask(utc, `crm/contact/${midnight}`)).one['created']).toBe('2024-06-30T21:00:00.0000000Z');
  await using newYork = await startOnlyofficeSandbox({ timeZone: 'America/New_York' });
  expect((await ask(newYork, `crm/contact/${midnight}`)).one['created']).toBe('2024-06-30T17:00:00.0000000-04:00');
  const nameless = newYork.portal.contacts.find(({ title }) => title === 'Nameless');
  expect((await ask(newYork, `crm/contact/${nameless?.id}`)).one['created']).toBe('0001-01-01T00:00:00.0000000Z');
});

test('shows removed creators, groups and removed users of an access list as removed profiles', async () => {
  await using portal = await startOnlyofficeSandbox();
  const removed = { id: '4a515a15-d4d6-4b8e-828e-e0586f18f3a3', displayName: 'Profile has been removed' };
  expect((await ask(portal, `crm/contact/${named(portal, 'Works Invoiced').id}`)).one['createBy']).toMatchObject(removed);
  const { one } = await ask(portal, `crm/contact/${named(portal, 'Private Shared').id}`);
  expect(one).toMatchObject({ isPrivate: true, isShared: false, shareType: 0, accessList: [{}, {}, removed, removed] });
});

test('derives the share type of legacy rows from their access list', async () => {
  await using portal = await startOnlyofficeSandbox();
  expect((await ask(portal, `crm/contact/${named(portal, 'Legacy Open').id}`)).one).toMatchObject({ shareType: 1, isPrivate: false });
  expect((await ask(portal, `crm/contact/${named(portal, 'Legacy Closed').id}`)).status).toBe(404);
  expect((await ask(portal, `crm/contact/${named(portal, 'Legacy Closed').id}`, asAdmin(portal))).one).toMatchObject({ shareType: 0 });
});

test('tells rights by canEdit and canDelete: read-only, invoices even for administrators', async () => {
  await using portal = await startOnlyofficeSandbox();
  expect((await ask(portal, `crm/contact/${named(portal, 'Read Only').id}`)).one).toMatchObject({
    shareType: 2,
    canEdit: false,
    canDelete: false,
  });
  const { id } = named(portal, 'Invoiced Buyer');
  expect((await ask(portal, `crm/contact/${id}`, asAdmin(portal))).one).toMatchObject({ canEdit: true, canDelete: false });
});

test('has every info type and every custom field type in a list', async () => {
  await using portal = await startOnlyofficeSandbox();
  const { rows } = await ask(portal, 'crm/contact/filter');
  const members = (name: string): unknown[] => rows.flatMap((row) => (Array.isArray(row[name]) ? row[name] : []));
  const numbers = (list: unknown[], name: string): unknown[] => Array.from(new Set(list.map((member) => Object(member)[name])));
  expect(numbers(members('commonData'), 'infoType').toSorted((a, b) => Number(a) - Number(b))).toEqual([
    0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17,
  ]);
  expect(numbers(members('customFields'), 'fieldType').toSorted((a, b) => Number(a) - Number(b))).toEqual([0, 1, 2, 3, 5]);
});

test.each([
  ['contact', ['Extra', 'Nickname', 'Notes', 'Segment', 'Newsletter']],
  ['person', ['Extra', 'Nickname', 'Notes', 'Segment', 'Newsletter', 'Birthdate', 'Loyalty no']],
  ['company', ['Extra', 'Nickname', 'Notes', 'Segment', 'Newsletter', 'Purchasing', 'VAT no', 'Contract until']],
])('defines the custom fields of %s', async (kind, labels) => {
  await using portal = await startOnlyofficeSandbox();
  const { rows } = await ask(portal, `crm/${kind}/customfield/definitions`);
  expect(rows.map(({ label }) => label)).toEqual(labels);
  expect(rows.every(({ entityId, fieldValue }) => entityId === -1 && fieldValue === ' ')).toBe(true);
  expect(Object.keys(rows[0] ?? {})[0]).toBe('relativeItemsCount');
});

test('lists statuses and types by their order, a zero order left out', async () => {
  await using portal = await startOnlyofficeSandbox();
  const { rows } = await ask(portal, 'crm/contact/status');
  expect(rows.map(({ title }) => title)).toEqual(['Auf Eis / parked', 'Cold', 'Warm', 'Hot']);
  expect(rows[0]).not.toHaveProperty('sortOrder');
  expect((await ask(portal, 'crm/contact/type')).rows).toMatchObject([{ title: 'Client' }, {}, {}, { title: 'Competitor', color: '' }]);
  expect((await ask(portal, 'crm/contact/status/17')).one).toMatchObject({ title: 'Warm', color: '#ffd267' });
  expect((await ask(portal, 'crm/contact/status/5')).status).toBe(404);
  expect((await ask(portal, 'crm/contact/status/0')).status).toBe(400);
});

test('lists tags by title with their use, and the tags of one contact unsorted', async () => {
  await using portal = await startOnlyofficeSandbox();
  const { rows } = await ask(portal, 'crm/contact/tag');
  expect(rows.find(({ title }) => title === 'never used')).toEqual({ title: 'never used' });
  const titles = rows.map(({ title }) => String(title).toLowerCase());
  expect(titles).toEqual(titles.toSorted());
  const contact = named(portal, 'Multi Line');
  expect((await ask(portal, `crm/contact/${contact.id}/tag`)).envelope['response']).toEqual(contact.tags);
  expect((await ask(portal, `crm/contact/tag/${contact.id}`)).envelope['count']).toBe(contact.tags.length);
});

test('lists the persons of a company in the LIST form, none for a person, 404 for a hidden company', async () => {
  await using portal = await startOnlyofficeSandbox();
  const { id } = named(portal, 'Invoiced Company');
  const { rows } = await ask(portal, `crm/contact/company/${id}/person`);
  expect(rows).toMatchObject([{ displayName: 'Works Invoiced', company: { id } }]);
  expect((await ask(portal, `crm/contact/${id}`)).one).toMatchObject({ companyName: 'Invoiced Company', personsCount: 1 });
  expect((await ask(portal, `crm/contact/company/${named(portal, 'Cher ').id}/person`)).rows).toEqual([]);
  expect((await ask(portal, `crm/contact/company/${named(portal, 'Hidden Company').id}/person`)).status).toBe(404);
  expect((await ask(portal, 'crm/contact/company/0/person')).status).toBe(400);
});

test('answers for the photo handler with the text of a relative URL, photo or not', async () => {
  await using portal = await startOnlyofficeSandbox();
  const { id } = named(portal, 'Multi Line');
  const { one } = await ask(portal, `crm/contact/${id}`);
  const handler = `/Products/CRM/HttpHandlers/filehandler.ashx?action=contactphotoulr&cid=${id}&isc=False&ps=1`;
  expect(one['smallFotoUrl']).toBe(handler);
  const textOf = async (path: string): Promise<string> => (await fetch(portal.url + path)).text();
  expect(await textOf(handler)).toContain(`/contact_${id}_40_40.jpeg`);
  const people = await textOf(
    `/Products/CRM/HttpHandlers/filehandler.ashx?action=contactphotoulr&cid=${named(portal, 'Cher ').id}&isc=False&ps=1`,
  );
  expect(people).toBe('/Products/CRM/App_Themes/default/images/empty_people_logo_40_40.png');
  const company = await textOf(`/Products/CRM/HttpHandlers/filehandler.ashx?action=contactphotoulr&cid=1&isc=True&ps=2`);
  expect(company).toBe('/Products/CRM/App_Themes/default/images/empty_company_logo_82_82.png');
});

test.each([
  ['crm/contact/0', 400, 'Value does not fall within the expected range.'],
  ['crm/contact/2147483648', 400, 'Value was either too large or too small for an Int32.'],
  ['crm/contact/2147483647', 404, 'Not found'],
  ['crm/contact/bycontactinfo?data=x', 400, 'Value does not fall within the expected range.'],
])('answers %s with %i', async (path, status, message) => {
  await using portal = await startOnlyofficeSandbox();
  const answer = await ask(portal, path);
  expect(answer.status).toBe(status);
  expect(answer.envelope).toEqual({ status: 1, statusCode: status, error: { message, hresult: expect.any(Number), data: {} } });
});

test.each(['crm/contact/abc', 'crm/contact/-1', 'crm/contact/1/nothing', 'crm/nothing', 'crm/contact?ids=1'])(
  'answers the unknown route %s with an HTML 404',
  async (path) => {
    await using portal = await startOnlyofficeSandbox();
    const { status, headers, text } = await ask(portal, path);
    expect([status, headers.get('content-type'), text.startsWith('<!DOCTYPE html>')]).toEqual([404, 'text/html; charset=utf-8', true]);
  },
);

test('answers a verb that a route does not know with an HTML 404, never 405', async () => {
  await using portal = await startOnlyofficeSandbox();
  expect((await ask(portal, 'crm/contact/filter', { method: 'POST', ...asAdmin(portal) })).status).toBe(404);
});

test('takes a malformed JSON body for an invalid argument, whatever the verb', async () => {
  await using portal = await startOnlyofficeSandbox();
  const headers = { authorization: portal.token, ...JSON_BODY };
  expect((await ask(portal, 'crm/contact', { method: 'PUT', headers, body: '{"contactids":' })).status).toBe(400);
  expect((await ask(portal, 'crm/contact', { method: 'PUT', headers, body: '[1]' })).status).toBe(400);
});

test('reads parameters from the JSON body of a GET, after the query', async () => {
  await using portal = await startOnlyofficeSandbox();
  const statusOf = (path: string, body: object): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const text = JSON.stringify(body);
      const headers = { authorization: portal.token, ...JSON_BODY, 'content-length': Buffer.byteLength(text) };
      const call = request(`${portal.url}/api/2.0/crm/contact/${path}`, { method: 'GET', headers }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode));
      });
      call.on('error', reject).end(text);
    });
  expect(await statusOf('bycontactinfo', { InfoType: 1, data: 'nobody' })).toBe(200);
  expect(await statusOf('bycontactinfo', { infoType: 'nonsense' })).toBe(400);
  expect(await statusOf('bycontactinfo?infotype=1&data=nobody', { infoType: 'nonsense' })).toBe(200);
});

test('throttles with 503 and Retry-After when told to', async () => {
  await using portal = await startOnlyofficeSandbox({ rateLimit: { requests: 2, windowMs: 10_000 } });
  const answers = [await ask(portal, 'crm/contact/1'), await ask(portal, 'crm/contact/1'), await ask(portal, 'crm/contact/1')];
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 503]);
  expect(answers[2]?.headers.get('retry-after')).toBe('10');
});
