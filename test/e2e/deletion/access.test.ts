import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  addToAddressBook,
  addToPortal,
  auditOf,
  deleteMany,
  deleteOne,
  idOf,
  isStored,
  isWrite,
  writesOf,
} from '../../support/deletions.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { API_KEYS, KEYS, bearer } from '../../support/keys.ts';

const SMALL = { onlyoffice: 5, kommo: 3, callgear: 5 };
const DELETE = `mutation ($id: ID!) {
  one: deleteContact(input: { id: $id }) { deletion { outcome } }
  many: deleteContacts(input: { ids: [$id] }) { deletions { outcome } }
  dryRun: deleteContact(input: { id: $id, dryRun: true }) { deletion { outcome } }
}`;

describe('without keys', () => {
  it('contacts of real sources cannot be deleted: it is refused with the reason, and nothing is sent', async () => {
    await using gateway = await startTestGateway({ population: SMALL, isSandbox: false });
    const { contactId, id } = addToPortal(gateway);

    const { data, errors } = await gateway.query(DELETE, { id: contactId });

    expect(data).toEqual({ one: null, many: null, dryRun: null });
    expect(errors.map(({ path, extensions }) => [path?.[0], extensions?.['code']])).toEqual([
      ['one', 'FORBIDDEN'],
      ['many', 'FORBIDDEN'],
      ['dryRun', 'FORBIDDEN'],
    ]);
    for (const { message } of errors) expect(message).toMatch(/API_KEYS/);
    expect(gateway.calls()).toEqual({});
    expect(isStored(gateway, 'onlyoffice', id)).toBe(true);
  });

  it('the rows say that nothing can be deleted', async () => {
    await using gateway = await startTestGateway({ population: SMALL, isSandbox: false, kommo: null, callgear: null });
    const { contactId } = addToPortal(gateway);

    expect(await gateway.ask('query ($id: ID!) { contact(id: $id) { viewerCanDelete } }', { id: contactId })).toEqual({
      contact: { viewerCanDelete: false },
    });
  });

  it('contacts of the sandbox can be deleted', async () => {
    await using gateway = await startTestGateway({ population: SMALL, kommo: null, callgear: null });

    expect((await deleteOne(gateway, addToPortal(gateway).contactId)).deletion.outcome).toBe('DELETED');
  });
});

describe('with keys', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({ population: SMALL, isSandbox: false, environment: { API_KEYS } });
  });
  afterAll(() => gateway[Symbol.asyncDispose]());
  beforeEach(() => {
    gateway.log.length = 0;
    gateway.clearCalls();
  });

  it('one without contacts:delete deletes nothing', async () => {
    const { contactId, id } = addToPortal(gateway);

    const { data, errors } = await gateway.query(DELETE, { id: contactId }, bearer(KEYS.reader));

    expect(data).toEqual({ one: null, many: null, dryRun: null });
    expect(errors.map(({ extensions }) => extensions?.['code'])).toEqual(['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN']);
    expect(gateway.calls()).toEqual({});
    expect(isStored(gateway, 'onlyoffice', id)).toBe(true);
  });

  it.each([
    ['no key', {}],
    ['an unknown key', bearer('nobody')],
  ])('%s deletes nothing', async (_, headers) => {
    const answer = await gateway.query(DELETE, { id: addToPortal(gateway).contactId }, headers);

    expect(answer).toMatchObject({ status: 401, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    expect(gateway.calls()).toEqual({});
  });

  it('one with both scopes deletes and shows what it was', async () => {
    const { contactId } = addToPortal(gateway);

    const { deletion, deletedContactId } = await deleteOne(gateway, contactId, false, bearer(KEYS.both));

    expect(deletedContactId).toBe(contactId);
    expect(deletion).toMatchObject({ outcome: 'DELETED', contact: { displayName: 'Ada Deletable' } });
  });

  it('one with contacts:delete alone deletes, and is shown nothing', async () => {
    const { contactId } = addToPortal(gateway);
    const document = 'mutation ($id: ID!) { deleteContact(input: { id: $id }) { deletedContactId deletion { contact { displayName } } } }';

    const { data, errors } = await gateway.query(document, { id: contactId }, bearer(KEYS.deleter));

    expect(data).toEqual({ deleteContact: { deletedContactId: contactId, deletion: { contact: null } } });
    expect(errors).toMatchObject([{ path: ['deleteContact', 'deletion', 'contact'], extensions: { code: 'FORBIDDEN' } }]);
  });

  it('writes down who deleted what, how it went and in which request, and nothing of the contact', async () => {
    const person = addToPortal(gateway, { firstName: 'Secretia', lastName: 'Nameworthy', infos: [{ data: 'secretia@example.com' }] });
    const kept = addToAddressBook(gateway, { last_name: 'Nameworthy', refusesDeletion: 'forbidden' });
    const kommoId = String(gateway.kommo.data.contacts[0]?.id);
    const headers = { ...bearer(KEYS.both), 'x-request-id': 'request-17' };

    await deleteMany(gateway, [person.contactId, kept.contactId, idOf('kommo', kommoId), 'nonsense'], false, headers);
    await deleteOne(gateway, kept.contactId, true, headers);

    const common = { channel: 'audit', requestId: 'request-17', caller: 'both', entity: 'contact', dryRun: false };
    const lines = auditOf(gateway);
    expect(lines).toHaveLength(5);
    expect(lines).toEqual(
      expect.arrayContaining([
        { ...common, source: 'onlyoffice', id: String(person.id), outcome: 'DELETED', code: null },
        { ...common, source: 'callgear', id: String(kept.id), outcome: 'REFUSED', code: 'FORBIDDEN' },
        { ...common, source: 'kommo', id: kommoId, outcome: 'UNSUPPORTED', code: 'UNSUPPORTED_BY_SOURCE' },
        { ...common, source: null, entity: null, id: null, outcome: 'REFUSED', code: 'INVALID_ID' },
        { ...common, source: 'callgear', id: String(kept.id), outcome: 'WOULD_DELETE', code: null, dryRun: true },
      ]),
    );
    expect(JSON.stringify(gateway.log)).not.toMatch(/Secretia|Nameworthy|@example/i);
  });

  it('writes down attempts that were refused', async () => {
    await gateway.query(DELETE, { id: addToPortal(gateway).contactId }, { ...bearer(KEYS.reader), 'x-request-id': 'request-18' });

    const line = { channel: 'audit', requestId: 'request-18', caller: 'reader', outcome: 'FORBIDDEN', code: 'FORBIDDEN' };
    expect(auditOf(gateway)).toEqual(Array.from({ length: 3 }, () => ({ ...line, source: null, entity: null, id: null, dryRun: null })));
  });

  it('a deletion cannot be asked for by GET', async () => {
    const { contactId, id } = addToPortal(gateway);
    const query = `mutation { deleteContact(input: { id: "${contactId}" }) { deletedContactId } }`;

    const response = await fetch(`${gateway.url}?query=${encodeURIComponent(query)}`, {
      headers: { ...bearer(KEYS.both), 'content-type': 'application/json' },
    });

    expect(response.status).toBe(405);
    expect(gateway.requests().filter(isWrite)).toEqual([]);
    expect(isStored(gateway, 'onlyoffice', id)).toBe(true);
  });

  it('several deletions of one request run one after the other, and each sees what those before it did', async () => {
    const { contactId } = addToPortal(gateway);
    const document = `mutation ($id: ID!) {
      a: deleteContact(input: { id: $id, dryRun: true }) { deletion { outcome contact { displayName } } }
      b: deleteContact(input: { id: $id }) { deletion { outcome contact { displayName } } }
      c: deleteContact(input: { id: $id }) { deletion { outcome contact { displayName } } }
    }`;

    const data = await gateway.ask(document, { id: contactId }, bearer(KEYS.both));

    const contact = { displayName: 'Ada Deletable' };
    expect(data).toEqual({
      a: { deletion: { outcome: 'WOULD_DELETE', contact } },
      b: { deletion: { outcome: 'DELETED', contact } },
      c: { deletion: { outcome: 'ALREADY_ABSENT', contact: null } },
    });
    expect(writesOf(gateway)).toHaveLength(2);
  });
});
