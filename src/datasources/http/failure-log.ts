import type { Log } from '../port/log.ts';
import type { SourceError, SourceErrorCode } from '../port/source-error.ts';

/** A failure of one kind is reported once in this time: under load it comes many times a second. */
const TOLD_AGAIN_AFTER_MS = 60_000;

/** Logs a CRM's failures, so that it shows them to whoever looks at nothing else. */
export class FailureLog {
  readonly #source: string;
  readonly #log: Log;
  readonly #toldAt = new Map<SourceErrorCode, number>();
  #limitation: string | null = null;

  constructor(source: string, log: Log) {
    this.#source = source;
    this.#log = log;
  }

  /** Logs a call that failed. @param now On `performance.now()`'s scale. */
  noteFailure({ code, message, httpStatus }: SourceError, now: number): void {
    const toldAt = this.#toldAt.get(code);
    if (toldAt !== undefined && now - toldAt < TOLD_AGAIN_AFTER_MS) return;
    this.#toldAt.set(code, now);
    this.#log.warn({ source: this.#source, code, httpStatus, reason: message }, 'a call to the CRM failed');
  }

  /** Logs a block, every time. */
  noteBlock({ message }: SourceError, coolingMs: number): void {
    const members = { source: this.#source, coolingMs, reason: message };
    this.#log.error(members, 'the CRM refuses this address or account altogether: no calls for a while');
  }

  /** Logs what will not pass by itself, when it begins: a grant that is dead, a right that is missing. */
  noteLimitation(error: SourceError | null): void {
    const { code, message } = error ?? {};
    if (message === this.#limitation) return;
    this.#limitation = message ?? null;
    if (code === undefined) return;
    const members = { source: this.#source, code, reason: message };
    if (code === 'UNAUTHENTICATED') this.#log.error(members, 'the CRM has to be connected again');
    else this.#log.warn(members, 'the CRM does not show everything');
  }
}
