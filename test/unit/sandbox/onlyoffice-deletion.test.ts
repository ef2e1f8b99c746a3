import { expect, test } from 'vitest';
import { startOnlyofficeSandbox } from '../../../src/sandbox/onlyoffice/onlyoffice-sandbox.ts';
import type { OnlyofficeSandbox } from '../../../src/sandbox/onlyoffice/onlyoffice-sandbox.ts';
import { ask, asAdmin, named } from './ask-portal.ts';
import type { PortalAnswer } from './ask-portal.ts';

const DELETE = { method: 'DELETE' };

function deleteOne(portal: OnlyofficeSandbox, name: string): Promise<PortalAnswer> {
  return ask(portal, `crm/contact/${named(portal, name).id}`, { ...DELETE, headers: { authorization: portal.token } });
}

test('gives back the deleted contact stripped of its rows, and 404 the second time', async () => {
  await using portal = await startOnlyofficeSandbox();
  const { id } = named(portal, 'Multi Line');
  named(portal, 'Multi Line').infos.push({ id: 1, type: 1, category: 1, data: 'gone@corner.example', isPrimary: true });
  const { status, one } = await deleteOne(portal, 'Multi Line');
  expect([status, one]).toMatchObject([200, { id, title: 'Owner, Founder & CEO', contactStatus: { id: 18 } }]);
  expect(one).toMatchObject({ commonData: [], addresses: [], haveLateTasks: false, customFields: [{ entityId: 0 }] });
  expect(one).not.toHaveProperty('taskCount');
  expect((await ask(portal, `crm/contact/${id}`, { ...DELETE, ...asAdmin(portal) })).status).toBe(404);
  expect(portal.findContact(id)).toBeUndefined();
  expect(portal.writeCount).toBe(1);
  expect(portal.requests.map(({ didWrite }) => didWrite)).toEqual([true, false]);
});

test.each([
  ['Read Only', 403],
  ['Invoiced Buyer', 403],
  ['Private Invisible', 403],
])('refuses to delete %s with %i', async (name, status) => {
  await using portal = await startOnlyofficeSandbox();
  const { envelope, ...answer } = await deleteOne(portal, name);
  expect([answer.status, envelope]).toMatchObject([status, { error: { message: 'Access Denied' } }]);
  expect(named(portal, name)).toBeDefined();
  expect(portal.writeCount).toBe(0);
});

test('tells nothing of an invisible contact on reading', async () => {
  await using portal = await startOnlyofficeSandbox();
  const { id } = named(portal, 'Private Invisible');
  expect((await ask(portal, `crm/contact/${id}`)).status).toBe(404);
  expect((await ask(portal, `crm/contact/${id}`, asAdmin(portal))).status).toBe(200);
});

test('refuses the id 0 with 400 and invoices even to administrators', async () => {
  await using portal = await startOnlyofficeSandbox();
  expect((await ask(portal, 'crm/contact/0', { ...DELETE, ...asAdmin(portal) })).status).toBe(400);
  const { id } = named(portal, 'Invoiced Company');
  expect((await ask(portal, `crm/contact/${id}`, { ...DELETE, ...asAdmin(portal) })).status).toBe(403);
});

test('empties the access list of a private contact and recomputes the rights', async () => {
  await using portal = await startOnlyofficeSandbox();
  expect((await deleteOne(portal, 'Private Shared')).one).toMatchObject({ isPrivate: true, accessList: [], canEdit: false });
});

test('leaves the persons of a deleted company without one', async () => {
  await using portal = await startOnlyofficeSandbox();
  const { id } = portal.addContact({ isCompany: true, companyName: 'Short Lived' });
  const worker = portal.addContact({ isCompany: false, firstName: 'Left', lastName: 'Behind', companyId: id });
  expect((await deleteOne(portal, 'Short Lived')).one).not.toHaveProperty('personsCount');
  expect((await ask(portal, `crm/contact/${worker.id}`)).one).not.toHaveProperty('company');
});

test('deletes a contact with a dangling status although the answer is 404', async () => {
  await using portal = await startOnlyofficeSandbox({ hasDanglingStatus: true });
  const { id } = named(portal, 'Dangling Status');
  expect((await deleteOne(portal, 'Dangling Status')).status).toBe(404);
  expect(portal.findContact(id)).toBeUndefined();
  expect(portal.writeCount).toBe(1);
});

test('deletes by PUT with ids, skipping silently what it cannot', async () => {
  await using portal = await startOnlyofficeSandbox();
  const ids = ['Cher ', 'Read Only', 'Invoiced Buyer', 'Private Invisible', 'Lonely Company'].map((name) => named(portal, name).id);
  const headers = { authorization: portal.token, 'content-type': 'application/json' };
  const body = JSON.stringify({ contactids: [...ids, 999_999] });
  const { status, rows } = await ask(portal, 'crm/contact', { method: 'PUT', headers, body });
  expect([status, rows.map(({ displayName }) => displayName)]).toEqual([200, ['Cher ', 'Lonely Company']]);
  expect(rows[0]).not.toHaveProperty('commonData');
  expect(ids.map((id) => portal.findContact(id) === undefined)).toEqual([true, false, false, false, true]);
});

test('takes the ids of a PUT from the query too, and refuses none at all', async () => {
  await using portal = await startOnlyofficeSandbox();
  const { id } = named(portal, 'Cher ');
  expect((await ask(portal, `crm/contact?contactids[]=${id}`, { method: 'PUT', ...asAdmin(portal) })).ids).toEqual([id]);
  expect((await ask(portal, 'crm/contact', { method: 'PUT', ...asAdmin(portal) })).status).toBe(400);
});

test('wipes the CRM on DELETE of the filter without a filter, but for invoices', async () => {
  await using portal = await startOnlyofficeSandbox();
  const invoiced = portal.portal.contacts.filter(({ invoiceCount }) => invoiceCount > 0);
  expect((await ask(portal, 'crm/contact/filter', { ...DELETE, ...asAdmin(portal) })).status).toBe(200);
  expect(portal.portal.contacts).toEqual(invoiced);
});

test('deletes by filter what matches, ignoring isShared, and nothing where the user misses a match', async () => {
  await using portal = await startOnlyofficeSandbox();
  const headers = { authorization: portal.token };
  const { id } = named(portal, 'Multi Line');
  expect((await ask(portal, 'crm/contact/filter?tags=padded&isShared=false', { ...DELETE, headers })).ids).toEqual([id]);
  expect((await ask(portal, 'crm/contact/filter?filterValue=corner.example', { ...DELETE, headers })).ids).toEqual([]);
  expect(portal.writeCount).toBe(1);
});
