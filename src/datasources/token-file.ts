import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import lockfile from 'proper-lockfile';
import { z } from 'zod';
import type { TokenPair, TokenStore } from './token-store.ts';

/** A lock whose holder has not touched it for this long belongs to a dead process. */
const STALE_LOCK_MS = 30_000;

const storedTokens = z.record(
  z.string(),
  z.object({ accessToken: z.string().min(1), refreshToken: z.string().min(1), expiresAt: z.iso.datetime({ offset: true }) }),
);

/** The token file cannot be used as it is. The message says what to do, and shows nothing of the content. */
export class TokenFileError extends Error {
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

  constructor(path: string) {
    this.#path = path;
  }

  async read(source: string): Promise<TokenPair | null> {
    const stored = (await this.#readAll())[source];
    return stored === undefined ? null : { ...stored, expiresAt: new Date(stored.expiresAt) };
  }

  async update(source: string, change: (stored: TokenPair | null) => Promise<TokenPair | null>): Promise<TokenPair | null> {
    await mkdir(dirname(this.#path), { recursive: true });
    const release = await lockfile.lock(this.#path, {
      realpath: false,
      stale: STALE_LOCK_MS,
      retries: { retries: 60, minTimeout: 50, maxTimeout: 1_000, factor: 1.5 },
    });
    try {
      const before = await this.read(source);
      const after = await change(before);
      if (after !== before) await this.#write(source, after);
      return after;
    } finally {
      await release();
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
    const temporary = `${this.#path}.${process.pid}.tmp`;
    try {
      const file = await open(temporary, 'w', 0o600);
      try {
        await file.writeFile(`${JSON.stringify(all, null, 2)}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, this.#path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw new TokenFileError('the token file cannot be written; check TOKEN_STORE and its permissions', { cause: error });
    }
    await syncDirectory(dirname(this.#path));
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
