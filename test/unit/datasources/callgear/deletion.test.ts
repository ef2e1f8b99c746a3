import { describe, expect, it } from 'vitest';
import type { ContactRecord } from '../../../../src/datasources/port/records/contact.ts';
import type { DeletionTarget } from '../../../../src/datasources/port/deletion.ts';
import { SourceError } from '../../../../src/datasources/port/source-error.ts';
import { contactRecord } from '../../../support/in-memory-source.ts';
import { lost, newWrite, page, scriptedCallgear, type Answer, type RpcRequest } from './scripted-callgear.ts';

const DONE: Answer = { result: {} };

function record(id: string): ContactRecord {
  return contactRecord('callgear', id);
}

function target(id: string, before: DeletionTarget['before'] = record(id)): DeletionTarget {
  return { entity: 'contact', idInSource: id, before };
}

/** A CallGear that deletes by script; the contacts in `existing` are there whenever it is asked. */
function deleting(script: (request: RpcRequest) => Answer, existing: readonly number[] = []) {
  return scriptedCallgear((request) => {
    if (request.method === 'delete.contacts') return script(request);
    return page(
      existing.map((id) => ({ id })),
      existing.length,
    );
  });
}

async function outcomesOf({ datasource }: ReturnType<typeof deleting>, targets: readonly DeletionTarget[]) {
  const deletions = await datasource.deleteContacts(targets, newWrite());
  return Object.fromEntries(
    [...deletions].map(([id, deletion]) => [id, deletion.outcome === 'REFUSED' ? deletion.reason : deletion.outcome]),
  );
}

const unreachable = new SourceError('callgear', 'UNAVAILABLE', 'down');

describe('without a call', () => {
  it('companies are unsupported, an id that is none is refused, and an absent contact is absent already', async () => {
    const callgear = deleting(() => DONE);
    const targets: DeletionTarget[] = [
      { entity: 'company', idInSource: '5', before: 'absent' },
      target('6; 7', 'absent'),
      target('08', 'absent'),
      target('9', 'absent'),
    ];
    expect(await outcomesOf(callgear, targets)).toEqual({
      '5': 'UNSUPPORTED',
      '6; 7': 'INVALID_ID',
      '08': 'INVALID_ID',
      '9': 'ALREADY_ABSENT',
    });
    expect(callgear.requests).toEqual([]);
  });

  it('a preview says what would happen', () => {
    const { datasource, requests } = deleting(() => DONE);
    const preview = (before: DeletionTarget['before']) => datasource.previewDeletion(target('5', before)).outcome;
    expect([preview(record('5')), preview('absent'), preview(unreachable)]).toEqual(['WOULD_DELETE', 'ALREADY_ABSENT', 'INDETERMINATE']);
    expect(requests).toEqual([]);
  });
});

describe('one contact', () => {
  it.each<[string, Answer]>([
    ['DELETED', DONE],
    ['DELETED', { result: { data: {}, metadata: {} } }],
    ['FAILED', lost(false)],
  ])('is %s by one call that answers %j', async (outcome, answer) => {
    const callgear = deleting(() => answer, [5]);
    expect(await outcomesOf(callgear, [target('5')])).toEqual({ '5': outcome });
    expect(callgear.requests).toMatchObject([{ method: 'delete.contacts', params: { id: 5 } }]);
  });

  it.each(['entity_not_found', 'dependency_error', 'forbidden'])(
    'that was not seen before costs no second call on %s',
    async (mnemonic) => {
      const callgear = deleting(() => ({ mnemonic }), [5]);
      const outcome = { entity_not_found: 'ALREADY_ABSENT', dependency_error: 'HAS_DEPENDENTS', forbidden: 'FORBIDDEN' }[mnemonic];
      expect(await outcomesOf(callgear, [target('5', unreachable)])).toEqual({ '5': outcome });
      expect(callgear.methods()).toEqual(['delete.contacts']);
    },
  );

  it.each<[string, Answer, readonly number[], DeletionTarget['before']]>([
    ['ALREADY_ABSENT', { mnemonic: 'entity_not_found' }, [], record('5')],
    ['FAILED', { mnemonic: 'entity_not_found' }, [5], record('5')],
    ['HAS_DEPENDENTS', { mnemonic: 'dependency_error' }, [5], record('5')],
    ['DELETED', { mnemonic: 'dependency_error' }, [], record('5')],
    ['FORBIDDEN', { mnemonic: 'forbidden' }, [5], record('5')],
    ['FAILED', { mnemonic: 'limit_exceeded' }, [5], record('5')],
    ['DELETED', { mnemonic: 'limit_exceeded' }, [], record('5')],
    ['FAILED', { mnemonic: 'access_token_blocked' }, [5], record('5')],
    ['FAILED', { mnemonic: 'method_component_disabled' }, [5], record('5')],
    ['INDETERMINATE', { mnemonic: 'account_inactive' }, [], unreachable],
    ['DELETED', lost(), [], record('5')],
    ['INDETERMINATE', lost(), [5], record('5')],
    ['INDETERMINATE', lost(), [], unreachable],
    ['DELETED', { status: 502, text: '<html>' }, [], record('5')],
    ['INDETERMINATE', { status: 502, text: '<html>' }, [5], record('5')],
    ['INDETERMINATE', { status: 200, text: '{"jsonrpc":"2.0","re' }, [5], record('5')],
    // No answers to this delete, though they look like success.
    ['INDETERMINATE', { status: 200, text: '{"jsonrpc":"2.0","id":999,"result":{}}' }, [5], record('5')],
    ['INDETERMINATE', { status: 200, text: '{"jsonrpc":"2.0","id":null,"result":{}}' }, [5], record('5')],
    ['DELETED', { status: 200, text: '{"jsonrpc":"2.0","id":"another","result":{}}' }, [], record('5')],
    ['INDETERMINATE', { result: false }, [5], record('5')],
    ['INDETERMINATE', { result: { data: [], metadata: {} } }, [5], record('5')],
    ['FAILED', { status: 403, text: '<html>' }, [5], record('5')],
    ['FAILED', { mnemonic: 'internal_error' }, [5], record('5')],
    ['DELETED', { mnemonic: 'internal_error' }, [], record('5')],
  ])('whose answer is no success is %s as the read after it shows (%j, then %j)', async (outcome, answer, existing, before) => {
    const callgear = deleting(() => answer, existing);
    expect(await outcomesOf(callgear, [target('5', before)])).toEqual({ '5': outcome });
    expect(callgear.methods()).toEqual(['delete.contacts', 'get.contacts']);
  });

  it.each<[string, Answer]>([
    ['INDETERMINATE', lost()],
    ['INDETERMINATE', { mnemonic: 'internal_error' }],
    ['INDETERMINATE', { mnemonic: 'entity_not_found' }],
    ['HAS_DEPENDENTS', { mnemonic: 'dependency_error' }],
    ['FAILED', { mnemonic: 'account_inactive' }],
  ])('is %s when the read fails too after %j', async (outcome, answer) => {
    const callgear = scriptedCallgear(({ method }) => (method === 'delete.contacts' ? answer : lost()));
    expect(await outcomesOf(callgear, [target('5')])).toEqual({ '5': outcome });
  });

  it('is not settled by a row without an id', async () => {
    const callgear = scriptedCallgear(({ method }) =>
      method === 'delete.contacts' ? { mnemonic: 'internal_error' } : page([{ id: null }], 1),
    );
    expect(await outcomesOf(callgear, [target('5')])).toEqual({ '5': 'INDETERMINATE' });
  });
});

describe('long ids', () => {
  it.each(['9007199254740991', '9007199254740993', '9223372036854775807'])('are deleted by their very digits: %s', async (id) => {
    const callgear = deleting(() => DONE);
    expect(await outcomesOf(callgear, [target(id), target('9007199254740995')])).toEqual({
      [id]: 'DELETED',
      '9007199254740995': 'DELETED',
    });
    expect(await outcomesOf(callgear, [target(id)])).toEqual({ [id]: 'DELETED' });
    expect(callgear.requests.map(({ params: { access_token: _token, ...params } }) => JSON.stringify(params))).toEqual([
      `{"ids":[${id},9007199254740995]}`,
      `{"id":${id}}`,
    ]);
  });

  it.each(['9223372036854775808', '90071992547409930000'])('that CallGear cannot have are refused: %s', async (id) => {
    const callgear = deleting(() => DONE);
    expect(await outcomesOf(callgear, [target(id)])).toEqual({ [id]: 'INVALID_ID' });
    expect(callgear.requests).toEqual([]);
  });
});

describe('several contacts', () => {
  const targets = [target('5'), target('6'), target('7')];

  it('are deleted in one call', async () => {
    const callgear = deleting(() => DONE);
    expect(await outcomesOf(callgear, [...targets, target('5')])).toEqual({ '5': 'DELETED', '6': 'DELETED', '7': 'DELETED' });
    expect(callgear.requests).toMatchObject([{ params: { ids: [5, 6, 7] } }]);
  });

  it('of which one was not seen before: that one goes singly, so that success is said of what was there', async () => {
    const callgear = deleting(({ params }) => (params['id'] === 8 ? { mnemonic: 'entity_not_found' } : DONE));
    expect(await outcomesOf(callgear, [...targets, target('8', unreachable)])).toMatchObject({ '5': 'DELETED', '8': 'ALREADY_ABSENT' });
  });

  it.each(['unexpected_parameters', 'required_parameter_missed'])('go singly for good where ids is refused (%s)', async (mnemonic) => {
    const callgear = deleting(({ params }) => ('ids' in params ? { mnemonic, field: 'ids' } : DONE), [5, 6, 7]);
    expect(await outcomesOf(callgear, targets)).toEqual({ '5': 'DELETED', '6': 'DELETED', '7': 'DELETED' });
    expect(callgear.requests.map(({ params }) => params['id'] ?? params['ids'] ?? 'read')).toEqual([[5, 6, 7], 'read', 5, 6, 7]);
    await outcomesOf(callgear, targets);
    expect(callgear.requests).toHaveLength(8);
  });

  it('go singly where ids is refused and nothing more can be read', async () => {
    const callgear = scriptedCallgear(({ method, params }) => {
      if (method !== 'delete.contacts') return lost();
      return 'ids' in params ? { mnemonic: 'unexpected_parameters', field: 'ids' } : DONE;
    });
    expect(await outcomesOf(callgear, targets)).toEqual({ '5': 'DELETED', '6': 'DELETED', '7': 'DELETED' });
  });

  it('are deleted singly where one of them spoils the batch and nothing was deleted', async () => {
    const callgear = deleting(({ params }) => ('ids' in params || params['id'] === 6 ? { mnemonic: 'dependency_error' } : DONE), [5, 6, 7]);
    expect(await outcomesOf(callgear, targets)).toEqual({ '5': 'DELETED', '6': 'HAS_DEPENDENTS', '7': 'DELETED' });
  });

  it('are not deleted again where the refused batch went through for some', async () => {
    const callgear = deleting(() => ({ mnemonic: 'dependency_error' }), [6]);
    expect(await outcomesOf(callgear, targets)).toEqual({ '5': 'DELETED', '6': 'HAS_DEPENDENTS', '7': 'DELETED' });
    expect(callgear.requests.map(({ params }) => params['id'] ?? params['ids'] ?? 'read')).toEqual([[5, 6, 7], 'read', 6, 'read']);
  });

  it('of which one was gone: it was absent already, the others are deleted singly', async () => {
    const callgear = deleting(({ params }) => ('ids' in params ? { mnemonic: 'entity_not_found', field: 'ids', value: 6 } : DONE), [5, 7]);
    expect(await outcomesOf(callgear, targets)).toEqual({ '5': 'DELETED', '6': 'ALREADY_ABSENT', '7': 'DELETED' });
  });

  it('whose answer is lost are settled by one read and never sent again', async () => {
    const callgear = deleting(() => lost(), [6]);
    expect(await outcomesOf(callgear, targets)).toEqual({ '5': 'DELETED', '6': 'INDETERMINATE', '7': 'DELETED' });
    expect(callgear.methods()).toEqual(['delete.contacts', 'get.contacts']);
  });

  it('all fail where the account is the trouble', async () => {
    const callgear = deleting(() => ({ mnemonic: 'account_inactive' }), [5, 6, 7]);
    expect(await outcomesOf(callgear, targets)).toEqual({ '5': 'FAILED', '6': 'FAILED', '7': 'FAILED' });
    expect(callgear.methods()).toEqual(['delete.contacts', 'get.contacts']);
  });

  it('all fail, with advice, where an agent does not say for whom', async () => {
    const { datasource } = deleting(() => ({ mnemonic: 'required_parameter_missed', field: 'user_id' }), [5, 6, 7]);
    const deletions = await datasource.deleteContacts(targets, newWrite());
    expect(deletions.get('5')).toMatchObject({
      outcome: 'FAILED',
      error: { code: 'FORBIDDEN', message: expect.stringContaining('user id') },
    });
  });
});

describe('a session that turns out to be over', () => {
  const credentials = { kind: 'login', login: 'anna', password: 'secret' } as const;

  it('is renewed for the next deletion: the one that it kept from happening is not sent again', async () => {
    let logIns = 0;
    const callgear = scriptedCallgear(
      ({ method, params }) => {
        if (method === 'login.user') return { result: { data: { access_token: `s${(logIns += 1)}`, expire_at: 1_790_003_600 } } };
        if (params['access_token'] === 's1') return { mnemonic: 'access_token_invalid' };
        return method === 'delete.contacts' ? DONE : page([{ id: 5 }], 1);
      },
      { credentials },
    );
    expect(await outcomesOf(callgear, [target('5')])).toEqual({ '5': 'FAILED' });
    expect(callgear.methods()).toEqual(['login.user', 'delete.contacts', 'login.user', 'get.contacts']);
    expect(await outcomesOf(callgear, [target('5')])).toEqual({ '5': 'DELETED' });
  });

  it('and cannot be renewed is a deletion that surely did not happen', async () => {
    const callgear = scriptedCallgear(({ method }) => (method === 'login.user' ? lost() : DONE), { credentials });
    expect(await outcomesOf(callgear, [target('5')])).toEqual({ '5': 'FAILED' });
    expect(callgear.methods()).toEqual(['login.user']);
  });
});
