import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addToAddressBook, addToPortal, idOf, isWrite } from '../../support/deletions.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { EVERY_FIELD } from '../fields/every-field.ts';

const CONTACT = `query ($id: ID!) { contact(id: $id) { ...All } }`;
const DELETE_ONE = `mutation ($id: ID!) { deleteContact(input: { id: $id }) { deletion { outcome contact { ...All } } } }`;
const DELETE_MANY = `mutation ($ids: [ID!]!) { deleteContacts(input: { ids: $ids }) { deletions { outcome contact { ...All } } } }`;
const EVERY_MEMBER = `
  fragment All on Contact { ...EveryField photo { smallUrl mediumUrl } ...Employed }
  fragment Employed on Person { employer: company { ...EveryField photo { smallUrl mediumUrl } } }
  ${EVERY_FIELD}`;

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway({ population: { onlyoffice: 10, kommo: 1, callgear: 10 }, environment: { REFERENCE_TTL_MS: '0' } });
});
afterAll(() => gateway[Symbol.asyncDispose]());
beforeEach(() => gateway.clearCalls());

/** Somebody with something in every field. */
function addRichPerson(): string {
  const { portal } = gateway.onlyoffice;
  const company = addToPortal(gateway, {
    isCompany: true,
    companyName: 'Engines Ltd',
    industry: 'Engines',
    tags: ['Customer'],
    hasPhoto: true,
  });
  return addToPortal(gateway, {
    companyId: company.id,
    title: 'Analyst',
    about: 'Notes',
    tags: ['vip', 'Customer'],
    statusId: portal.statuses[0]?.id ?? 0,
    currency: 'EUR',
    infos: [{ type: 1, data: 'ada@example.com', isPrimary: true }],
    fieldValues: [{ fieldId: portal.fields.find(({ entity, type }) => entity === 0 && type === 0)?.id ?? 0, value: 'LV-778' }],
    hasPhoto: true,
    taskCount: 2,
  }).contactId;
}

function addRichEntry(): string {
  const { data } = gateway.callgear;
  return addToAddressBook(gateway, {
    emails: ['ada@example.com'],
    phone_numbers: ['37120000000'],
    personal_manager_id: data.employees[0]?.id ?? null,
    organization_id: data.organizations[0]?.id ?? null,
    group_ids: [data.groups[0]?.id ?? 0],
  }).contactId;
}

/** All that was asked of the CRMs after the first deletion went out. */
function askedAfterDeletion(): readonly string[] {
  const requests = gateway.requests().toSorted((left, right) => left.at - right.at);
  const first = requests.findIndex(isWrite);
  return requests
    .slice(first)
    .filter((request) => !isWrite(request))
    .map(({ route }) => route);
}

describe.each([
  ['ONLYOFFICE', addRichPerson],
  ['CallGear', addRichEntry],
])('the contact in the payload, of %s', (_crm, add) => {
  it('is shown with all that could be selected of it just before, nested data and pictures too', async () => {
    const id = add();
    const { contact } = await gateway.ask<{ contact: Record<string, unknown> }>(CONTACT + EVERY_MEMBER, { id });
    gateway.clearCalls();

    const { deleteContact } = await gateway.ask<{ deleteContact: unknown }>(DELETE_ONE + EVERY_MEMBER, { id });

    expect(contact).toMatchObject({ displayName: expect.stringContaining('Ada'), employer: { displayName: expect.any(String) } });
    expect(deleteContact).toEqual({ deletion: { outcome: 'DELETED', contact } });
    expect(askedAfterDeletion()).toEqual([]);
  });

  it('is shown so in a bulk deletion, its company among the deleted', async () => {
    const ids = [add(), add()];
    const before = await Promise.all(
      ids.map(async (id) => (await gateway.ask<{ contact: { company: { id: string } } }>(CONTACT + EVERY_MEMBER, { id })).contact),
    );
    const companies = before.map(({ company }) => company.id);
    gateway.clearCalls();

    const { deleteContacts } = await gateway.ask<{ deleteContacts: { deletions: readonly object[] } }>(DELETE_MANY + EVERY_MEMBER, {
      ids: [...ids, ...companies],
    });

    expect(deleteContacts.deletions.slice(0, 2)).toEqual(before.map((contact) => ({ outcome: 'DELETED', contact })));
    expect(askedAfterDeletion()).toEqual([]);
  });
});

it('costs no more than a read and a write when only the outcome is selected', async () => {
  const id = addToPortal(gateway).contactId;

  await gateway.ask('mutation ($id: ID!) { deleteContact(input: { id: $id }) { deletion { outcome } } }', { id });

  expect(gateway.requests().map(({ method }) => method)).toEqual(['GET', 'DELETE']);
});

it('several contacts of CallGear cost one read and one write', async () => {
  const ids = Array.from({ length: 5 }, () => addToAddressBook(gateway).contactId);

  await gateway.ask('mutation ($ids: [ID!]!) { deleteContacts(input: { ids: $ids }) { deletedContactIds } }', { ids });

  expect(gateway.requests().map(({ route }) => route)).toEqual(['POST get.contacts', 'POST delete.contacts']);
});

it('a contact that could not be read is null, and deleted all the same', async () => {
  const { contactId, id } = addToPortal(gateway);
  const route = `GET /api/2.0/crm/contact/${id}`;
  gateway.onlyoffice.setFaults([{ route, effect: { kind: 'alter', alter: () => ({ status: 0, response: 'odd' }) } }]);

  const data = await gateway.ask(
    'mutation ($id: ID!) { deleteContact(input: { id: $id }) { deletedContactId deletion { outcome contact { displayName } } } }',
    { id: contactId },
  );

  expect(data).toEqual({ deleteContact: { deletedContactId: contactId, deletion: { outcome: 'DELETED', contact: null } } });
  expect(idOf('onlyoffice', id)).toBe(contactId);
});
