import { expect, test } from 'vitest';
import type { TokenPair, TokenStore } from '../../src/datasources/credentials/token-store.ts';

/** Where tokens are kept, as two processes see it. */
export interface TokenStoreSubject extends AsyncDisposable {
  readonly store: TokenStore;
  readonly other: TokenStore;
  /** Does what happens to a process that is paused for long: another one takes its lock for dead. */
  loseLock(): Promise<void>;
}

function pairOf(name: string): TokenPair {
  return { accessToken: `access-${name}`, refreshToken: `refresh-${name}`, expiresAt: new Date('2030-01-02T03:04:05.000Z') };
}
const put = (store: TokenStore, name: string, source = 'kommo') => store.update(source, async () => pairOf(name));

/** What every token store promises, be it a file or Redis. */
export function describeTokenStore(create: () => Promise<TokenStoreSubject>): void {
  test('gives back what was stored, to other processes too', async () => {
    await using subject = await create();
    expect(await subject.store.read('kommo')).toBeNull();
    await put(subject.store, 'a');
    expect(await subject.other.read('kommo')).toEqual(pairOf('a'));
  });

  test('keeps the tokens of the other sources, and forgets those that a change takes away', async () => {
    await using subject = await create();
    await put(subject.store, 'a');
    await put(subject.store, 'b', 'second');
    await subject.other.update('kommo', async () => null);
    expect(await subject.store.read('kommo')).toBeNull();
    expect(await subject.store.read('second')).toEqual(pairOf('b'));
  });

  test('makes one change at a time, each on what the one before stored', async () => {
    await using subject = await create();
    const seen: (string | undefined)[] = [];
    let atOnce = 0;
    let most = 0;
    const change = (name: string) => async (stored: TokenPair | null) => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      seen.push(stored?.accessToken);
      await new Promise((resolve) => setTimeout(resolve, 20));
      atOnce -= 1;
      return pairOf(name);
    };
    const stores = [subject.store, subject.other, subject.store];
    await Promise.all(stores.map((store, index) => store.update('kommo', change(String(index)))));
    expect(most).toBe(1);
    expect(new Set(seen).size).toBe(3);
  });

  test('leaves everything as it was when a change fails, and lets the next one in', async () => {
    await using subject = await create();
    await put(subject.store, 'a');
    await expect(subject.store.update('kommo', async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await subject.store.read('kommo')).toEqual(pairOf('a'));
    await put(subject.other, 'b');
    expect(await subject.store.read('kommo')).toEqual(pairOf('b'));
  });

  test('does not write over what another process has stored when the lock was lost meanwhile, but begins anew with that', async () => {
    await using subject = await create();
    await put(subject.store, 'a');
    const seen: (string | undefined)[] = [];
    const result = await subject.store.update('kommo', async (stored) => {
      seen.push(stored?.accessToken);
      if (seen.length > 1) return stored;
      await subject.loseLock();
      await put(subject.other, 'b');
      return pairOf('late');
    });
    expect(seen).toEqual(['access-a', 'access-b']);
    expect(result).toEqual(pairOf('b'));
  });

  test('lets a change go on that checks its turn and still has it', async () => {
    await using subject = await create();
    await subject.store.update('kommo', async (_stored, turn) => {
      await turn.check();
      return pairOf('a');
    });
    expect(await subject.other.read('kommo')).toEqual(pairOf('a'));
  });

  test('stops a change that checks its turn before it sends what must be sent once', async () => {
    await using subject = await create();
    await put(subject.store, 'a');
    let sent = 0;
    let calls = 0;
    await subject.store.update('kommo', async (stored, turn) => {
      calls += 1;
      if (calls > 1) return stored;
      await subject.loseLock();
      await put(subject.other, 'b');
      await turn.check();
      sent += 1;
      return pairOf('late');
    });
    expect({ calls, sent }).toEqual({ calls: 2, sent: 0 });
  });
}
