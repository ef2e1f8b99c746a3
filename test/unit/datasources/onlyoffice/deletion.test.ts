import { describe, expect, test } from 'vitest';
import type { DeletionTarget } from '../../../../src/datasources/port/deletion.ts';
import {
  aCall,
  aPerson,
  aWriteCall,
  errorEnvelope,
  objectEnvelope,
  startStubPortal,
  type StubPortal,
  type StubAnswer,
  type StubReply,
} from './stub-portal.ts';

const notFound: StubReply = { status: 404, body: errorEnvelope(404, 'Not found') };
const denied: StubReply = { status: 403, body: errorEnvelope(403, 'Access Denied') };

/** A portal with the contact 7; `reply` spoils the answer to the DELETE, which is carried out or not. */
function startPortal(options: { reply?: StubReply; isCarriedOut?: boolean; row?: object; credential?: Record<string, string> }) {
  let isThere = true;
  return startStubPortal(
    ({ method, path }) => {
      if (path === '/api/2.0/authentication') return { status: 201, body: objectEnvelope({ token: 't' }) };
      if (!path.endsWith('/7') || !isThere) return notFound;
      if (method !== 'DELETE') return { body: objectEnvelope(aPerson(7, options.row)) };
      isThere = !(options.isCarriedOut ?? options.reply === undefined);
      return options.reply ?? { body: objectEnvelope(aPerson(7)) };
    },
    options.credential === undefined ? {} : { credential: options.credential },
  );
}

async function targetOf(portal: StubPortal, id = '7'): Promise<DeletionTarget> {
  const before = (await portal.source.findByIds('contact', [id], new Set(), aCall())).get(id) ?? 'absent';
  return { entity: 'contact', idInSource: id, before };
}

async function deleteOne(portal: StubPortal, target: DeletionTarget) {
  return (await portal.source.deleteContacts([target], aWriteCall())).get(target.idInSource);
}

function deletes(portal: StubPortal): string[] {
  return portal.requests.filter(({ method }) => method === 'DELETE').map(({ path }) => path);
}

test('a contact is deleted by one DELETE to its own path', async () => {
  await using portal = await startPortal({});

  expect(await deleteOne(portal, await targetOf(portal))).toEqual({ outcome: 'DELETED' });
  expect(portal.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /api/2.0/crm/contact/7',
    'DELETE /api/2.0/crm/contact/7',
  ]);
  expect(portal.requests[1]).toMatchObject({ authorization: 'static-token', body: '' });
});

test('a contact that is gone already is ALREADY_ABSENT', async () => {
  await using portal = await startPortal({});

  expect(await deleteOne(portal, await targetOf(portal, '8'))).toEqual({ outcome: 'ALREADY_ABSENT' });
});

describe('a refusal', () => {
  test.each([
    [{ canEdit: true, canDelete: false }, 'HAS_DEPENDENTS'],
    [{ canEdit: false, canDelete: false }, 'FORBIDDEN'],
    [{ canEdit: true, canDelete: true }, 'FORBIDDEN'],
  ])('of a contact with %j is %s', async (row, reason) => {
    await using portal = await startPortal({ reply: denied, row });

    expect(await deleteOne(portal, await targetOf(portal))).toMatchObject({ outcome: 'REFUSED', reason });
    expect(deletes(portal)).toHaveLength(1);
  });

  test('of a contact that cannot be seen is FORBIDDEN', async () => {
    await using portal = await startStubPortal(({ method }) => (method === 'DELETE' ? denied : notFound));

    expect(await deleteOne(portal, await targetOf(portal))).toMatchObject({ outcome: 'REFUSED', reason: 'FORBIDDEN' });
  });
});

test('a refusal of a contact that is gone afterwards was none', async () => {
  await using portal = await startPortal({ reply: denied, isCarriedOut: true });

  expect(await deleteOne(portal, await targetOf(portal))).toEqual({ outcome: 'DELETED' });
  expect(deletes(portal)).toHaveLength(1);
});

describe.each<[string, StubAnswer]>([
  ['a 400', { status: 400, body: errorEnvelope(400, 'bad path') }],
  ['a 403 of a fault', { status: 403, body: errorEnvelope(403, 'Transaction already open.') }],
  ['a 403 that is said to whoever may not use the CRM', { status: 403, body: errorEnvelope(403, 'Forbidden') }],
  ['a 403 from before the portal', { status: 403, body: '' }],
])('%s', (_, reply) => {
  test('of a contact that is gone afterwards was no failure', async () => {
    await using portal = await startPortal({ reply, isCarriedOut: true });

    expect(await deleteOne(portal, await targetOf(portal))).toEqual({ outcome: 'DELETED' });
    expect(deletes(portal)).toHaveLength(1);
  });

  test('of a contact that is still there is FAILED', async () => {
    await using portal = await startPortal({ reply, isCarriedOut: false });

    expect(await deleteOne(portal, await targetOf(portal))).toMatchObject({ outcome: 'FAILED', error: { httpStatus: reply.status } });
    expect(portal.requests.map(({ method }) => method)).toEqual(['GET', 'DELETE', 'GET']);
  });

  test('of a contact that says that it cannot be deleted is REFUSED', async () => {
    await using portal = await startPortal({ reply, isCarriedOut: false, row: { canEdit: true, canDelete: false } });

    expect(await deleteOne(portal, await targetOf(portal))).toMatchObject({ outcome: 'REFUSED', reason: 'HAS_DEPENDENTS' });
  });

  test('of a contact that was not seen before says nothing', async () => {
    await using portal = await startPortal({ reply, isCarriedOut: true });

    expect(await deleteOne(portal, { entity: 'contact', idInSource: '7', before: 'absent' })).toMatchObject({ outcome: 'INDETERMINATE' });
  });
});

describe('ids that are none', () => {
  test.each([
    '',
    ' ',
    '0',
    '-7',
    '07',
    'filter',
    '../contact/filter',
    'filter?contactListView=All',
    '7/',
    '7;8',
    '7,8',
    '2147483648',
    '７',
    '*',
  ])('%j reaches no URL', async (idInSource) => {
    await using portal = await startPortal({});

    expect(await deleteOne(portal, { entity: 'contact', idInSource, before: 'absent' })).toMatchObject({
      outcome: 'REFUSED',
      reason: 'INVALID_ID',
    });
    expect(portal.requests).toHaveLength(0);
  });

  test('one of them does not stop the others', async () => {
    await using portal = await startPortal({});
    const target = await targetOf(portal);

    const deletions = await portal.source.deleteContacts([{ ...target, idInSource: 'filter' }, target, target], aWriteCall());

    expect([...deletions].map(([id, { outcome }]) => [id, outcome])).toEqual([
      ['filter', 'REFUSED'],
      ['7', 'DELETED'],
    ]);
    expect(deletes(portal)).toEqual(['/api/2.0/crm/contact/7']);
  });

  test('a company of another entity is UNSUPPORTED without a call', async () => {
    await using portal = await startPortal({});

    expect(await deleteOne(portal, { entity: 'company', idInSource: '7', before: 'absent' })).toEqual({ outcome: 'UNSUPPORTED' });
    expect(portal.requests).toHaveLength(0);
  });
});

describe('an answer that does not say what happened', () => {
  const lost: readonly [string, StubReply][] = [
    ['a reset', 'reset'],
    ['HTML from a proxy', { status: 502, body: '<html>502 Bad Gateway</html>' }],
    ['half a body', { body: '{"count":1,"status":0,"resp' }],
    ['nothing', { body: '' }],
    ['another contact', { body: objectEnvelope(aPerson(9)) }],
    ['no contact', { body: objectEnvelope({}) }],
  ];

  test.each(lost)('%s after the deletion is settled by reading', async (_, reply) => {
    await using portal = await startPortal({ reply, isCarriedOut: true });

    expect(await deleteOne(portal, await targetOf(portal))).toEqual({ outcome: 'DELETED' });
    expect(deletes(portal)).toHaveLength(1);
  });

  test.each(lost)('%s with the contact still there may still be under way', async (_, reply) => {
    await using portal = await startPortal({ reply, isCarriedOut: false });

    expect(await deleteOne(portal, await targetOf(portal))).toMatchObject({ outcome: 'INDETERMINATE' });
    expect(deletes(portal)).toHaveLength(1);
  });

  test.each(lost)('%s for a contact that was not seen before proves nothing', async (_, reply) => {
    await using portal = await startPortal({ reply, isCarriedOut: true });

    expect(await deleteOne(portal, { entity: 'contact', idInSource: '7', before: 'absent' })).toMatchObject({ outcome: 'INDETERMINATE' });
  });

  test.each<[string, StubReply]>([
    ['a fault of the portal', { status: 500, body: errorEnvelope(500, 'Object reference') }],
    ['a refused token', { status: 401, body: 'Unauthorized' }],
    ['an unpaid portal', { status: 402, body: '' }],
  ])('%s is FAILED when the contact is still there, and DELETED when it is not', async (_, reply) => {
    for (const isCarriedOut of [true, false]) {
      await using portal = await startPortal({ reply, isCarriedOut });

      expect(await deleteOne(portal, await targetOf(portal))).toMatchObject({ outcome: isCarriedOut ? 'DELETED' : 'FAILED' });
      expect(deletes(portal)).toHaveLength(1);
    }
  });

  test.each([[{}], [null], [aPerson(9)]])(
    'a 400 after which the portal shows %j and not the contact may have been carried out',
    async (shown) => {
      let isSent = false;
      await using portal = await startStubPortal(({ method }) => {
        if (method !== 'DELETE') return { body: objectEnvelope(isSent ? shown : aPerson(7)) };
        isSent = true;
        return { status: 400, body: errorEnvelope(400, 'bad path') };
      });

      expect(await deleteOne(portal, await targetOf(portal))).toMatchObject({ outcome: 'INDETERMINATE', error: { httpStatus: 400 } });
    },
  );

  test('a 404 for a contact that is still shown is FAILED, not absence', async () => {
    await using portal = await startPortal({ reply: notFound, isCarriedOut: false });

    expect(await deleteOne(portal, await targetOf(portal))).toMatchObject({ outcome: 'FAILED', error: { code: 'BAD_RESPONSE' } });
  });

  test('a 404 for a contact that was shown and cannot be looked at any more is neither absence nor failure', async () => {
    let isDown = false;
    await using portal = await startStubPortal(({ method }) => {
      if (method === 'DELETE') isDown = true;
      if (method === 'DELETE') return notFound;
      return isDown ? { status: 402, body: '' } : { body: objectEnvelope(aPerson(7)) };
    });

    expect(await deleteOne(portal, await targetOf(portal))).toMatchObject({ outcome: 'INDETERMINATE', error: { code: 'BAD_RESPONSE' } });
  });
});

test('a log-in that fails before the DELETE is FAILED, and nothing is sent', async () => {
  await using portal = await startStubPortal(() => ({ status: 500, body: errorEnvelope(500, 'User authentication failed') }), {
    credential: { username: 'anna', password: 'wrong' },
  });

  expect(await deleteOne(portal, { entity: 'contact', idInSource: '7', before: 'absent' })).toMatchObject({
    outcome: 'FAILED',
    error: { code: 'UNAUTHENTICATED', wasSent: false },
  });
  expect(deletes(portal)).toHaveLength(0);
});

test('a DELETE that is refused for its token is not sent again', async () => {
  await using portal = await startPortal({ reply: { status: 401, body: 'Unauthorized' }, credential: { username: 'anna', password: 'p' } });

  expect(await deleteOne(portal, await targetOf(portal))).toMatchObject({ outcome: 'FAILED', error: { code: 'UNAUTHENTICATED' } });
  expect(deletes(portal)).toHaveLength(1);
});

describe('a preview', () => {
  test.each([
    [{ canEdit: true, canDelete: true }, { outcome: 'WOULD_DELETE' }],
    [
      { canEdit: true, canDelete: false },
      { outcome: 'REFUSED', reason: 'HAS_DEPENDENTS' },
    ],
    [
      { canEdit: false, canDelete: false },
      { outcome: 'REFUSED', reason: 'FORBIDDEN' },
    ],
  ])('of a contact with %j is %j', async (row, expected) => {
    await using portal = await startPortal({ row });

    expect(portal.source.previewDeletion(await targetOf(portal))).toMatchObject(expected);
    expect(deletes(portal)).toHaveLength(0);
  });

  test('of a contact that is not shown is not certain: it may be hidden', async () => {
    await using portal = await startPortal({});
    const target: DeletionTarget = { entity: 'contact', idInSource: '8', before: 'absent' };

    expect(portal.source.previewDeletion(target)).toMatchObject({ outcome: 'INDETERMINATE', error: { name: 'SourceError' } });
    expect(portal.source.previewDeletion({ ...target, idInSource: 'filter' })).toMatchObject({ outcome: 'REFUSED', reason: 'INVALID_ID' });
  });
});
