import { describe, expect, it } from 'vitest';
import { addToAddressBook, addToPortal, auditOf, deleteMany, deleteOne, isStored, isWrite, writesOf } from '../../support/deletions.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';

type Crm = 'onlyoffice' | 'callgear';

const CRMS = ['onlyoffice', 'callgear'] as const;
const DELETION = { onlyoffice: 'DELETE /api/2.0/crm/contact/*', callgear: 'POST delete.contacts' };
const READING = { onlyoffice: 'GET /api/2.0/crm/contact/*', callgear: 'POST get.contacts' };

async function startGatewayFor(crm: Crm, environment: Readonly<Record<string, string>> = {}): Promise<TestGateway> {
  return startTestGateway({
    population: { onlyoffice: 1, kommo: 1, callgear: 1 },
    kommo: null,
    ...(crm === 'onlyoffice' ? { callgear: null } : { onlyoffice: null }),
    environment,
  });
}

const addTo = (gateway: TestGateway, crm: Crm) => (crm === 'onlyoffice' ? addToPortal(gateway) : addToAddressBook(gateway));

/** Waits for a request of the route. */
async function hasArrived(gateway: TestGateway, crm: Crm, route: string): Promise<void> {
  const prefix = route.replace('*', '');
  await until(() => gateway.requests(crm).some((request) => request.route.startsWith(prefix)));
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
}

/** A client that hangs up when told to; the answer never comes to it. */
function startClient({ url }: TestGateway, id: string): { hangUp(): void; readonly gone: Promise<unknown> } {
  const controller = new AbortController();
  const gone = fetch(url, {
    method: 'POST',
    signal: controller.signal,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: 'mutation ($id: ID!) { deleteContact(input: { id: $id }) { deletedContactId } }',
      variables: { id },
    }),
  }).catch((error: unknown) => error);
  return { hangUp: () => controller.abort(), gone };
}

describe.each(CRMS)('%s: the deadline of the request', (crm) => {
  it('keeps a deletion from being sent when it passed while the contact was read', async () => {
    await using gateway = await startGatewayFor(crm, { REQUEST_TIMEOUT_MS: '500' });
    const { contactId, id } = addTo(gateway, crm);
    gateway[crm].setFaults([{ route: READING[crm], effect: { kind: 'hang' } }]);

    const { deletion, deletedContactId } = await deleteOne(gateway, contactId);

    expect(deletion).toMatchObject({ outcome: 'FAILED', contact: null, error: { code: 'TIMEOUT' } });
    expect(deletedContactId).toBeNull();
    expect(auditOf(gateway)).toMatchObject([{ outcome: 'FAILED', code: 'TIMEOUT' }]);
    await gateway[Symbol.asyncDispose]();
    expect(writesOf(gateway)).toEqual([]);
    expect(isStored(gateway, crm, id)).toBe(true);
  });

  it('cuts no deletion short that was sent: its answer is waited for, and shows what was read before', async () => {
    await using gateway = await startGatewayFor(crm, { REQUEST_TIMEOUT_MS: '2000' });
    const { contactId, id } = addTo(gateway, crm);
    gateway[crm].setFaults([{ route: DELETION[crm], effect: { kind: 'delay', delayMs: 2_500 } }]);

    const { deletion } = await deleteOne(gateway, contactId);

    expect(deletion).toMatchObject({ outcome: 'DELETED', contact: { displayName: expect.stringContaining('Deletable') } });
    expect(isStored(gateway, crm, id)).toBe(false);
    expect(gateway.requests(crm).map(({ wasAborted }) => wasAborted)).not.toContain(true);
  });
});

it('deletions that have not had their turn by the deadline are never sent', async () => {
  await using gateway = await startGatewayFor('onlyoffice', { REQUEST_TIMEOUT_MS: '3000', WRITE_TIMEOUT_MS: '3500' });
  const contacts = Array.from({ length: 6 }, () => addToPortal(gateway));
  gateway.onlyoffice.setFaults([{ route: DELETION.onlyoffice, effect: { kind: 'hang' } }]);

  const { deletions } = await deleteMany(
    gateway,
    contacts.map(({ contactId }) => contactId),
  );

  const [sent, unsent] = [deletions.slice(0, 4), deletions.slice(4)];
  expect(sent.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 4 }, () => 'INDETERMINATE'));
  expect(unsent).toMatchObject([
    { outcome: 'FAILED', error: { code: 'TIMEOUT' }, contact: { displayName: 'Ada Deletable' } },
    { outcome: 'FAILED', error: { code: 'TIMEOUT' } },
  ]);
  await gateway[Symbol.asyncDispose]();
  expect(gateway.requests().filter(isWrite)).toHaveLength(4);
});

describe.each(CRMS)('%s: a client that hangs up', (crm) => {
  it('does not stop a deletion that was sent, which is written down', async () => {
    await using gateway = await startGatewayFor(crm);
    const { contactId, id } = addTo(gateway, crm);
    const hold = Promise.withResolvers<void>();
    gateway[crm].setFaults([{ route: DELETION[crm], effect: { kind: 'hold', until: hold.promise } }]);

    const client = startClient(gateway, contactId);
    await hasArrived(gateway, crm, DELETION[crm]);
    client.hangUp();
    await client.gone;
    expect(auditOf(gateway)).toEqual([]);
    hold.resolve();
    await until(() => auditOf(gateway).length > 0);

    expect(auditOf(gateway)).toMatchObject([{ channel: 'audit', source: crm, id: String(id), outcome: 'DELETED' }]);
    expect(isStored(gateway, crm, id)).toBe(false);
    expect(gateway.requests(crm).filter(isWrite)).toMatchObject([{ didWrite: true, wasAborted: false }]);
  });

  it('does not keep a lost answer from being looked into', async () => {
    await using gateway = await startGatewayFor(crm);
    const { contactId } = addTo(gateway, crm);
    const slow = { kind: 'delay', delayMs: 1_500 } as const;
    gateway[crm].setFaults([
      { route: DELETION[crm], when: 'after', effect: { kind: 'respond', status: 502 } },
      { route: READING[crm], skip: 1, effect: slow },
    ]);

    const client = startClient(gateway, contactId);
    await hasArrived(gateway, crm, DELETION[crm]);
    client.hangUp();
    await until(() => auditOf(gateway).length > 0);

    expect(auditOf(gateway)).toMatchObject([{ outcome: 'DELETED' }]);
  });

  it('keeps a deletion from being sent while the contact is still being read', async () => {
    await using gateway = await startGatewayFor(crm);
    const { contactId, id } = addTo(gateway, crm);
    gateway[crm].setFaults([{ route: READING[crm], effect: { kind: 'hang' } }]);

    const client = startClient(gateway, contactId);
    await hasArrived(gateway, crm, READING[crm]);
    client.hangUp();
    await until(() => auditOf(gateway).length > 0);

    expect(auditOf(gateway)).toMatchObject([{ source: crm, id: String(id), outcome: 'FAILED', code: 'TIMEOUT' }]);
    await gateway[Symbol.asyncDispose]();
    expect(writesOf(gateway)).toEqual([]);
    expect(isStored(gateway, crm, id)).toBe(true);
  });

  it('does not let the gateway stop before its deletion is over and written down', async () => {
    await using gateway = await startGatewayFor(crm);
    const { contactId } = addTo(gateway, crm);
    gateway[crm].setFaults([{ route: DELETION[crm], effect: { kind: 'delay', delayMs: 1_500 } }]);
    const client = startClient(gateway, contactId);
    await hasArrived(gateway, crm, DELETION[crm]);
    client.hangUp();
    await client.gone;

    await gateway[Symbol.asyncDispose]();

    expect(auditOf(gateway)).toMatchObject([{ outcome: 'DELETED' }]);
  });
});
