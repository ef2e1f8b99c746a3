/** The breaker is open: no call goes out. */
export class BreakerOpenError extends Error {
  override readonly name = 'BreakerOpenError';
  /** Milliseconds until the next probe. */
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super('The breaker is open');
    this.retryAfterMs = Math.max(1, Math.ceil(retryAfterMs));
  }
}

/** When a breaker opens, and whom it tells. */
export interface CircuitBreakerOptions {
  /** Failures in a row that open it. */
  readonly failuresMax: number;
  /** How long it stays open before one call is let through as a probe. */
  readonly openMs: number;
  /** Called when it opens; not again when a probe fails and keeps it open. */
  readonly onOpen: () => void;
  /** Called when a probe was answered. */
  readonly onClose: () => void;
}

/**
 * Keeps calls off a server that fails again and again.
 *
 * When the time of an open breaker is over, one call goes through as a probe and the others wait for it. A probe that was answered closes the
 * breaker, one that failed opens it anew, and one that shows nothing (its caller left, or was refused elsewhere) hands over to the next call.
 */
export class CircuitBreaker {
  readonly #options: CircuitBreakerOptions;
  #failures = 0;
  /** On `performance.now()`'s scale; null: closed. */
  #openUntil: number | null = null;
  #probe: PromiseWithResolvers<void> | null = null;

  constructor(options: CircuitBreakerOptions) {
    this.#options = options;
  }

  /** Whether every call may go: `enter` would let one in at once. */
  get isClosed(): boolean {
    return this.#openUntil === null;
  }

  /** @throws BreakerOpenError while no call may go out, probes included. */
  throwIfOpen(): void {
    const waitMs = this.#openUntil === null ? 0 : this.#openUntil - performance.now();
    if (waitMs > 0) throw new BreakerOpenError(waitMs);
  }

  /**
   * Lets one call in. Call what it returns when the call is over, after `noteAnswer` or `noteFailure` if it showed anything.
   *
   * @param wait Waits for another call's probe, no longer than this call may.
   * @throws BreakerOpenError; what `wait` throws.
   */
  async enter(wait: (probe: Promise<void>) => Promise<void>): Promise<() => void> {
    for (;;) {
      this.throwIfOpen();
      if (this.#openUntil === null) return () => undefined;
      if (this.#probe === null) break;
      await wait(this.#probe.promise);
    }
    const probe = Promise.withResolvers<void>();
    this.#probe = probe;
    return () => {
      if (this.#probe === probe) this.#probe = null;
      probe.resolve();
    };
  }

  /** Whether its time is over, and it waits for what a probe shows. */
  isHalfOpen(): boolean {
    return this.#openUntil !== null && this.#openUntil <= performance.now();
  }

  /** The server answered, be it with a refusal. An answer that comes late, while the breaker is open, is not taken for recovery. */
  noteAnswer(): void {
    if (this.#openUntil !== null && this.#openUntil > performance.now()) return;
    this.#failures = 0;
    if (this.#openUntil === null) return;
    this.#openUntil = null;
    this.#options.onClose();
  }

  /** The server failed. A failure that comes late, while the breaker is open, is of a call from before, and does not keep it open. */
  noteFailure(): void {
    if (this.#openUntil !== null && this.#openUntil > performance.now()) return;
    this.#failures += 1;
    const isProbe = this.isHalfOpen();
    if (!isProbe && this.#failures < this.#options.failuresMax) return;
    this.#openUntil = performance.now() + this.#options.openMs;
    if (!isProbe) this.#options.onOpen();
  }
}
