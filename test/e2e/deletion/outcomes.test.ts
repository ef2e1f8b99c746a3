import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  addToAddressBook,
  addToPortal,
  deleteMany,
  deleteOne,
  idOf,
  isStored,
  writesOf,
  type SeenDeletion,
} from '../../support/deletions.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';

const WRITE_TIMEOUT_MS = 2_000;
let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway({
    population: { onlyoffice: 20, kommo: 10, callgear: 20 },
    environment: { WRITE_TIMEOUT_MS: String(WRITE_TIMEOUT_MS) },
  });
});
afterAll(() => gateway[Symbol.asyncDispose]());
beforeEach(() => {
  gateway.onlyoffice.setFaults([]);
  gateway.callgear.setFaults([]);
  gateway.clearCalls();
});

/** An account's own user may neither see nor delete what is private to someone else, and may read but not change what is shared so. */
const FOREIGN = { accessList: ['11111111-1111-1111-1111-111111111111'] };
const RESET = { effect: { kind: 'reset' } } as const;

interface Case {
  readonly outcome: string;
  readonly when: string;
  readonly contactId: () => string;
  /** `userErrors` or `error`. */
  readonly code?: string;
  readonly hasUrl?: boolean;
  readonly isShown?: boolean;
  readonly writes: number;
  /** What is left of it; undefined: there was nothing. */
  readonly isLeft?: boolean;
}

const DELETE_ROUTE = 'DELETE /api/2.0/crm/contact/*';
const CASES: readonly Case[] = [
  { outcome: 'DELETED', when: 'a person of ONLYOFFICE', contactId: () => addToPortal(gateway).contactId, isShown: true, writes: 1 },
  {
    outcome: 'DELETED',
    when: 'a company of ONLYOFFICE',
    contactId: () => addToPortal(gateway, { isCompany: true, companyName: 'Deletable Ltd' }).contactId,
    isShown: true,
    writes: 1,
  },
  { outcome: 'DELETED', when: 'a person of CallGear', contactId: () => addToAddressBook(gateway).contactId, isShown: true, writes: 1 },
  { outcome: 'ALREADY_ABSENT', when: 'ONLYOFFICE does not know the id', contactId: () => idOf('onlyoffice', 999_999), writes: 1 },
  { outcome: 'ALREADY_ABSENT', when: 'CallGear does not know the id', contactId: () => idOf('callgear', 999_999), writes: 0 },
  {
    outcome: 'REFUSED',
    when: 'an invoice of ONLYOFFICE refers to it',
    contactId: () => addToPortal(gateway, { invoiceCount: 1 }).contactId,
    code: 'HAS_DEPENDENTS',
    hasUrl: true,
    isShown: true,
    writes: 1,
  },
  {
    outcome: 'REFUSED',
    when: "ONLYOFFICE's user may only read it",
    contactId: () => addToPortal(gateway, { shareType: 2 }).contactId,
    code: 'FORBIDDEN',
    hasUrl: true,
    isShown: true,
    writes: 1,
  },
  {
    outcome: 'REFUSED',
    when: "ONLYOFFICE's user must not see it",
    contactId: () => addToPortal(gateway, { shareType: 0, ...FOREIGN }).contactId,
    code: 'FORBIDDEN',
    hasUrl: true,
    writes: 1,
  },
  {
    outcome: 'REFUSED',
    when: 'something in CallGear depends on it',
    contactId: () => addToAddressBook(gateway, { refusesDeletion: 'dependency_error' }).contactId,
    code: 'HAS_DEPENDENTS',
    isShown: true,
    writes: 1,
  },
  {
    outcome: 'REFUSED',
    when: 'CallGear forbids it',
    contactId: () => addToAddressBook(gateway, { refusesDeletion: 'forbidden' }).contactId,
    code: 'FORBIDDEN',
    isShown: true,
    writes: 1,
  },
  { outcome: 'REFUSED', when: 'the id is none', contactId: () => 'nonsense', code: 'INVALID_ID', writes: 0 },
  {
    outcome: 'UNSUPPORTED',
    when: 'a person of Kommo',
    contactId: () => idOf('kommo', gateway.kommo.data.contacts[0]?.id ?? 0),
    code: 'UNSUPPORTED_BY_SOURCE',
    hasUrl: true,
    writes: 0,
  },
  {
    outcome: 'UNSUPPORTED',
    when: 'a company of Kommo',
    contactId: () => idOf('kommo', gateway.kommo.data.companies[0]?.id ?? 0, 'company'),
    code: 'UNSUPPORTED_BY_SOURCE',
    hasUrl: true,
    writes: 0,
  },
  {
    outcome: 'UNSUPPORTED',
    when: 'a company of CallGear',
    contactId: () => idOf('callgear', gateway.callgear.data.organizations[0]?.id ?? 0, 'company'),
    code: 'UNSUPPORTED_BY_SOURCE',
    writes: 0,
  },
  {
    outcome: 'INDETERMINATE',
    when: 'ONLYOFFICE breaks off and still shows it',
    contactId: () => {
      const { id, contactId } = addToPortal(gateway);
      gateway.onlyoffice.setFaults([{ route: `DELETE /api/2.0/crm/contact/${id}`, ...RESET }]);
      return contactId;
    },
    code: 'UNAVAILABLE',
    hasUrl: true,
    isShown: true,
    writes: 1,
  },
  {
    outcome: 'INDETERMINATE',
    when: 'CallGear breaks off and still shows it',
    contactId: () => {
      gateway.callgear.setFaults([{ route: 'POST delete.contacts', ...RESET }]);
      return addToAddressBook(gateway).contactId;
    },
    code: 'UNAVAILABLE',
    isShown: true,
    writes: 1,
  },
  {
    outcome: 'FAILED',
    when: 'ONLYOFFICE does not accept the token',
    contactId: () => {
      const { id, contactId } = addToPortal(gateway);
      const effect = { kind: 'respond', status: 401, body: 'Unauthorized' } as const;
      gateway.onlyoffice.setFaults([{ route: `DELETE /api/2.0/crm/contact/${id}`, effect }]);
      return contactId;
    },
    code: 'UNAUTHENTICATED',
    hasUrl: true,
    isShown: true,
    writes: 1,
  },
  {
    outcome: 'FAILED',
    when: "CallGear's account is switched off",
    contactId: () => {
      const body = { jsonrpc: '2.0', id: null, error: { code: -32009, message: '', data: { mnemonic: 'account_inactive' } } };
      const effect = { kind: 'respond', status: 200, contentType: 'application/json', body: JSON.stringify(body) } as const;
      gateway.callgear.setFaults([{ route: 'POST delete.contacts', effect }]);
      return addToAddressBook(gateway).contactId;
    },
    code: 'FORBIDDEN',
    isShown: true,
    writes: 1,
  },
];

/** The whole of a deletion, as it should be for a case. */
function expected({ outcome, code, hasUrl, isShown }: Case, contactId: string, field: readonly string[]): unknown {
  const userErrors = outcome === 'REFUSED' || outcome === 'UNSUPPORTED' ? [{ code, message: expect.stringMatching(/\S/), field }] : [];
  return {
    contactId,
    outcome,
    source: code === 'INVALID_ID' ? null : { name: expect.stringMatching(/^(onlyoffice|kommo|callgear)$/) },
    contact: isShown ? { id: contactId, displayName: expect.stringMatching(/Deletable/) } : null,
    url: hasUrl ? expect.stringMatching(/^https?:\/\//) : null,
    error: outcome === 'FAILED' || outcome === 'INDETERMINATE' ? { code } : null,
    userErrors,
  };
}

const isGone = ({ outcome }: Pick<SeenDeletion, 'outcome'>) => outcome === 'DELETED' || outcome === 'ALREADY_ABSENT';

describe('deleteContact', () => {
  it.each(CASES)('says $outcome when $when', async (one) => {
    const contactId = one.contactId();

    const { deletedContactId, deletion, userErrors } = await deleteOne(gateway, contactId);

    expect(deletion).toEqual(expected(one, contactId, ['input', 'id']));
    expect(userErrors).toEqual(deletion.userErrors);
    expect(deletedContactId).toBe(isGone(one) ? contactId : null);
    expect(writesOf(gateway)).toHaveLength(one.writes);
  });

  it.each(CASES.filter(({ outcome }) => outcome === 'UNSUPPORTED'))('calls no CRM for $when', async ({ contactId }) => {
    await deleteOne(gateway, contactId());

    expect(gateway.calls()).toEqual({});
  });

  it('shows where in Kommo a person can do it by hand', async () => {
    const id = gateway.kommo.data.contacts[0]?.id;

    const { deletion } = await deleteOne(gateway, idOf('kommo', id ?? 0));

    expect(deletion.url).toBe(`${gateway.kommo.url}/contacts/detail/${id}`);
  });

  it('says ALREADY_ABSENT of a contact with a deleted status, which ONLYOFFICE shows to nobody: it is gone', async () => {
    await using dangling = await startTestGateway({
      population: { onlyoffice: 2 },
      kommo: null,
      callgear: null,
      onlyoffice: { hasDanglingStatus: true },
    });
    const id = dangling.onlyoffice.portal.contacts.find(({ firstName }) => firstName === 'Dangling')?.id ?? 0;

    const { deletion, deletedContactId } = await deleteOne(dangling, idOf('onlyoffice', id));

    expect(deletion).toMatchObject({ outcome: 'ALREADY_ABSENT', contact: null });
    expect(deletedContactId).toBe(idOf('onlyoffice', id));
    expect(isStored(dangling, 'onlyoffice', id)).toBe(false);
  });

  it('says FAILED, and sends nothing, when ONLYOFFICE cannot be reached', async () => {
    await using unreachable = await startTestGateway({ population: { onlyoffice: 2 }, kommo: null, callgear: null });
    const { contactId } = addToPortal(unreachable);
    await unreachable.onlyoffice.close();

    const { deletion, deletedContactId } = await deleteOne(unreachable, contactId);

    expect(deletion).toMatchObject({ outcome: 'FAILED', contact: null, error: { code: 'UNAVAILABLE' } });
    expect(deletedContactId).toBeNull();
  });
});

describe('deleteContacts', () => {
  it('reaches every outcome in one request, in the order given, each contact once', async () => {
    const together = CASES.filter(({ outcome, when }) => outcome !== 'INDETERMINATE' && !/switched off|token/.test(when));
    const ids = together.map(({ contactId }) => contactId());
    const [broken, denied] = [addToPortal(gateway), addToPortal(gateway)];
    gateway.onlyoffice.setFaults([
      { route: `DELETE /api/2.0/crm/contact/${broken.id}`, ...RESET },
      { route: `DELETE /api/2.0/crm/contact/${denied.id}`, effect: { kind: 'respond', status: 401 } },
    ]);
    const all = [...ids, broken.contactId, denied.contactId];

    const { deletions, deletedContactIds, userErrors } = await deleteMany(gateway, [...all, ...all.slice(0, 3)]);

    expect(deletions.map(({ contactId }) => contactId)).toEqual(all);
    expect(deletions.slice(0, -2)).toEqual(together.map((one, index) => expected(one, ids[index] ?? '', ['input', 'ids', String(index)])));
    expect(deletions.slice(-2).map(({ outcome }) => outcome)).toEqual(['INDETERMINATE', 'FAILED']);
    expect(deletedContactIds).toEqual(ids.filter((_, index) => isGone(together[index] ?? { outcome: '' })));
    expect(userErrors).toEqual(deletions.flatMap((deletion) => deletion.userErrors));
    const portalWrites = writesOf(gateway).filter((write) => write.startsWith('onlyoffice'));
    expect(new Set(portalWrites).size).toBe(portalWrites.length);
  });

  it('takes 25 ids and not 26', async () => {
    const ids = Array.from({ length: 26 }, () => addToPortal(gateway).contactId);

    const tooMany = await deleteMany(gateway, ids);
    expect(tooMany).toMatchObject({
      deletions: [],
      deletedContactIds: [],
      userErrors: [{ code: 'TOO_MANY_IDS', field: ['input', 'ids'] }],
    });
    expect(gateway.calls()).toEqual({});

    const { deletedContactIds } = await deleteMany(gateway, ids.slice(0, 25));
    expect(deletedContactIds).toEqual(ids.slice(0, 25));
    expect(writesOf(gateway)).toHaveLength(25);
  });

  it('deletes nothing for no ids', async () => {
    expect(await deleteMany(gateway, [])).toEqual({ deletions: [], deletedContactIds: [], userErrors: [] });
    expect(gateway.calls()).toEqual({});
  });

  it('sends one CRM four deletions at a time, and the others when those are over', async () => {
    const ids = Array.from({ length: 7 }, () => addToPortal(gateway).contactId);
    gateway.onlyoffice.setFaults([{ route: DELETE_ROUTE, times: 4, effect: { kind: 'hang' } }]);

    const { deletions } = await deleteMany(gateway, ids);

    const sentAt = gateway.requests('onlyoffice').flatMap(({ method, at }) => (method === 'DELETE' ? [at] : []));
    expect(sentAt).toHaveLength(7);
    expect((sentAt[4] ?? 0) - (sentAt[3] ?? 0)).toBeGreaterThan(WRITE_TIMEOUT_MS / 2);
    expect(deletions.map(({ outcome }) => outcome)).toEqual([
      ...Array.from({ length: 4 }, () => 'INDETERMINATE'),
      ...Array.from({ length: 3 }, () => 'DELETED'),
    ]);
  });
});

describe('a dry run', () => {
  it.each(CASES.filter(({ outcome }) => outcome !== 'INDETERMINATE' && outcome !== 'FAILED'))(
    'changes nothing where the outcome is $outcome: $when',
    async (one) => {
      const contactId = one.contactId();

      const { deletion, deletedContactId } = await deleteOne(gateway, contactId, true);
      const [inBulk] = (await deleteMany(gateway, [contactId], true)).deletions;

      const outcome = {
        DELETED: 'WOULD_DELETE',
        // The portal answers the same for a contact that it hides.
        ...(one.when.startsWith('ONLYOFFICE does not know') && { ALREADY_ABSENT: 'INDETERMINATE' }),
        ...(one.when.includes('must not see') && { REFUSED: 'INDETERMINATE' }),
        // CallGear tells its refusals only by refusing.
        ...(/CallGear (depends|forbids)/.test(one.when) && { REFUSED: 'WOULD_DELETE' }),
      }[one.outcome];
      expect(deletion.outcome).toBe(outcome ?? one.outcome);
      expect(inBulk?.outcome).toBe(deletion.outcome);
      expect(deletedContactId).toBe(deletion.outcome === 'ALREADY_ABSENT' ? contactId : null);
      expect(writesOf(gateway)).toEqual([]);
    },
  );

  it('says INDETERMINATE when the CRM cannot be asked', async () => {
    const { contactId, id } = addToPortal(gateway);
    gateway.onlyoffice.setFaults([{ route: `GET /api/2.0/crm/contact/${id}`, effect: { kind: 'respond', status: 500 } }]);

    const { deletion } = await deleteOne(gateway, contactId, true);

    expect(deletion).toMatchObject({ outcome: 'INDETERMINATE', error: { code: 'UNAVAILABLE' } });
    expect(isStored(gateway, 'onlyoffice', id)).toBe(true);
  });
});
