import type { ServerResponse } from 'node:http';
import type { Log } from '../datasources/port/log.ts';

/** Answers that are written and that their clients do not take as fast: bounded in time, and in bytes all together. */
export class UntakenAnswers {
  readonly #timeMs: number;
  readonly #bytesMax: number;
  readonly #log: Log;
  /** The one that has waited longest is the first. */
  readonly #waiting = new Map<ServerResponse, NodeJS.Timeout>();

  constructor(timeMs: number, bytesMax: number, log: Log) {
    this.#timeMs = timeMs;
    this.#bytesMax = bytesMax;
    this.#log = log;
  }

  /**
   * Breaks an answer off when its client has not taken it in time, and those that have waited longest when too much waits.
   *
   * @param response Written to its end.
   */
  watch(response: ServerResponse): void {
    if (response.destroyed || response.writableLength === 0) return;
    this.#waiting.set(
      response,
      setTimeout(() => this.#breakOff(response, 'time'), this.#timeMs),
    );
    response.once('close', () => this.#forget(response));
    this.#bound(response);
  }

  #bound(newest: ServerResponse): void {
    let bytes = 0;
    for (const response of this.#waiting.keys()) bytes += response.writableLength;
    for (const response of this.#waiting.keys()) {
      if (bytes <= this.#bytesMax || response === newest) return;
      bytes -= response.writableLength;
      this.#breakOff(response, 'bytes');
    }
  }

  #breakOff(response: ServerResponse, reason: 'time' | 'bytes'): void {
    const untakenBytes = response.writableLength;
    this.#forget(response);
    response.destroy();
    this.#log.warn({ reason, untakenBytes }, 'a client did not take its answer');
  }

  #forget(response: ServerResponse): void {
    clearTimeout(this.#waiting.get(response));
    this.#waiting.delete(response);
  }
}
