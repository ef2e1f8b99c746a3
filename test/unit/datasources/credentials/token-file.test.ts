import { mkdir, readFile, readdir, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { TokenFile, TokenFileError } from '../../../../src/datasources/credentials/token-file.ts';
import type { TokenPair } from '../../../../src/datasources/credentials/token-store.ts';
import { makeFolder } from '../../../support/processes/child-process.ts';

let folder: Awaited<ReturnType<typeof makeFolder>>;
let path: string;
let file: TokenFile;

beforeEach(async () => {
  folder = await makeFolder();
  path = join(folder.path, 'state', 'tokens.json');
  file = new TokenFile(path);
});
afterEach(async () => {
  vi.useRealTimers();
  await folder[Symbol.asyncDispose]();
});

function pairOf(name: string): TokenPair {
  return { accessToken: `access-${name}`, refreshToken: `refresh-${name}`, expiresAt: new Date('2030-01-02T03:04:05.000Z') };
}
const put = (source: string, name: string, into = file) => into.update(source, async () => pairOf(name));

test('gives back what was stored, in the form that the documentation names, for its owner alone', async () => {
  expect(await file.read('kommo')).toBeNull();
  await put('kommo', 'a');
  expect(await file.read('kommo')).toEqual(pairOf('a'));
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({
    kommo: { accessToken: 'access-a', refreshToken: 'refresh-a', expiresAt: '2030-01-02T03:04:05.000Z' },
  });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(join(folder.path, 'state'))).toEqual(['tokens.json']);
});

test('keeps the tokens of the other sources, and forgets those that a change takes away', async () => {
  await put('kommo', 'a');
  await put('second', 'b');
  await file.update('kommo', async () => null);
  expect(await file.read('kommo')).toBeNull();
  expect(await file.read('second')).toEqual(pairOf('b'));
});

test('makes one change at a time, each on what the one before stored, between two stores too', async () => {
  const other = new TokenFile(path);
  const seen: (string | undefined)[] = [];
  const change = (name: string) => async (stored: TokenPair | null) => {
    seen.push(stored?.accessToken);
    return pairOf(name);
  };
  await Promise.all([file.update('kommo', change('a')), other.update('kommo', change('b')), file.update('kommo', change('c'))]);
  expect(seen[0]).toBeUndefined();
  expect(new Set(seen).size).toBe(3);
});

test('leaves everything as it was when a change fails, and lets the next one in', async () => {
  await put('kommo', 'a');
  const failing = file.update('kommo', async () => {
    throw new Error('refused');
  });
  await expect(failing).rejects.toThrow('refused');
  expect(await file.read('kommo')).toEqual(pairOf('a'));
  await put('kommo', 'b');
  expect(await file.read('kommo')).toEqual(pairOf('b'));
});

test('takes over the lock of a process that died, and what it left half written', async () => {
  await put('kommo', 'a');
  await mkdir(`${path}.lock`);
  const longAgo = new Date(Date.now() - 60_000);
  await utimes(`${path}.lock`, longAgo, longAgo);
  await writeFile(`${path}.tmp`, '{"kommo": {"accessTo');
  await put('kommo', 'b');
  expect(await file.read('kommo')).toEqual(pairOf('b'));
  expect(await readdir(join(folder.path, 'state'))).toEqual(['tokens.json']);
});

/** What happens to a process that is paused for more than ten seconds: another one takes its lock for dead. */
async function loseLock(): Promise<void> {
  const longAgo = new Date(Date.now() - 60_000);
  await utimes(`${path}.lock`, longAgo, longAgo);
}

describe('a change whose lock was taken away meanwhile', () => {
  test('is not written over what the other process has stored, but begins anew with that', async () => {
    await put('kommo', 'a');
    const other = new TokenFile(path);
    const seen: (string | undefined)[] = [];
    const result = await file.update('kommo', async (stored) => {
      seen.push(stored?.accessToken);
      if (seen.length > 1) return stored;
      await loseLock();
      await put('kommo', 'b', other);
      return pairOf('late');
    });
    expect(seen).toEqual(['access-a', 'access-b']);
    expect(result).toEqual(pairOf('b'));
    expect(await file.read('kommo')).toEqual(pairOf('b'));
    expect(await readdir(join(folder.path, 'state'))).toEqual(['tokens.json']);
  });

  test('is written all the same when the other process has stored nothing', async () => {
    await put('kommo', 'a');
    const other = new TokenFile(path);
    let calls = 0;
    await file.update('kommo', async () => {
      calls += 1;
      if (calls === 1) {
        await loseLock();
        await other.update('kommo', async (stored) => stored);
      }
      return pairOf('late');
    });
    expect(await file.read('kommo')).toEqual(pairOf('late'));
  });

  test('goes no further when it checks its turn', async () => {
    await put('kommo', 'a');
    const other = new TokenFile(path);
    let sent = 0;
    let calls = 0;
    await file.update('kommo', async (stored, turn) => {
      calls += 1;
      if (calls > 1) return stored;
      await loseLock();
      await put('kommo', 'b', other);
      await turn.check();
      sent += 1;
      return pairOf('late');
    });
    expect({ calls, sent }).toEqual({ calls: 2, sent: 0 });
    expect(await file.read('kommo')).toEqual(pairOf('b'));
  });

  test('leaves the lock to the one that has it', async () => {
    await put('kommo', 'a');
    const other = new TokenFile(path);
    const { promise: isOver, resolve: end } = Promise.withResolvers<void>();
    const { promise: hasBegun, resolve: begin } = Promise.withResolvers<void>();
    let others: Promise<unknown> = Promise.resolve();
    const failing = file.update('kommo', async () => {
      await loseLock();
      others = other.update('kommo', async () => {
        begin();
        await isOver;
        return pairOf('b');
      });
      await hasBegun;
      throw new Error('refused');
    });
    await expect(failing).rejects.toThrow('refused');
    expect(await readdir(join(folder.path, 'state'))).toContain('tokens.json.lock');
    end();
    await others;
    expect(await file.read('kommo')).toEqual(pairOf('b'));
  });
});

test('writes where a link leads to, and leaves the link', async () => {
  await mkdir(join(folder.path, 'state'));
  await writeFile(join(folder.path, 'real.json'), '{}');
  await symlink(join(folder.path, 'real.json'), path);
  await put('kommo', 'a');
  expect(await readFile(join(folder.path, 'real.json'), 'utf8')).toContain('access-a');
  expect(await file.read('kommo')).toEqual(pairOf('a'));
});

test.each([
  ['no JSON', '{"kommo": {"accessToken": "secret-token"'],
  ['JSON of another form', '{"kommo": {"accessToken": "secret-token"}}'],
])('refuses a file with %s without a word of its content, and does not overwrite it', async (_what, content) => {
  await mkdir(join(folder.path, 'state'));
  await writeFile(path, content);
  const failure = await file.read('kommo').catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(TokenFileError);
  expect(String(failure)).not.toContain('secret-token');
  await expect(put('kommo', 'a')).rejects.toBeInstanceOf(TokenFileError);
  expect(await readFile(path, 'utf8')).toBe(content);
});

test('waits for the changes under way when it is told to settle', async () => {
  const { promise, resolve } = Promise.withResolvers<TokenPair>();
  const update = file.update('kommo', () => promise);
  let isSettled = false;
  const settled = file.settle().then(() => (isSettled = true));
  expect(isSettled).toBe(false);
  resolve(pairOf('a'));
  await settled;
  await update;
  expect(await file.read('kommo')).toEqual(pairOf('a'));
});

test('says so when its folder cannot be used', async () => {
  await writeFile(join(folder.path, 'no-folder'), '');
  await expect(put('kommo', 'a', new TokenFile(join(folder.path, 'no-folder', 'tokens.json')))).rejects.toThrow(/TOKEN_STORE/);
});

test('says at once that the lock cannot be made, and does not wait for it as for one that is held', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  await mkdir(join(folder.path, 'state'));
  // Too old to be another process's, and no folder: it can be neither respected nor taken over.
  await writeFile(`${path}.lock`, '');
  const longAgo = new Date(Date.now() - 60_000);
  await utimes(`${path}.lock`, longAgo, longAgo);
  await expect(put('kommo', 'a')).rejects.toThrow(/check TOKEN_STORE/);
});

test('waits some forty seconds for a lock that another process holds, and says so then', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] });
  await mkdir(`${path}.lock`, { recursive: true });
  const begun = performance.now();
  let isOver = false;
  const outcome = put('kommo', 'a')
    .catch((error: unknown) => error)
    .finally(() => (isOver = true));
  while (!isOver) {
    if (vi.getTimerCount() > 0) vi.advanceTimersToNextTimer();
    await setImmediate();
  }
  await expect(outcome).resolves.toMatchObject({ name: 'TokenFileError', message: expect.stringContaining('held by another process') });
  expect(performance.now() - begun).toBeGreaterThanOrEqual(40_000);
  expect(performance.now() - begun).toBeLessThan(42_000);
});
