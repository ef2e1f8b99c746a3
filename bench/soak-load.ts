import { OPERATIONS } from './soak-operations.ts';

/** What became of the requests that ended within one stretch of time. */
export interface Stretch {
  readonly durationsMs: readonly number[];
  /** Requests without an answer, or with a fault of the gateway's own for one. */
  readonly failures: number;
}

/** Sends requests at a constant rate, whether those before are answered or not. */
export class ConstantLoad {
  readonly #url: string;
  readonly #timer: NodeJS.Timeout;
  readonly #underWay = new Set<Promise<void>>();
  #sent = 0;
  #durationsMs: number[] = [];
  #failures = 0;

  constructor(url: string, requestsPerSecond: number) {
    this.#url = url;
    this.#timer = setInterval(() => {
      const request = this.#sendOne().finally(() => this.#underWay.delete(request));
      this.#underWay.add(request);
    }, 1_000 / requestsPerSecond);
  }

  /** What has ended since the last time. */
  takeStretch(): Stretch {
    const stretch = { durationsMs: this.#durationsMs, failures: this.#failures };
    this.#durationsMs = [];
    this.#failures = 0;
    return stretch;
  }

  /** Sends nothing more, and waits for what is under way. */
  async stop(): Promise<Stretch> {
    clearInterval(this.#timer);
    await Promise.all(this.#underWay);
    return this.takeStretch();
  }

  async #sendOne(): Promise<void> {
    this.#sent += 1;
    const operation = OPERATIONS[this.#sent % OPERATIONS.length];
    if (operation === undefined) return;
    const { query, variables, hangsUpAfterMs } = operation(this.#sent);
    const startedAt = performance.now();
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
        ...(hangsUpAfterMs !== undefined && { signal: AbortSignal.timeout(hangsUpAfterMs) }),
      });
      await response.text();
      this.#durationsMs.push(performance.now() - startedAt);
      if (response.status >= 500) this.#failures += 1;
    } catch {
      if (hangsUpAfterMs === undefined) this.#failures += 1;
    }
  }
}
