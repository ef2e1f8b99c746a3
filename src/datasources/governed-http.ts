import type { CallGate } from './call-gate.ts';
import type { CallObserver, ObservedCall } from './call-observer.ts';
import { hasAnswer, isServerTrouble, toBreakerFailure, toGovernorFailure, toTransportFailure } from './call-failure.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import { QUOTA_WINDOWS, type Call, type SourceQuota, type WriteCall } from './contact-source.ts';
import type { Governor, Permit } from './governor.ts';
import { sendHttp } from './http-transport.ts';
import type { Log } from './log.ts';
import { withRetries } from './read-retry.ts';
import { SourceError } from './source-error.ts';
import { SourceHealthRecord } from './source-health.ts';
import type { HttpRequest, HttpResponse, ReportedQuota, SourceHttp, SourceHttpOptions } from './source-http.ts';
import { withinCall } from './within-call.ts';

/** Failures in a row that open the breaker, and how long it stays open before one probe is let through. */
const BREAKER_FAILURES = 5;
const BREAKER_OPEN_MS = 10_000;
/** After a "too often" without a word on how long. */
const PAUSE_MS = 1_000;
/** How long a source that refuses this address or account altogether is left alone. */
const BLOCK_COOLING_MS = 10 * 60_000;
/** A read that the deadline cuts ends some milliseconds before it, as timers go: a write that waited for it comes too late as well. */
const SEND_MARGIN_MS = 20;
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
  #answered: Permit | null = null;
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
    return withRetries(call, () => this.#underBreaker(call, async () => this.#attempt(await request(), call, interpret)));
  }

  async write<T>(request: HttpRequest, write: WriteCall, interpret: (response: HttpResponse) => T): Promise<T> {
    const { source } = this.#options;
    const mayGo = () => {
      if (performance.now() >= write.deadline - SEND_MARGIN_MS)
        throw this.#error('TIMEOUT', 'the time was up before the write could be sent', { wasSent: false });
      countBeforeSending(write.meter, source);
    };
    const timeoutMs = this.#dependencies.writeTimeoutMs ?? WRITE_TIMEOUT_MS;
    this.#throwIfOpen();
    return this.#permitted({ deadline: write.deadline }, mayGo, (permit) =>
      this.#send(request, { permit, timeoutMs, sendBy: write.deadline }, interpret),
    );
  }

  async authenticate<T>(request: HttpRequest, interpret: (response: HttpResponse) => T): Promise<T> {
    const timeoutMs = this.#dependencies.sourceTimeoutMs;
    const deadline = performance.now() + timeoutMs;
    this.#throwIfOpen();
    return this.#permitted({ deadline }, null, (permit) => this.#send(request, { permit, timeoutMs }, interpret));
  }

  noteQuotas(quotas: readonly ReportedQuota[]): void {
    this.#answered?.noteQuotas(this.#credentialGate, quotas);
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
        throw toBreakerFailure(this.#options.source, error);
      });
    try {
      return await attempt();
    } finally {
      leave();
    }
  }

  #throwIfOpen(): void {
    try {
      this.#breaker.throwIfOpen();
    } catch (error) {
      throw toBreakerFailure(this.#options.source, error);
    }
  }

  async #attempt<T>(request: HttpRequest, call: Call, interpret: (response: HttpResponse) => T): Promise<T> {
    const mayGo = () => call.meter.count(this.#options.source);
    return this.#permitted(call, mayGo, (permit) => {
      const timeoutMs = Math.min(this.#dependencies.sourceTimeoutMs, call.deadline - performance.now());
      return this.#send(request, { permit, timeoutMs, call }, interpret);
    });
  }

  /** Sends with the governor's permit. @param mayGo Throws if the call is not to be sent after all, which then takes no place in any quota. */
  async #permitted<T>(wait: Wait, mayGo: (() => void) | null, send: (permit: Permit) => Promise<T>): Promise<T> {
    const permit = await this.#dependencies.governor.acquire(this.#gates, wait.deadline, wait.signal).catch((error: unknown) => {
      throw toGovernorFailure(this.#options.source, error);
    });
    try {
      mayGo?.();
    } catch (error) {
      permit.cancel();
      throw error;
    }
    try {
      return await send(permit);
    } finally {
      permit.release();
    }
  }

  async #send<T>(request: HttpRequest, sending: Sending, interpret: (response: HttpResponse) => T): Promise<T> {
    const { permit, timeoutMs, call, sendBy } = sending;
    const startedAt = performance.now();
    try {
      const options = {
        timeoutMs,
        onAnswer: () => permit.noteArrival(),
        ...(call && { signal: call.signal }),
        ...(sendBy !== undefined && { sendBy }),
      };
      const response = await sendHttp(this.#options.baseUrl, request, options).catch((error: unknown) => {
        throw toTransportFailure(error, {
          source: this.#options.source,
          startedAt,
          sourceTimeoutMs: this.#dependencies.sourceTimeoutMs,
          call,
        });
      });
      if (response.status >= 300 && response.status < 400) {
        throw this.#error('BAD_RESPONSE', 'answered with a redirect; its configured URL may be wrong', { httpStatus: response.status });
      }
      const value = this.#interpreted(response, permit, interpret);
      this.#breaker.noteAnswer();
      this.#noteAdmission();
      this.#health.noteSuccess(performance.now() - startedAt);
      this.#observe('OK', startedAt);
      return value;
    } catch (error) {
      const failure =
        error instanceof SourceError ? error : this.#error('BAD_RESPONSE', 'sent an answer that could not be read', { cause: error });
      this.#observe(failure.code, startedAt);
      if (isServerTrouble(failure)) this.#breaker.noteFailure();
      else if (hasAnswer(failure)) this.#breaker.noteAnswer();
      if (hasAnswer(failure) && failure.code !== 'BLOCKED') this.#noteAdmission();
      if (hasAnswer(failure) || isServerTrouble(failure)) this.#noteFailure(failure, performance.now() - startedAt);
      throw failure;
    }
  }

  #interpreted<T>(response: HttpResponse, permit: Permit, interpret: (response: HttpResponse) => T): T {
    this.#answered = permit;
    try {
      return interpret(response);
    } finally {
      this.#answered = null;
    }
  }

  #noteAdmission(): void {
    for (const gate of this.#gates) gate.noteAdmission(performance.now());
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

  #error(code: SourceError['code'], what: string, options: ConstructorParameters<typeof SourceError>[3]): SourceError {
    return new SourceError(this.#options.source, code, `${this.#options.source} ${what}`, options);
  }
}

interface Wait {
  readonly deadline: number;
  readonly signal?: AbortSignal;
}

interface Sending {
  readonly permit: Permit;
  readonly timeoutMs: number;
  readonly call?: Call;
  /** For writes, as in TransportOptions. */
  readonly sendBy?: number;
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
    throw error instanceof SourceError ? error.with({ wasSent: false }) : error;
  }
}
