import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addToPortal, idOf, isStored, writesOf, deleteMany, deleteOne, type SeenDeletion } from '../../support/deletions.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { CASES, RESET, type Case } from './outcome-cases.ts';

const WRITE_TIMEOUT_MS = 2_000;
const DELETE_ROUTE = 'DELETE /api/2.0/crm/contact/*';
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
    const contactId = one.contactId(gateway);

    const { deletedContactId, deletion, userErrors } = await deleteOne(gateway, contactId);

    expect(deletion).toEqual(expected(one, contactId, ['input', 'id']));
    expect(userErrors).toEqual(deletion.userErrors);
    expect(deletedContactId).toBe(isGone(one) ? contactId : null);
    expect(writesOf(gateway)).toHaveLength(one.writes);
  });

  it.each(CASES.filter(({ outcome }) => outcome === 'UNSUPPORTED'))('calls no CRM for $when', async ({ contactId }) => {
    await deleteOne(gateway, contactId(gateway));

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
    const ids = together.map(({ contactId }) => contactId(gateway));
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
      const contactId = one.contactId(gateway);

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
