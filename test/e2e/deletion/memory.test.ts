import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addToAddressBook, addToPortal, deleteMany, deleteOne } from '../../support/deletions.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { readPage, walk, type WalkedPage } from '../lists/list-walk.ts';
import { LIST_ROUTES } from '../../support/sources.ts';

/** Long enough for two requests to be under way one after the other. */
const DELAY_MS = 150;
const CONTACT = 'query ($id: ID!) { contact(id: $id) { displayName } }';

let gateway: TestGateway;

beforeEach(async () => {
  gateway = await startTestGateway({
    population: { onlyoffice: 8, kommo: 3, callgear: 8 },
    environment: { CACHE_TTL_MS: '30000' },
  });
});
afterEach(() => gateway[Symbol.asyncDispose]());

const add = { onlyoffice: () => addToPortal(gateway), callgear: () => addToAddressBook(gateway) };
const remove = {
  onlyoffice: (id: number) => gateway.onlyoffice.removeContact(id),
  callgear: (id: number) =>
    gateway.callgear.contacts.splice(
      gateway.callgear.contacts.findIndex((contact) => contact.id === id),
      1,
    ),
};
const sandbox = (source: 'onlyoffice' | 'callgear') => gateway[source];

async function listedIds(): Promise<string[]> {
  return (await walk(gateway, { first: 100 })).contacts.map(({ id }) => id);
}

describe.each(['onlyoffice', 'callgear'] as const)('%s, remembered for half a minute', (source) => {
  it('is read afresh before it is deleted, so that the payload shows it as it is now', async () => {
    const person = add[source]();
    await gateway.ask(CONTACT, { id: person.contactId });
    if (source === 'onlyoffice') Object.assign(gateway.onlyoffice.findContact(person.id) ?? {}, { lastName: 'Renamed' });
    else Object.assign(gateway.callgear.contacts.at(-1) ?? {}, { last_name: 'Renamed' });

    const { deletion } = await deleteOne(gateway, person.contactId);

    expect(deletion).toMatchObject({ outcome: 'DELETED', contact: { displayName: expect.stringContaining('Renamed') } });
  });

  it('is not said to be deletable, or deleted, when it has gone meanwhile', async () => {
    const person = add[source]();
    await gateway.ask(CONTACT, { id: person.contactId });
    remove[source](person.id);

    expect((await deleteOne(gateway, person.contactId, true)).deletion.outcome).toBe(
      source === 'onlyoffice' ? 'INDETERMINATE' : 'ALREADY_ABSENT',
    );
    expect((await deleteOne(gateway, person.contactId)).deletion.outcome).toBe('ALREADY_ABSENT');
  });

  it('is not said to be absent when it has come meanwhile', async () => {
    const { id, contactId } = add[source]();
    remove[source](id);
    expect(await gateway.ask(CONTACT, { id: contactId })).toEqual({ contact: null });
    if (source === 'onlyoffice') gateway.onlyoffice.portal.contacts.push({ ...addToPortal(gateway), id });
    else addToAddressBook(gateway, { id });

    expect((await deleteOne(gateway, contactId)).deletion.outcome).toBe('DELETED');
  });

  it('is read anew, be another read of it under way, and what that one brings is not kept', async () => {
    const { contactId } = add[source]();
    const route = source === 'onlyoffice' ? 'GET /api/2.0/crm/contact/*' : 'POST get.contacts';
    sandbox(source).setFaults([{ route, times: 1, when: 'after', effect: { kind: 'delay', delayMs: DELAY_MS } }]);

    const slow = gateway.ask(CONTACT, { id: contactId });
    await hasArrived(source, 1);
    const { deletion } = await deleteOne(gateway, contactId);

    expect(deletion.outcome).toBe('DELETED');
    await slow;
    expect(await gateway.ask(CONTACT, { id: contactId })).toEqual({ contact: null });
  });

  it('is in no list, and found by no id, right after it was deleted', async () => {
    const [first, second] = [add[source](), add[source]()];
    expect(await listedIds()).toEqual(expect.arrayContaining([first.contactId, second.contactId]));
    await gateway.ask(CONTACT, { id: first.contactId });

    await deleteOne(gateway, first.contactId);
    await deleteMany(gateway, [second.contactId]);

    const ids = await listedIds();
    expect(ids).not.toContain(first.contactId);
    expect(ids).not.toContain(second.contactId);
    expect(await gateway.ask(CONTACT, { id: first.contactId })).toEqual({ contact: null });
    expect(await gateway.ask('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: [first.contactId, second.contactId] })).toEqual({
      nodes: [null, null],
    });
  });

  it('is in no list even if the answer to its deletion was lost', async () => {
    const { contactId } = add[source]();
    expect(await listedIds()).toContain(contactId);
    const route = source === 'onlyoffice' ? 'DELETE /api/2.0/crm/contact/*' : 'POST delete.contacts';
    sandbox(source).setFaults([{ route, when: 'after', effect: { kind: 'reset' } }]);

    expect((await deleteOne(gateway, contactId)).deletion.outcome).toBe('DELETED');

    expect(await listedIds()).not.toContain(contactId);
  });

  it('does not come back by a list that was being read when it was deleted', async () => {
    const { contactId } = add[source]();
    gateway.clearCalls();
    const effect = { kind: 'delay', delayMs: DELAY_MS } as const;
    sandbox(source).setFaults([{ route: LIST_ROUTES[source], times: 1, when: 'after', effect }]);
    const variables = { first: 100 };

    const slow = readPage(gateway, variables);
    await hasArrived(source, 1);
    await deleteOne(gateway, contactId);
    const meanwhile = readPage(gateway, variables);

    expect((await meanwhile).edges.map(({ node }) => node.id)).not.toContain(contactId);
    await slow;
    expect((await readPage(gateway, variables)).edges.map(({ node }) => node.id)).not.toContain(contactId);
  });

  it('does not come back by a list that was read while its deletion was under way', async () => {
    const { contactId } = add[source]();
    const route = source === 'onlyoffice' ? 'DELETE /api/2.0/crm/contact/*' : 'POST delete.contacts';
    const hold = Promise.withResolvers<void>();
    sandbox(source).setFaults([{ route, effect: { kind: 'hold', until: hold.promise } }]);

    const deleted = deleteOne(gateway, contactId);
    // The read before it, and itself.
    await hasArrived(source, 2);
    expect(await listedIds()).toContain(contactId);
    hold.resolve();
    await deleted;

    expect(await listedIds()).not.toContain(contactId);
  });

  it.each([1, 3, 7])('loses the list no row when a cursor stood on it, in pages of %i', async (first) => {
    for (const contact of gateway.onlyoffice.portal.contacts) Object.assign(contact, { invoiceCount: 0, shareType: 1 });
    for (const contact of gateway.callgear.contacts) contact.refusesDeletion = null;
    const whole = await listedIds();
    let after: string | null = null;
    const seen: string[] = [];
    for (let pages = 0; pages < 8; pages += 1) {
      const page: WalkedPage = await readPage(gateway, { first, after });
      const ids = page.edges.map(({ node }) => node.id);
      seen.push(...ids);
      after = page.pageInfo.endCursor;
      const last = page.edges.findLast(({ node }) => node.source.name === source)?.node.id;
      if (last === undefined) continue;
      expect((await deleteOne(gateway, last)).deletion.outcome).toBe('DELETED');
    }
    seen.push(...(await walk(gateway, { first: 100, after })).contacts.map(({ id }) => id));
    // Rows near the start may come again.
    expect([...new Set(seen)]).toEqual(whole);
  });
});

it('a person whose company was deleted shows none, in whatever was remembered', async () => {
  const company = addToPortal(gateway, { isCompany: true, companyName: 'Deletable Ltd' });
  const person = addToPortal(gateway, { companyId: company.id });
  const document = 'query ($id: ID!) { contact(id: $id) { ... on Person { company { id displayName industry } } } }';
  expect(await gateway.ask(document, { id: person.contactId })).toMatchObject({ contact: { company: { displayName: 'Deletable Ltd' } } });

  await deleteOne(gateway, company.contactId);

  expect(await gateway.ask(document, { id: person.contactId })).toEqual({ contact: { company: null } });
});

/** Waits for requests of the source since the last `clearCalls`. */
async function hasArrived(source: 'onlyoffice' | 'callgear', count: number): Promise<void> {
  while (gateway.requests(source).length < count) await new Promise((resolve) => setImmediate(resolve));
}
