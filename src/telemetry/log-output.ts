import { fstatSync, fsync, writeSync } from 'node:fs';
import { promisify } from 'node:util';

/** How much waits for a reader that is slow; lines beyond that are lost. */
const QUEUE_BYTES_MAX = 1024 * 1024;
const RETRY_MS = 20;
/** How long what has to be written waits for room. */
const FLUSH_MS_MAX = 2_000;
const EXIT_RETRIES_MAX = 10;
const NOTICE_EVERY_MS = 60_000;
export const STANDARD_OUTPUT = 1;
const STANDARD_ERROR = 2;

/** Lines could not be written. */
export class LogWriteError extends Error {
  override readonly name = 'LogWriteError';
}

/** What becomes of lines that cannot be written. */
export interface LogOutputOptions {
  /** Called with each number of lines that are lost. */
  readonly onLost?: (lines: number) => void;
  /** Says that lines are lost, once a minute at most; on standard error when left out. */
  readonly notice?: (text: string) => void;
}

/**
 * Writes lines to an open file or pipe. A full disk, a pipe without a reader and one whose reader is stuck cost lines, never the process: nothing is
 * thrown, nothing piles up, and as soon as there is room again lines are written again.
 *
 * Lines of one turn of the event loop are written together.
 */
export class LogOutput {
  readonly #descriptor: number;
  readonly #options: LogOutputOptions;
  readonly #isFile: boolean;
  #lines: Buffer[] = [];
  #bytes = 0;
  #lost = 0;
  /** Whether the first line that waits is the rest of one. */
  #isHalf = false;
  /** Whether the rest of a line was lost, so that the next one has to begin by ending it. */
  #isTorn = false;
  #isTurnDue = false;
  #isRetryDue = false;
  #noticedAt = -Infinity;

  /** @param descriptor Not blocking, if it is a pipe: `process.stdout` sees to that when it is first used. */
  constructor(descriptor: number, options: LogOutputOptions = {}) {
    this.#descriptor = descriptor;
    this.#options = options;
    this.#isFile = isFile(descriptor);
  }

  /** How many lines were lost so far. */
  get lost(): number {
    return this.#lost;
  }

  /** Writes a line soon. Never throws. @param line With its end. */
  write(line: string): void {
    const bytes = Buffer.from(line);
    if (this.#bytes + bytes.length > QUEUE_BYTES_MAX) return this.#lose(1, 'the reader does not read');
    this.#lines.push(bytes);
    this.#bytes += bytes.length;
    if (this.#isTurnDue) return;
    this.#isTurnDue = true;
    setImmediate(() => {
      this.#isTurnDue = false;
      this.#drain();
    });
  }

  /**
   * Waits until all lines so far are written, and on the disk if it is a file.
   *
   * @param lostBefore `lost` before the first of the lines that matter: one that found no room is lost before anybody can wait for it.
   * @throws LogWriteError when a line was lost since then, or there was no room for two seconds.
   */
  async flush(lostBefore = this.#lost): Promise<void> {
    const giveUpAt = performance.now() + FLUSH_MS_MAX;
    this.#drain();
    while (this.#lines.length > 0 && this.#lost === lostBefore && performance.now() < giveUpAt) {
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
    if (this.#lost > lostBefore || this.#lines.length > 0) throw new LogWriteError('The log cannot be written.');
    if (this.#isFile) await promisify(fsync)(this.#descriptor).catch((cause: unknown) => refuse(cause));
  }

  /** Writes what is left, without waiting for long; for the end of the process. */
  end(): void {
    for (let left = EXIT_RETRIES_MAX; this.#drain() === 'full' && left > 0; left -= 1) sleepSync(RETRY_MS);
    if (this.#lines.length > 0) this.#loseAll('the reader does not read');
  }

  #drain(): 'done' | 'full' {
    while (this.#lines.length > 0) {
      try {
        this.#take(writeSync(this.#descriptor, Buffer.concat(this.#isTorn ? [END_OF_LINE, ...this.#lines] : this.#lines)));
      } catch (error) {
        const code = codeOf(error);
        if (code !== 'EAGAIN') {
          this.#loseAll(code);
          return 'done';
        }
        this.#retrySoon();
        return 'full';
      }
    }
    return 'done';
  }

  #retrySoon(): void {
    if (this.#isRetryDue) return;
    this.#isRetryDue = true;
    setTimeout(() => {
      this.#isRetryDue = false;
      this.#drain();
    }, RETRY_MS).unref();
  }

  /** Takes so many bytes as written. */
  #take(written: number): void {
    let left = written;
    if (this.#isTorn && left > 0) {
      left -= END_OF_LINE.length;
      this.#isTorn = false;
    }
    for (let [line] = this.#lines; line !== undefined && left > 0; [line] = this.#lines) {
      this.#bytes -= Math.min(left, line.length);
      if (left < line.length) this.#lines[0] = line.subarray(left);
      else this.#lines.shift();
      this.#isHalf = left < line.length;
      left -= line.length;
    }
  }

  #loseAll(reason: string): void {
    const lines = this.#lines.length;
    this.#isTorn ||= this.#isHalf;
    this.#isHalf = false;
    this.#lines = [];
    this.#bytes = 0;
    this.#lose(lines, reason);
  }

  #lose(lines: number, reason: string): void {
    this.#lost += lines;
    this.#options.onLost?.(lines);
    const now = performance.now();
    if (now - this.#noticedAt < NOTICE_EVERY_MS) return;
    this.#noticedAt = now;
    const notice = this.#options.notice ?? toStandardError;
    notice(`The log cannot be written (${reason}). Lines lost so far: ${this.#lost}.`);
  }
}

const END_OF_LINE = Buffer.from('\n');

function refuse(cause: unknown): never {
  throw new LogWriteError('The log cannot be brought to the disk.', { cause });
}

function isFile(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isFile();
  } catch {
    return false;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}

function toStandardError(text: string): void {
  try {
    writeSync(STANDARD_ERROR, `${text}\n`);
  } catch {
    // There is nowhere left to say it; the metric counts on.
  }
}

function sleepSync(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
