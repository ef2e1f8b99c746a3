import { describe, expect, test } from 'vitest';
import type { Call, CallPriority, CallTurn } from '../../../../src/datasources/port/call.ts';
import { ReadCache } from '../../../../src/datasources/cache/read-cache.ts';
import { SourceError } from '../../../../src/datasources/port/source-error.ts';

function callOf(members: Partial<Call> = {}): Call {
  return { signal: new AbortController().signal, deadline: performance.now() + 60_000, meter: { count: () => undefined }, ...members };
}

function memoryOf(options: { ttlMs?: number; entriesMax?: number } = {}) {
  const clock = { now: 1_000_000 };
  const memory = new ReadCache<string>({
    source: 'kommo',
    ttlMs: options.ttlMs ?? 1000,
    now: () => clock.now,
    ...(options.entriesMax !== undefined && { entriesMax: options.entriesMax }),
  });
  return { clock, memory };
}

/** A read that is answered by hand; notes the calls that it got. */
function heldRead() {
  const calls: Call[] = [];
  const answers: PromiseWithResolvers<string>[] = [];
  const read = (call: Call): Promise<string> => {
    calls.push(call);
    const answer = Promise.withResolvers<string>();
    answers.push(answer);
    return answer.promise;
  };
  return { calls, answers, read };
}

describe('what is remembered', () => {
  test('reads once within the time to live and again after it', async () => {
    const { clock, memory } = memoryOf({ ttlMs: 1000 });
    let reads = 0;
    const read = async () => `answer ${(reads += 1)}`;
    expect(await memory.get('users', callOf(), read)).toBe('answer 1');
    clock.now += 999;
    expect(await memory.get('users', callOf(), read)).toBe('answer 1');
    clock.now += 1;
    expect(await memory.get('users', callOf(), read)).toBe('answer 2');
  });

  test('keeps nothing with a time to live of 0', async () => {
    const { memory } = memoryOf({ ttlMs: 0 });
    let reads = 0;
    const read = async () => `answer ${(reads += 1)}`;
    await memory.get('users', callOf(), read);
    expect(await memory.get('users', callOf(), read)).toBe('answer 2');
  });

  test('takes for fresh only what was read since the moment asked for, and reads afresh once in five seconds at the most', async () => {
    const { clock, memory } = memoryOf({ ttlMs: 60_000 });
    let reads = 0;
    const read = async () => `answer ${(reads += 1)}`;
    await memory.get('users', callOf(), read);
    clock.now += 4_999;
    expect(await memory.get('users', callOf({ freshAfter: clock.now }), read)).toBe('answer 1');
    clock.now += 1;
    expect(await memory.get('users', callOf({ freshAfter: clock.now }), read)).toBe('answer 2');
    clock.now += 4_999;
    expect(await memory.get('users', callOf({ freshAfter: clock.now }), read)).toBe('answer 2');
  });

  test('lets two callers who want fresh answers at once share one read', async () => {
    const { clock, memory } = memoryOf({ ttlMs: 0 });
    const { calls, answers, read } = heldRead();
    const first = memory.get('users', callOf({ freshAfter: clock.now }), read);
    clock.now += 100;
    const second = memory.get('users', callOf({ freshAfter: clock.now }), read);
    answers[0]?.resolve('shared');
    expect(await Promise.all([first, second])).toEqual(['shared', 'shared']);
    expect(calls).toHaveLength(1);
  });

  test('makes equal reads under way one read', async () => {
    const { memory } = memoryOf();
    const { calls, answers, read } = heldRead();
    const both = [memory.get('users', callOf(), read), memory.get('users', callOf(), read)];
    answers[0]?.resolve('shared');
    expect(await Promise.all(both)).toEqual(['shared', 'shared']);
    expect(calls).toHaveLength(1);
  });

  test('does not remember a read that failed', async () => {
    const { memory } = memoryOf();
    const failing = () => Promise.reject(new SourceError('kommo', 'UNAVAILABLE', 'away'));
    await expect(memory.get('users', callOf(), failing)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await memory.get('users', callOf(), async () => 'back')).toBe('back');
  });

  test('lets one waiter leave without failing the other', async () => {
    const { memory } = memoryOf();
    const { calls, answers, read } = heldRead();
    const leaver = new AbortController();
    const left = memory.get('users', callOf({ signal: leaver.signal }), read);
    const stays = memory.get('users', callOf(), read);
    leaver.abort();
    await expect(left).rejects.toMatchObject({ code: 'TIMEOUT', source: 'kommo' });
    expect(calls[0]?.signal.aborted).toBe(false);
    answers[0]?.resolve('answer');
    expect(await stays).toBe('answer');
  });

  test('aborts the read when its last waiter has left, and does not let a later one join it', async () => {
    const { memory } = memoryOf();
    const { calls, answers, read } = heldRead();
    const leaver = new AbortController();
    const left = memory.get('users', callOf({ signal: leaver.signal }), read);
    leaver.abort();
    await expect(left).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect(calls[0]?.signal.aborted).toBe(true);
    const later = memory.get('users', callOf(), read);
    answers[1]?.resolve('second');
    expect(await later).toBe('second');
  });

  test('stops a waiter at its own deadline', async () => {
    const { memory } = memoryOf();
    const { read } = heldRead();
    await expect(memory.get('users', callOf({ deadline: performance.now() + 5 }), read)).rejects.toMatchObject({ code: 'TIMEOUT' });
  });

  test('does not begin a read for a caller whose time is over', async () => {
    const { memory } = memoryOf();
    const { calls, read } = heldRead();
    await expect(memory.get('users', callOf({ deadline: performance.now() - 1 }), read)).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect(calls).toHaveLength(0);
  });

  test('begins anew for a waiter when the read failed by the budget of the one who began it', async () => {
    const { memory } = memoryOf();
    const { answers, read } = heldRead();
    const first = memory.get('users', callOf(), read);
    const second = memory.get('users', callOf(), async () => 'own read');
    answers[0]?.reject(new SourceError('kommo', 'COST_EXCEEDED', 'budget'));
    await expect(first).rejects.toMatchObject({ code: 'COST_EXCEEDED' });
    expect(await second).toBe('own read');
  });

  test('neither joins nor keeps a read that began before it was cleared', async () => {
    const { memory } = memoryOf();
    const { answers, read } = heldRead();
    const before = memory.get('users', callOf(), read);
    memory.clear();
    const after = memory.get('users', callOf(), async () => 'new');
    answers[0]?.resolve('old');
    expect(await before).toBe('old');
    expect(await after).toBe('new');
    expect(await memory.get('users', callOf(), async () => 'unused')).toBe('new');
  });

  test('gives up the oldest answer when there are too many', async () => {
    const { memory } = memoryOf({ entriesMax: 2 });
    for (const key of ['a', 'b', 'c']) await memory.get(key, callOf(), async () => key);
    expect(await memory.get('c', callOf(), async () => 'read again')).toBe('c');
    expect(await memory.get('a', callOf(), async () => 'read again')).toBe('read again');
  });
});

describe('whose turn a shared read takes', () => {
  const turnOf = (caller: string, priority: CallPriority = 'SMALL'): CallTurn => ({ caller, take: () => priority });
  const joinedBy = (call: Call | undefined): string[] => {
    const callers: string[] = [];
    call?.turn?.onJoin?.((turn) => callers.push(`${turn.caller} ${turn.take('kommo')}`));
    return callers;
  };

  test('whoever begins it pays, and each one who joins is reported, before and after somebody listens', async () => {
    const { memory } = memoryOf();
    const { calls, answers, read } = heldRead();
    const first = memory.get('users', callOf({ turn: turnOf('', 'BACKGROUND') }), read);
    const second = memory.get('users', callOf({ turn: turnOf('early') }), read);
    const joined = joinedBy(calls[0]);
    const third = memory.get('users', callOf({ turn: turnOf('late', 'SCAN') }), read);
    expect(calls[0]?.turn?.caller).toBe('');
    expect(calls[0]?.turn?.take('kommo')).toBe('BACKGROUND');
    expect(joined).toEqual(['early SMALL', 'late SCAN']);
    answers[0]?.resolve('shared');
    expect(await Promise.all([first, second, third])).toEqual(['shared', 'shared', 'shared']);
  });

  test('a request that waits for the same read twice has one turn', async () => {
    const { memory } = memoryOf();
    const { calls, answers, read } = heldRead();
    const turn = turnOf('someone');
    const both = [memory.get('users', callOf({ turn }), read), memory.get('users', callOf({ turn }), read)];
    expect(joinedBy(calls[0])).toEqual([]);
    answers[0]?.resolve('shared');
    await Promise.all(both);
  });

  test('a read within a read hears who joins the outer one', async () => {
    const outer = memoryOf().memory;
    const inner = memoryOf().memory;
    const { calls, answers, read } = heldRead();
    const first = outer.get('page', callOf({ turn: turnOf('', 'BACKGROUND') }), (call) => inner.get('users', call, read));
    const joined = joinedBy(calls[0]);
    const second = outer.get('page', callOf({ turn: turnOf('person') }), read);
    expect(joined).toEqual(['person SMALL']);
    answers[0]?.resolve('shared');
    expect(await Promise.all([first, second])).toEqual(['shared', 'shared']);
  });
});
