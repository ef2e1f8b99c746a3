import { describe, expect, it } from 'vitest';
import { SANDBOX_CALLGEAR_READ_ONLY_TOKEN } from '../../../src/sandbox/callgear/callgear-options.ts';
import { createPopulation } from '../../../src/sandbox/population.ts';
import { addToAddressBook, addToPortal, deleteMany, deleteOne, idOf, isStored, writesOf } from '../../support/deletions.ts';
import { startTestGateway, type TestGateway, type TestGatewayOptions } from '../../support/gateway.ts';

const POPULATION = { onlyoffice: 2, kommo: 2, callgear: 2 };

async function startCallgear(options: TestGatewayOptions = {}): Promise<TestGateway> {
  return startTestGateway({ population: POPULATION, onlyoffice: null, kommo: null, ...options });
}

const outcomesOf = ({ deletions }: Awaited<ReturnType<typeof deleteMany>>) => deletions.map(({ outcome }) => outcome);

function addThree(gateway: TestGateway) {
  const contacts = [addToAddressBook(gateway), addToAddressBook(gateway), addToAddressBook(gateway)] as const;
  return { contacts, ids: contacts.map(({ contactId }) => contactId), text: contacts.map(({ id }) => id).join() };
}

describe('several contacts of CallGear', () => {
  it('are deleted in one call', async () => {
    await using gateway = await startCallgear();
    const { ids, text } = addThree(gateway);

    expect((await deleteMany(gateway, ids)).deletedContactIds).toEqual(ids);
    expect(writesOf(gateway)).toEqual([`callgear delete.contacts ${text}`]);
  });

  it('are deleted singly in an edition without `ids`, which is asked for them once', async () => {
    await using gateway = await startCallgear({ callgear: { acceptsIds: false } });
    const first = addThree(gateway);

    expect((await deleteMany(gateway, first.ids)).deletedContactIds).toEqual(first.ids);
    const singly = first.contacts.map(({ id }) => `callgear delete.contacts ${id}`);
    expect(writesOf(gateway).toSorted()).toEqual([...singly, `callgear delete.contacts ${first.text}`].toSorted());

    const second = addThree(gateway);
    gateway.clearCalls();
    expect((await deleteMany(gateway, second.ids)).deletedContactIds).toEqual(second.ids);
    expect(writesOf(gateway).toSorted()).toEqual(second.contacts.map(({ id }) => `callgear delete.contacts ${id}`).toSorted());
  });

  it.each(['dependency_error', 'forbidden'] as const)('are not kept by one of them that is refused (%s)', async (refusesDeletion) => {
    await using gateway = await startCallgear();
    const { ids } = addThree(gateway);
    const kept = addToAddressBook(gateway, { refusesDeletion });

    const answer = await deleteMany(gateway, [kept.contactId, ...ids]);

    expect(outcomesOf(answer)).toEqual(['REFUSED', 'DELETED', 'DELETED', 'DELETED']);
    expect(isStored(gateway, 'callgear', kept.id)).toBe(true);
    expect(gateway.callgear.writes).toBe(3);
  });

  it('are not kept by one of them that someone else deletes at the same time', async () => {
    await using gateway = await startCallgear();
    const { ids, contacts } = addThree(gateway);
    const hold = Promise.withResolvers<void>();
    gateway.callgear.setFaults([{ route: 'POST delete.contacts', times: 1, effect: { kind: 'hold', until: hold.promise } }]);

    const answer = deleteMany(gateway, ids);
    while (writesOf(gateway).length === 0) await new Promise((resolve) => setImmediate(resolve));
    gateway.callgear.contacts.splice(
      gateway.callgear.contacts.findIndex(({ id }) => id === contacts[1].id),
      1,
    );
    hold.resolve();

    expect(outcomesOf(await answer)).toEqual(['DELETED', 'ALREADY_ABSENT', 'DELETED']);
  });

  it('are all refused where the account may only read', async () => {
    await using gateway = await startCallgear({ environment: { CALLGEAR_TOKEN: SANDBOX_CALLGEAR_READ_ONLY_TOKEN } });
    const { ids } = addThree(gateway);

    const { deletions } = await deleteMany(gateway, ids);

    expect(deletions.map(({ outcome, userErrors }) => [outcome, userErrors[0]?.code])).toEqual(
      Array.from({ length: 3 }, () => ['REFUSED', 'FORBIDDEN']),
    );
    expect(gateway.callgear.writes).toBe(0);
  });

  it('are FAILED, and not sent, when the quota of the day is used up', async () => {
    await using gateway = await startCallgear({ callgear: { quotas: { day: 1 } } });
    const { ids } = addThree(gateway);

    const { deletions } = await deleteMany(gateway, ids);

    expect(deletions.map(({ outcome, error }) => [outcome, error?.code])).toEqual(
      Array.from({ length: 3 }, () => ['FAILED', 'QUOTA_EXHAUSTED']),
    );
    expect(writesOf(gateway)).toEqual([]);
  });
});

describe('a session that is over', () => {
  it('of CallGear is renewed by the read before, and the deletion is sent once', async () => {
    await using gateway = await startCallgear({
      environment: { CALLGEAR_TOKEN: '', CALLGEAR_LOGIN: 'sandbox-callgear-login', CALLGEAR_PASSWORD: 'sandbox-callgear-password' },
    });
    const { ids } = addThree(gateway);
    await deleteOne(gateway, ids[0] ?? '');
    gateway.callgear.expireSessions();
    gateway.clearCalls();

    expect((await deleteOne(gateway, ids[1] ?? '')).deletion.outcome).toBe('DELETED');
    expect(writesOf(gateway)).toHaveLength(1);
  });

  it('of ONLYOFFICE is renewed by the read before, and the deletion is sent once', async () => {
    const user = createPopulation(POPULATION).staff.find(({ jobTitle }) => jobTitle !== 'Administrator');
    await using gateway = await startTestGateway({
      population: POPULATION,
      kommo: null,
      callgear: null,
      environment: { ONLYOFFICE_TOKEN: '', ONLYOFFICE_USERNAME: user?.email ?? '', ONLYOFFICE_PASSWORD: 'sandbox-password' },
    });
    await deleteOne(gateway, addToPortal(gateway).contactId);
    gateway.onlyoffice.revoke();
    gateway.clearCalls();

    expect((await deleteOne(gateway, addToPortal(gateway).contactId)).deletion.outcome).toBe('DELETED');
    expect(writesOf(gateway)).toHaveLength(1);
  });
});

it('one CRM that is down keeps no other from deleting, whatever the order', async () => {
  await using gateway = await startTestGateway({ population: POPULATION });
  const { ids } = addThree(gateway);
  const person = addToPortal(gateway);
  await gateway.onlyoffice.close();

  const kommoId = idOf('kommo', gateway.kommo.data.contacts[0]?.id ?? 0);
  const answer = await deleteMany(gateway, [ids[0] ?? '', person.contactId, kommoId, 'nonsense', ids[1] ?? '']);

  expect(outcomesOf(answer)).toEqual(['DELETED', 'FAILED', 'UNSUPPORTED', 'REFUSED', 'DELETED']);
  expect(answer.deletedContactIds).toEqual([ids[0], ids[1]]);
});
