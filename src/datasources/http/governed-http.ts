import type { CallGate } from '../governor/call-gate.ts';
import type { CallObserver, ObservedCall } from './call-observer.ts';
import {
  countBeforeSending,
  hasAnswer,
  isServerTrouble,
  isTooLarge,
  toBreakerFailure,
  toGovernorFailure,
  toReadingFailure,
  toTransportFailure,
} from './call-failure.ts';
import { CircuitBreaker } from '../governor/circuit-breaker.ts';
import { FailureLog } from './failure-log.ts';
import { claimOf } from '../governor/turn-claim.ts';
import type { Call, CallTurn, WriteCall } from '../port/call.ts';
import type { CallGovernor, Permit } from '../governor/governor.ts';
import { leastByWindow } from '../governor/quota-report.ts';
import { LARGE_BODY_BYTES, sendHttp } from './http-transport.ts';
import type { Log } from '../port/log.ts';
import { withRetries } from './read-retry.ts';
import { SourceError } from '../port/source-error.ts';
import { giveWay } from '../../platform/timers.ts';
import { SourceHealthRecord } from './health-record.ts';
import type { HttpRequest, HttpResponse, Interpret, SourceHttp, SourceHttpOptions } from './source-http.ts';
import { withinCall } from './within-call.ts';

/** Failures in a row that open the breaker, and how long it stays open before one probe is let through. */
const BREAKER_FAILURES = 5;
const BREAKER_OPEN_MS = 10_000;
/** How long a source that refuses this address or account altogether is left alone. */
const BLOCK_COOLING_MS = 10 * 60_000;
/** A read that the deadline cuts ends some milliseconds before it, as timers go: a write that waited for it comes too late as well. */
const SEND_MARGIN_MS = 20;
const WRITE_TIMEOUT_MS = 10_000;

/** What the ways to all CRMs share. */
export interface GovernedHttpDependencies {
  readonly governor: CallGovernor;
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
  readonly #failures: FailureLog;
  readonly #health = new SourceHealthRecord();

  constructor(options: SourceHttpOptions, dependencies: GovernedHttpDependencies) {
    this.#options = options;
    this.#dependencies = dependencies;
    const keys = [`credential ${options.credential}`, `host ${new URL(options.baseUrl).host}`];
    this.#gates = dependencies.governor.gates(keys, options);
    this.#credentialGate = this.#gates[0] as CallGate;
    this.#breaker = this.#createBreaker();
    this.#failures = new FailureLog(options.source, dependencies.log);
  }

  async read<T>(request: () => HttpRequest | Promise<HttpRequest>, call: Call, interpret: Interpret<T>): Promise<T> {
    let isTroubled = false;
    const attempt = async () => {
      const ready = await request();
      const onTrouble = ({ isRetryable }: SourceError) => {
        // A probe is not repeated.
        if (!isRetryable || this.#breaker.isHalfOpen()) this.#breaker.noteFailure();
        else isTroubled = true;
      };
      // An attempt that was not sent, for want of a place, does not undo what the one before showed.
      const heard: Interpret<T> = (response, answered) => {
        isTroubled = false;
        return interpret(response, answered);
      };
      return this.#attempt(ready, { call, onTrouble }, heard);
    };
    try {
      return await withRetries(call, () => this.#underBreaker(call, attempt));
    } catch (error) {
      // A read and its repetitions are one failure.
      if (isTroubled) this.#breaker.noteFailure();
      throw error;
    }
  }

  async write<T>(request: HttpRequest, write: WriteCall, interpret: Interpret<T>): Promise<T> {
    const { source } = this.#options;
    const mayGo = () => {
      if (performance.now() >= write.deadline - SEND_MARGIN_MS)
        throw this.#error('TIMEOUT', 'was not asked: the time was up before the write could be sent', { wasSent: false });
      countBeforeSending(write.meter, source);
    };
    const timeoutMs = this.#dependencies.writeTimeoutMs ?? WRITE_TIMEOUT_MS;
    return this.#permitted({ deadline: write.deadline, turn: write.turn }, mayGo, (permit, queuedAt) =>
      this.#send(request, { permit, queuedAt, timeoutMs, sendBy: write.deadline, onTrouble: () => this.#breaker.noteFailure() }, interpret),
    );
  }

  async authenticate<T>(request: HttpRequest, interpret: Interpret<T>, timeoutMs = this.#dependencies.sourceTimeoutMs): Promise<T> {
    const deadline = performance.now() + timeoutMs;
    return this.#permitted({ deadline }, null, (permit, queuedAt) =>
      this.#send(request, { permit, queuedAt, timeoutMs, onTrouble: () => this.#breaker.noteFailure() }, interpret),
    );
  }

  noteLimitation(error: SourceError | null): void {
    this.#failures.noteLimitation(error);
    this.#health.noteLimitation(error);
  }

  health() {
    const now = performance.now();
    const health = this.#health.read({
      quotas: leastByWindow(this.#gates.flatMap((gate) => gate.quotas(now, Date.now()))),
      isThrottled: this.#gates.some((gate) => gate.isPaused(now)),
      isBlocked: this.#gates.some((gate) => gate.isBlocked(now)),
    });
    const callsWaiting = Math.max(...this.#gates.map((gate) => gate.waiting));
    return { ...health, isCircuitOpen: !this.#breaker.isClosed, callsWaiting };
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

  /** Each attempt passes the breaker by itself: none goes out once it has opened, and one probe can close it. */
  #underBreaker<T>(call: Call, attempt: () => Promise<T>): Promise<T> {
    return this.#breaker.isClosed ? attempt() : this.#asProbe(call, attempt);
  }

  async #asProbe<T>(call: Call, attempt: () => Promise<T>): Promise<T> {
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

  #attempt<T>(request: HttpRequest, { call, onTrouble }: Attempt, interpret: Interpret<T>): Promise<T> {
    const { sourceTimeoutMs } = this.#dependencies;
    return this.#permitted(
      call,
      () => call.meter.count(this.#options.source),
      (permit, queuedAt) => {
        const timeoutMs = Math.min(sourceTimeoutMs, call.deadline - performance.now());
        return this.#send(request, { permit, queuedAt, timeoutMs, call, onTrouble }, interpret);
      },
    );
  }

  /**
   * Sends with the governor's permit, unless the breaker has opened in the meantime.
   *
   * @param mayGo Throws if the call is not to be sent after all, which then takes no place in any quota.
   */
  async #permitted<T>(wait: Wait, mayGo: (() => void) | null, send: (permit: Permit, queuedAt: number) => Promise<T>): Promise<T> {
    const queuedAt = performance.now();
    this.#throwIfOpen();
    const acquired = this.#acquire(wait);
    const permit = acquired instanceof Promise ? await acquired : acquired;
    try {
      this.#throwIfOpen();
      mayGo?.();
    } catch (error) {
      permit.cancel();
      throw error;
    }
    try {
      return await send(permit, queuedAt);
    } finally {
      permit.release();
    }
  }

  /** Waits only where a call cannot go at once. */
  #acquire({ deadline, signal, turn }: Wait): Permit | Promise<Permit> {
    const { source } = this.#options;
    const { governor } = this.#dependencies;
    const claim = turn && claimOf(turn, source);
    const permit = signal?.aborted ? null : governor.tryAcquire(this.#gates, claim);
    if (permit !== null) return permit;
    return governor.acquire(this.#gates, deadline, signal, claim).catch((error: unknown) => {
      throw toGovernorFailure(source, error);
    });
  }

  async #send<T>(request: HttpRequest, sending: Sending, interpret: Interpret<T>): Promise<T> {
    const { permit, queuedAt, timeoutMs, call, sendBy, onTrouble } = sending;
    const { source, baseUrl } = this.#options;
    const sentAt = performance.now();
    let response: HttpResponse | null = null;
    try {
      response = await sendHttp(baseUrl, request, { timeoutMs, signal: call?.signal, sendBy, onAnswer: () => permit.noteArrival() });
      if (response.status >= 300 && response.status < 400) {
        throw this.#error('BAD_RESPONSE', 'answered with a redirect; its configured URL may be wrong', { httpStatus: response.status });
      }
      call?.meter.countReply?.(source, response.text.length);
      const value = interpret(response, { noteQuotas: (quotas) => permit.noteQuotas(this.#credentialGate, quotas) });
      this.#noteAdmission();
      this.#health.noteSuccess(performance.now() - sentAt);
      this.#observe('OK', queuedAt, sentAt);
      // Whoever reads the rows of a large reply begins in a turn of their own.
      if (response.text.length > LARGE_BODY_BYTES) await giveWay();
      return value;
    } catch (error) {
      const { sourceTimeoutMs } = this.#dependencies;
      const failure =
        response === null
          ? toTransportFailure(error, { source, queuedAt, sentAt, sourceTimeoutMs, call })
          : toReadingFailure(source, error);
      if (isTooLarge(failure)) call?.meter.noteTooLarge?.();
      this.#observe(failure.code, queuedAt, sentAt);
      this.#noteFailure(failure, sentAt, onTrouble);
      throw failure;
    }
  }

  /** The CRM answered, and not by turning us away. */
  #noteAdmission(): void {
    this.#breaker.noteAnswer();
    for (const gate of this.#gates) gate.noteAdmission(performance.now());
  }

  #observe(outcome: ObservedCall['outcome'], queuedAt: number, sentAt: number): void {
    const { source } = this.#options;
    this.#dependencies.observeCall?.({ source, outcome, durationMs: performance.now() - sentAt, waitedMs: sentAt - queuedAt });
  }

  #noteFailure(error: SourceError, sentAt: number, onTrouble: Sending['onTrouble']): void {
    const now = performance.now();
    // It shows nothing of the CRM, neither that it is well nor that it is not.
    if (error.scope === 'RECORD') return;
    const isTrouble = isServerTrouble(error);
    if (!isTrouble && !hasAnswer(error)) return;
    this.#health.noteFailure(error, now - sentAt);
    if (isTrouble) onTrouble(error);
    if (error.code === 'BLOCKED') {
      this.#breaker.noteAnswer();
      for (const gate of this.#gates) gate.block(now + BLOCK_COOLING_MS);
      this.#failures.noteBlock(error, BLOCK_COOLING_MS);
      return;
    }
    this.#failures.noteFailure(error, now);
    if (error.code === 'RATE_LIMITED' || error.code === 'QUOTA_EXHAUSTED') {
      this.#breaker.noteAnswer();
      this.#credentialGate.pause(now, error.retryAfterMs, error.code);
    } else if (!isTrouble) {
      this.#noteAdmission();
    }
  }

  #error(code: SourceError['code'], what: string, options: ConstructorParameters<typeof SourceError>[3]): SourceError {
    return new SourceError(this.#options.source, code, `${this.#options.source} ${what}`, options);
  }
}

interface Wait {
  readonly deadline: number;
  readonly signal?: AbortSignal;
  readonly turn?: CallTurn | undefined;
}

interface Sending {
  readonly permit: Permit;
  readonly queuedAt: number;
  readonly timeoutMs: number;
  readonly call?: Call;
  /** For writes, as in TransportOptions. */
  readonly sendBy?: number;
  /** Called when it fails and the CRM is the trouble. */
  readonly onTrouble: (error: SourceError) => void;
}

type Attempt = Required<Pick<Sending, 'call' | 'onTrouble'>>;
