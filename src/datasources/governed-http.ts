import type { CallGate } from './call-gate.ts';
import type { CallObserver, ObservedCall } from './call-observer.ts';
import { BreakerOpenError, CircuitBreaker } from './circuit-breaker.ts';
import { QUOTA_WINDOWS, type Call, type SourceQuota, type WriteCall } from './contact-source.ts';
import { GovernorRefusal, type Governor, type Place } from './governor.ts';
import { TransportError, sendHttp } from './http-transport.ts';
import type { Log } from './log.ts';
import { withinCall } from './remembered.ts';
import { SourceError } from './source-error.ts';
import { SourceHealthRecord } from './source-health.ts';
import type { HttpRequest, HttpResponse, ReportedQuota, SourceHttp, SourceHttpOptions } from './source-http.ts';

/** Sends of one read, the first included. */
const READ_ATTEMPTS_MAX = 3;
const BACK_OFF_MS = 200;
/** Failures in a row that open the breaker, and how long it stays open before one probe is let through. */
const BREAKER_FAILURES = 5;
const BREAKER_OPEN_MS = 10_000;
/** After a "too often" without a word on how long. */
const PAUSE_MS = 1_000;
/** How long a source that refuses this address or account altogether is left alone. */
const BLOCK_COOLING_MS = 10 * 60_000;
/** A read that the deadline cuts ends some milliseconds before it, as timers go: a write that waited for it comes too late as well. */
const SEND_MARGIN_MS = 20;
/** A call that its deadline ended after this share of the time that a source has was met with silence; a shorter wait proves nothing. */
const SILENCE_SHARE = 0.5;
const WRITE_TIMEOUT_MS = 10_000;

export interface GovernedHttpDependencies {
  readonly governor: Governor;
  readonly log: Log;
  /** Longest wait for one answer. */
  readonly sourceTimeoutMs: number;
  /** A write's own time once it is sent, which the request's deadline does not cut; 10,000 when left out. */
  readonly writeTimeoutMs?: number;
  readonly observeCall?: CallObserver;
}

/** The way to one CRM, over HTTP, under the governor. See SourceHttp for its promises. */
export class GovernedHttp implements SourceHttp {
  readonly #options: SourceHttpOptions;
  readonly #dependencies: GovernedHttpDependencies;
  readonly #credentialGate: CallGate;
  readonly #gates: readonly CallGate[];
  readonly #breaker: CircuitBreaker;
  /** The call whose answer is being interpreted. */
  #answered: Place | null = null;
  readonly #health = new SourceHealthRecord();

  constructor(options: SourceHttpOptions, dependencies: GovernedHttpDependencies) {
    this.#options = options;
    this.#dependencies = dependencies;
    const keys = [`credential ${options.credential}`, `host ${new URL(options.baseUrl).host}`];
    this.#gates = dependencies.governor.gates(keys, options);
    this.#credentialGate = this.#gates[0] as CallGate;
    this.#breaker = this.#createBreaker();
  }

  async read<T>(request: () => HttpRequest | Promise<HttpRequest>, call: Call, interpret: (response: HttpResponse) => T): Promise<T> {
    for (let attempt = 1, earlier: SourceError | null = null; ; attempt += 1) {
      try {
        return await this.#underBreaker(call, async () => this.#attempt(await request(), call, interpret));
      } catch (error) {
        const failure = error as SourceError;
        // A repetition that could not go out tells less than what it was to mend.
        if (earlier !== null && !wasTried(failure)) throw earlier;
        earlier = failure;
        const waitMs = waitBeforeRetry(failure, attempt);
        if (waitMs === null || performance.now() + waitMs >= call.deadline || call.signal.aborted) throw failure;
        await sleep(waitMs, call.signal);
      }
    }
  }

  async write<T>(request: HttpRequest, write: WriteCall, interpret: (response: HttpResponse) => T): Promise<T> {
    const place = await this.#acquire(write.deadline);
    try {
      if (performance.now() >= write.deadline - SEND_MARGIN_MS)
        throw this.#error('TIMEOUT', 'the time was up before the write could be sent', { wasSent: false });
      countBeforeSending(write.meter, this.#options.source);
      const timeoutMs = this.#dependencies.writeTimeoutMs ?? WRITE_TIMEOUT_MS;
      return await this.#send(request, { place, timeoutMs, sendBy: write.deadline }, interpret);
    } finally {
      place.release();
    }
  }

  async authenticate<T>(request: HttpRequest, interpret: (response: HttpResponse) => T): Promise<T> {
    const timeoutMs = this.#dependencies.sourceTimeoutMs;
    try {
      this.#breaker.throwIfOpen();
    } catch (error) {
      throw this.#refusedByBreaker(error);
    }
    const place = await this.#acquire(performance.now() + timeoutMs);
    try {
      return await this.#send(request, { place, timeoutMs }, interpret);
    } finally {
      place.release();
    }
  }

  noteQuotas(quotas: readonly ReportedQuota[]): void {
    if (this.#answered === null) this.#dependencies.governor.noteQuotas(this.#credentialGate, quotas);
    else this.#answered.noteQuotas(this.#credentialGate, quotas);
  }

  noteLimitation(error: SourceError | null): void {
    this.#health.noteLimitation(error);
  }

  health() {
    const now = performance.now();
    return this.#health.read({
      quotas: leastByWindow(this.#gates.flatMap((gate) => gate.quotas(now, Date.now()))),
      isThrottled: this.#gates.some((gate) => gate.isPaused(now)),
      isBlocked: this.#gates.some((gate) => gate.isBlocked(now)),
    });
  }

  #createBreaker(): CircuitBreaker {
    const { source } = this.#options;
    const { log } = this.#dependencies;
    return new CircuitBreaker({
      failuresMax: BREAKER_FAILURES,
      openMs: BREAKER_OPEN_MS,
      onOpen: () => log.warn({ source, openMs: BREAKER_OPEN_MS }, 'the CRM failed repeatedly: no calls for a moment'),
      onClose: () => log.info({ source }, 'the CRM answers again'),
    });
  }

  /** The breaker sees one attempt at a time, so that retries of one read can open it and one probe can close it. */
  async #underBreaker<T>(call: Call, attempt: () => Promise<T>): Promise<T> {
    const leave = await this.#breaker
      .enter((probe) => withinCall(this.#options.source, probe, call))
      .catch((error: unknown) => {
        throw this.#refusedByBreaker(error);
      });
    try {
      return await attempt();
    } finally {
      leave();
    }
  }

  #refusedByBreaker(error: unknown): unknown {
    if (!(error instanceof BreakerOpenError)) return error;
    const { retryAfterMs } = error;
    return this.#error('UNAVAILABLE', 'failed repeatedly and is left alone for a moment', { retryAfterMs, wasSent: false });
  }

  async #attempt<T>(request: HttpRequest, call: Call, interpret: (response: HttpResponse) => T): Promise<T> {
    const place = await this.#acquire(call.deadline, call.signal);
    try {
      call.meter.count(this.#options.source);
      const timeoutMs = Math.min(this.#dependencies.sourceTimeoutMs, call.deadline - performance.now());
      return await this.#send(request, { place, timeoutMs, call }, interpret);
    } finally {
      place.release();
    }
  }

  async #acquire(deadline: number, signal?: AbortSignal): Promise<Place> {
    try {
      return await this.#dependencies.governor.acquire(this.#gates, deadline, signal);
    } catch (error) {
      if (!(error instanceof GovernorRefusal)) throw this.#error('TIMEOUT', 'was not asked in time', { cause: error, wasSent: false });
      throw this.#error(error.refusal, REFUSAL_TEXTS[error.refusal], {
        wasSent: false,
        ...(error.refusal !== 'TIMEOUT' && { retryAfterMs: error.retryAfterMs }),
      });
    }
  }

  async #send<T>(request: HttpRequest, sending: Sending, interpret: (response: HttpResponse) => T): Promise<T> {
    const { place, timeoutMs, call, sendBy } = sending;
    const startedAt = performance.now();
    try {
      const options = {
        timeoutMs,
        onAnswer: () => place.noteArrival(),
        ...(call && { signal: call.signal }),
        ...(sendBy !== undefined && { sendBy }),
      };
      const response = await sendHttp(this.#options.baseUrl, request, options).catch((error: unknown) => {
        throw this.#transportFailure(error, startedAt, call);
      });
      if (response.status >= 300 && response.status < 400) {
        throw this.#error('BAD_RESPONSE', 'answered with a redirect; its configured URL may be wrong', { httpStatus: response.status });
      }
      const value = this.#interpreted(response, place, interpret);
      this.#breaker.noteAnswer();
      this.#health.noteSuccess(performance.now() - startedAt);
      this.#observe('OK', startedAt);
      return value;
    } catch (error) {
      const failure =
        error instanceof SourceError ? error : this.#error('BAD_RESPONSE', 'sent an answer that could not be read', { cause: error });
      this.#observe(failure.code, startedAt);
      if (isServerTrouble(failure)) this.#breaker.noteFailure();
      else if (hasAnswer(failure)) this.#breaker.noteAnswer();
      if (hasAnswer(failure) || isServerTrouble(failure)) this.#noteFailure(failure, performance.now() - startedAt);
      throw failure;
    }
  }

  #interpreted<T>(response: HttpResponse, place: Place, interpret: (response: HttpResponse) => T): T {
    this.#answered = place;
    try {
      return interpret(response);
    } finally {
      this.#answered = null;
    }
  }

  #observe(outcome: ObservedCall['outcome'], startedAt: number): void {
    this.#dependencies.observeCall?.({ source: this.#options.source, outcome, durationMs: performance.now() - startedAt });
  }

  #noteFailure(error: SourceError, latencyMs: number): void {
    this.#health.noteFailure(error, latencyMs);
    const now = performance.now();
    const { source } = this.#options;
    if (error.code === 'BLOCKED') {
      for (const gate of this.#gates) gate.block(now + BLOCK_COOLING_MS);
      this.#dependencies.log.error(
        { source, coolingMs: BLOCK_COOLING_MS },
        'the CRM refuses this address or account altogether: no calls for a while',
      );
    }
    if (error.code === 'RATE_LIMITED' || error.code === 'QUOTA_EXHAUSTED') {
      this.#credentialGate.pause(now + (error.retryAfterMs ?? PAUSE_MS), error.code);
    }
  }

  /** @param call undefined for what no caller can abort. */
  #transportFailure(error: unknown, startedAt: number, call: Call | undefined): SourceError {
    if (!(error instanceof TransportError)) return this.#error('UNAVAILABLE', 'could not be asked', { cause: error });
    const options = { cause: error, wasSent: error.wasSent };
    switch (error.failure) {
      case 'aborted':
        if (this.#wasSilent(startedAt, call)) {
          return this.#error('TIMEOUT', 'did not answer in time', {
            ...options,
            cause: new TransportError('timeout', error.wasSent, error),
          });
        }
        return this.#error('TIMEOUT', 'was not waited for any longer', options);
      case 'timeout':
        return this.#error('TIMEOUT', error.wasSent ? 'did not answer in time' : 'could not be reached in time', {
          ...options,
          isRetryable: true,
        });
      case 'connection':
        return this.#error('UNAVAILABLE', error.wasSent ? 'broke the connection off' : 'cannot be reached', {
          ...options,
          isRetryable: true,
        });
      case 'too-large':
        return this.#error('BAD_RESPONSE', 'sent an answer that is too large', options);
      case 'unreadable':
        return this.#error('BAD_RESPONSE', 'sent an answer that cannot be unpacked', options);
    }
  }

  /** Whether a call that was aborted ended by its deadline after a silence that is the CRM's fault, and not by a client that hung up. */
  #wasSilent(startedAt: number, call: Call | undefined): boolean {
    const now = performance.now();
    return call !== undefined && now >= call.deadline - 1 && now - startedAt >= this.#dependencies.sourceTimeoutMs * SILENCE_SHARE;
  }

  #error(code: SourceError['code'], what: string, options: ConstructorParameters<typeof SourceError>[3]): SourceError {
    return new SourceError(this.#options.source, code, `${this.#options.source} ${what}`, options);
  }
}

const REFUSAL_TEXTS = {
  RATE_LIMITED: 'takes no more calls at the moment',
  QUOTA_EXHAUSTED: 'has used up its quota of calls',
  BLOCKED: 'refuses this address or account altogether, and is left alone for a while',
  TIMEOUT: 'was busy with other calls until the time was up',
} as const;

interface Sending {
  readonly place: Place;
  readonly timeoutMs: number;
  readonly call?: Call;
  /** For writes, as in TransportOptions. */
  readonly sendBy?: number;
}

/** Counts against the breaker: the CRM, not our request, is the trouble. */
function isServerTrouble(error: SourceError): boolean {
  if (error.code !== 'UNAVAILABLE' && error.code !== 'TIMEOUT') return false;
  if (error.cause instanceof TransportError) return error.cause.failure !== 'aborted';
  return error.httpStatus === undefined || error.httpStatus < 400 || error.httpStatus >= 500;
}

/** Whether the CRM answered, be it with an error. */
function hasAnswer(error: SourceError): boolean {
  return !(error.cause instanceof TransportError) || error.cause.failure === 'too-large' || error.cause.failure === 'unreadable';
}

/** False: the governor, the breaker or the request's budget kept it back. */
function wasTried(error: SourceError): boolean {
  return error.cause instanceof TransportError || (error.wasSent && error.code !== 'COST_EXCEEDED');
}

/** Null: do not try again. */
function waitBeforeRetry(error: SourceError, attempt: number): number | null {
  if (!error.isRetryable || attempt >= READ_ATTEMPTS_MAX) return null;
  const backOffMs = BACK_OFF_MS * 2 ** (attempt - 1) * (0.5 + Math.random());
  // On top of what the CRM asks for, lest all who wait for it come back in the same instant.
  return error.retryAfterMs === undefined ? backOffMs : error.retryAfterMs + BACK_OFF_MS * Math.random();
}

/** Of the gates that a call has to pass, the one that leaves the least counts; the shortest window first. */
function leastByWindow(quotas: readonly SourceQuota[]): SourceQuota[] {
  return QUOTA_WINDOWS.flatMap((window) => {
    const ofWindow = quotas.filter((quota) => quota.window === window);
    const [first] = ofWindow.toSorted((one, other) => (one.remaining ?? Infinity) - (other.remaining ?? Infinity));
    return first === undefined ? [] : [first];
  });
}

/** A refused count means that nothing was sent. */
function countBeforeSending(meter: WriteCall['meter'], source: string): void {
  try {
    meter.count(source);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    throw new SourceError(source, error.code, error.message, { cause: error, wasSent: false });
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
