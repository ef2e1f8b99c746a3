import { randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import lockfile from 'proper-lockfile';
import { sleep } from '../../platform/timers.ts';

/** A lock whose holder has not touched it for this long belongs to a dead process, or to one that sleeps. Holders touch it twice as often. */
const STALE_LOCK_MS = 10_000;
/** How long a lock that a living process holds is tried for, and the pauses between the tries, which grow. */
const LOCK_TIMEOUT_MS = 40_000;
const LOCK_PAUSE_MIN_MS = 50;
const LOCK_PAUSE_MAX_MS = 1_000;

/**
 * A lock on a file between processes: a folder `….lock` beside it.
 *
 * A process that is paused for ten seconds (a suspended machine, a debugger, a frozen container) loses it to another one and does not notice by
 * itself. So the holder is written down in `….holder`, and whoever is about to do what must be done once asks `isHeld` first.
 */
export class FileLock {
  readonly #holderPath: string;
  readonly #holder: string;
  readonly #release: () => Promise<void>;
  readonly #wasTakenAway: () => boolean;

  private constructor(holderPath: string, holder: string, release: () => Promise<void>, wasTakenAway: () => boolean) {
    this.#holderPath = holderPath;
    this.#holder = holder;
    this.#release = release;
    this.#wasTakenAway = wasTakenAway;
  }

  /** Waits for the lock. @throws Error with the code ELOCKED when another process holds it for 40 s; of the file system otherwise, at once. */
  static async acquire(path: string): Promise<FileLock> {
    let isTakenAway = false;
    const release = await lockWhenFree(path, () => {
      isTakenAway = true;
    });
    const holderPath = `${path}.holder`;
    const holder = randomUUID();
    try {
      await writeFile(holderPath, holder, { mode: 0o600 });
    } catch (error) {
      await release().catch(() => undefined);
      throw error;
    }
    return new FileLock(holderPath, holder, release, () => isTakenAway);
  }

  /** Whether no other process has taken the lock away. */
  async isHeld(): Promise<boolean> {
    if (this.#wasTakenAway()) return false;
    return (await readFile(this.#holderPath, 'utf8').catch(() => '')) === this.#holder;
  }

  /** Gives the lock back, unless it is another's by now. Never rejects. */
  async release(): Promise<void> {
    if (!(await this.isHeld())) return;
    await rm(this.#holderPath, { force: true }).catch(() => undefined);
    await this.#release().catch(() => undefined);
  }
}

/** Whether the lock could not be had because another process holds it. */
export function isHeldByAnother(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ELOCKED';
}

/** The library's own retries would repeat every error, and a folder that cannot be written to would be reported after 40 seconds. */
async function lockWhenFree(path: string, onTakenAway: () => void): Promise<() => Promise<void>> {
  const giveUpAt = performance.now() + LOCK_TIMEOUT_MS;
  for (let pauseMs = LOCK_PAUSE_MIN_MS; ; pauseMs = Math.min(pauseMs * 1.5, LOCK_PAUSE_MAX_MS)) {
    try {
      return await lockfile.lock(path, { realpath: false, stale: STALE_LOCK_MS, retries: 0, onCompromised: onTakenAway });
    } catch (error) {
      if (!isHeldByAnother(error) || performance.now() >= giveUpAt) throw error;
    }
    await sleep(pauseMs * (0.5 + Math.random() / 2));
  }
}
