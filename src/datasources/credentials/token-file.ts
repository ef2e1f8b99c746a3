import { mkdir, open, readFile, realpath, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { FileLock, isHeldByAnother } from './file-lock.ts';
import { LostTurnError, TokenStoreError, type Change, type TokenPair, type TokenStore } from './token-store.ts';
import { TokenTurns } from './token-turns.ts';

const storedTokens = z.record(
  z.string(),
  z.object({ accessToken: z.string().min(1), refreshToken: z.string().min(1), expiresAt: z.iso.datetime({ offset: true }) }),
);

/** The token file cannot be used as it is. The message says what to do, and shows nothing of the content. */
export class TokenFileError extends TokenStoreError {
  override readonly name = 'TokenFileError';
}

/**
 * Keeps rotating tokens in one JSON file: `{"kommo": {"accessToken": …, "refreshToken": …, "expiresAt": "2026-01-01T00:00:00Z"}}`.
 *
 * A change is made under a lock that other processes respect, and is on disk (fsync, then rename) before it is used: a process that dies at any
 * point leaves either the old file or the new one. The file is readable by its owner only.
 */
export class TokenFile implements TokenStore {
  readonly #path: string;
  readonly #turns = new TokenTurns<FileLock>(
    (cause) => new TokenFileError('the token file was taken by other processes again and again', { cause }),
  );

  constructor(path: string) {
    this.#path = resolve(path);
  }

  async read(source: string): Promise<TokenPair | null> {
    const stored = (await this.#readAll())[source];
    return stored === undefined ? null : { ...stored, expiresAt: new Date(stored.expiresAt) };
  }

  update(source: string, change: Change): Promise<TokenPair | null> {
    return this.#turns.take(
      () => this.#lock(),
      (lock) => this.#takeTurn(source, change, lock),
    );
  }

  settle(): Promise<void> {
    return this.#turns.settle();
  }

  /** @throws LostTurnError when another process has taken the lock, as from a process that slept: nothing is written then. */
  async #takeTurn(source: string, change: Change, lock: FileLock): Promise<TokenPair | null> {
    const check = async () => {
      if (!(await lock.isHeld())) throw new LostTurnError();
    };
    const before = await this.read(source);
    const after = await change(before, { check });
    if (after === before) return after;
    await check();
    await this.#write(source, after);
    return after;
  }

  /** @throws TokenFileError when another process does not let go, or the folder cannot be written to. */
  async #lock(): Promise<FileLock> {
    try {
      await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
      return await FileLock.acquire(this.#path);
    } catch (error) {
      const what = isHeldByAnother(error) ? 'is held by another process' : 'cannot be locked; check TOKEN_STORE and its permissions';
      throw new TokenFileError(`the token file ${what}`, { cause: error });
    }
  }

  async #readAll(): Promise<z.infer<typeof storedTokens>> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
      throw new TokenFileError('the token file cannot be read; check TOKEN_STORE and its permissions', { cause: error });
    }
    try {
      return storedTokens.parse(text.trim() === '' ? {} : JSON.parse(text));
    } catch {
      throw new TokenFileError('the token file is not of the expected form; mend it, or delete it and connect again');
    }
  }

  async #write(source: string, pair: TokenPair | null): Promise<void> {
    const { [source]: _replaced, ...others } = await this.#readAll();
    const all = pair === null ? others : { ...others, [source]: { ...pair, expiresAt: pair.expiresAt.toISOString() } };
    // Where the file is a link, what it leads to is replaced, and the link stays.
    const path = await realpath(this.#path).catch(() => this.#path);
    // Under the lock there is one writer; what a dead one left is overwritten.
    const temporary = `${path}.tmp`;
    try {
      await rm(temporary, { force: true });
      const file = await open(temporary, 'wx', 0o600);
      try {
        await file.writeFile(`${JSON.stringify(all, null, 2)}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, path);
      await syncDirectory(dirname(path));
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw new TokenFileError('the token file cannot be written; check TOKEN_STORE and its permissions', { cause: error });
    }
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
