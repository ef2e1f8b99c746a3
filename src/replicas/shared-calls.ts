import type { CallGate } from '../datasources/governor/call-gate.ts';
import { LONG_WINDOWS, type GateRefusal, type ReportedQuota } from '../datasources/governor/limits.ts';
import type { Reserve } from '../datasources/governor/reserve.ts';
import type { QuotaWindow } from '../datasources/port/source-health.ts';
import { CallLine, type Answer, type LineNews } from './call-line.ts';
import {
  ADMIT,
  ARRIVE,
  AWAY_QUOTA_SHARE,
  BEAT,
  BLOCK,
  CANCEL,
  HEARTBEAT_TTL_MS,
  PAUSE,
  REPORT,
  STANDING_SHARE,
  TAKE,
} from './governor-scripts.ts';
import type { OwnTurn } from './own-share.ts';
import { ANSWER_MS_MAX, RedisAwayError, type Agreement, type RedisLink } from './redis-link.ts';
import type { Script } from './script.ts';
import { HELLO_KEY } from './seal.ts';
import { SharedGate, type GateNews, type SharedQuotas } from './shared-gate.ts';

const BEAT_MS = 250;
/** How soon a call looks again in the first window of Redis' life. */
const BOOT_AGAIN_MS = 50;
/** The script's word for a limit that has no place now. */
const NO_PLACE = 'PLACE';
/** As the gate of one process does; see CallGate. */
const BACK_OFF_MS = 1_000;
const BACK_OFF_MS_MAX = 60_000;
const DOUBT_MS_MAX = 15_000;

/** A call's place at all gates of its source. */
export interface TakenPlace {
  readonly gates: readonly SharedGate[];
  readonly id: string;
  /** Whether it was taken out of this replica's own share, unknown to Redis. */
  readonly isAway: boolean;
  /** Answers that had come to all replicas before it was let out, by gate. */
  readonly answeredBefore: ReadonlyMap<CallGate, number>;
}

/** How calls of several processes are counted. */
export interface SharedCallsOptions {
  readonly link: RedisLink;
  readonly replicas: number;
  /** After so long a call is over, whatever became of the process that sent it. */
  readonly leaseMs: number;
}

/** Counts calls of all replicas in Redis, and while it is away those of this one against its share. */
export class SharedCalls implements GateNews, LineNews {
  readonly #options: SharedCallsOptions;
  readonly #gates: SharedGate[] = [];
  readonly #lines = new Map<readonly SharedGate[], CallLine>();
  readonly #beating: NodeJS.Timeout;
  #calls = 0;
  #place: number | null = null;
  #clockOffset = 0;
  /** When the others last may have heard of this replica. */
  #beatAt = -Infinity;
  #isBeating = false;

  constructor(options: SharedCallsOptions) {
    this.#options = options;
    options.link.onChange((isAway) => {
      if (isAway) this.#goAway();
    });
    this.#beating = setInterval(() => void this.#beat(), BEAT_MS);
    this.#beating.unref();
  }

  createGate(key: string, reserve: Reserve): SharedGate {
    const gate = new SharedGate(key, reserve, this.#options.replicas, this);
    this.#gates.push(gate);
    return gate;
  }

  close(): void {
    clearInterval(this.#beating);
  }

  /**
   * Takes a place for one call at all gates, or says when there may be one. Never rejects, and waits for Redis 150 ms at most. Cost: one command, or a
   * sixteenth of one where limits are large and calls many.
   */
  async take(gates: readonly SharedGate[]): Promise<TakenPlace | OwnTurn> {
    const now = performance.now();
    const line = this.#lineOf(gates);
    const spare = line.use(now);
    if (spare !== undefined) return this.#toPlace(gates, spare.id, spare.answer);
    const wanted = line.wanted(now);
    const number = this.#calls + 1;
    this.#calls += wanted;
    const id = this.#idOf(number);
    try {
      const answer = await this.#ask(gates, number, wanted);
      if (answer[0] === 'GO') {
        const spares = Array.from({ length: Number(answer[2]) - 1 }, (_none, index) => ({ id: this.#idOf(number + 1 + index), answer }));
        line.add(spares, wanted, now);
        return this.#toPlace(gates, id, answer);
      }
      const wait = answer[0] === 'WAIT' ? this.#toWait(gates, answer) : null;
      if (wait !== null && (answer[2] !== NO_PLACE || gates.some(({ own }) => own.isGivenUp))) return wait;
      // As long as the others leave this replica its share, it may use that beside what Redis has to give.
      if (wait !== null || answer[0] === 'BOOT') return this.#takeShare(gates, id, wait);
      // It has forgotten what was sent, or its clock has moved.
      this.#options.link.disown();
    } catch (error) {
      if (!(error instanceof RedisAwayError)) throw error;
    }
    return this.#takeOwn(gates, id);
  }

  /** The answer to a call begins, or it was not sent. */
  end({ gates, id, isAway }: TakenPlace, wasSent: boolean): void {
    const now = performance.now();
    for (const gate of gates) gate.own.arrive(now, isAway, wasSent);
    if (isAway) return;
    if (wasSent) this.#lineOf(gates).noteArrival(id);
    else this.cancel(gates, [id]);
  }

  /** Takes what a call's answer says of the CRM's quotas. */
  report({ gates, isAway, answeredBefore }: TakenPlace, at: CallGate, quotas: readonly ReportedQuota[]): void {
    const gate = gates.find((known) => known === at);
    if (gate === undefined || quotas.length === 0 || isAway) return;
    // What has arrived is no longer under way.
    this.#lineOf(gates).reportArrivals();
    const values = quotas.flatMap(({ window, limit, remaining, resetsInMs }) => [window, limit ?? '', remaining ?? '', resetsInMs ?? '']);
    this.#tell(REPORT, [gate], [answeredBefore.get(gate) ?? 0, ...values]);
  }

  pause(gate: SharedGate, askedMs: number | undefined, refusal: 'RATE_LIMITED' | 'QUOTA_EXHAUSTED'): void {
    this.#returnSpares(gate);
    this.#tell(PAUSE, [gate], [refusal, askedMs ?? '', BACK_OFF_MS, BACK_OFF_MS_MAX, DOUBT_MS_MAX]);
  }

  block(gate: SharedGate, forMs: number): void {
    this.#returnSpares(gate);
    this.#tell(BLOCK, [gate], [forMs]);
  }

  admit(gate: SharedGate): void {
    this.#tell(ADMIT, [gate], []);
  }

  arrive(gates: readonly SharedGate[], ids: readonly string[]): void {
    const windows = gates.flatMap(({ own }) => [own.rateLimits.length, ...own.rateLimits.map(({ windowMs }) => windowMs)]);
    this.#tell(ARRIVE, gates, [ids.length, ...ids, ...windows]);
  }

  cancel(gates: readonly SharedGate[], ids: readonly string[]): void {
    this.#tell(CANCEL, gates, ids);
  }

  #lineOf(gates: readonly SharedGate[]): CallLine {
    const known = this.#lines.get(gates);
    if (known !== undefined) return known;
    const line = new CallLine(gates, this);
    this.#lines.set(gates, line);
    return line;
  }

  #idOf(call: number): string {
    return `${this.#options.link.replica}/${call}`;
  }

  /** What was taken ahead was for calls of a CRM that lets them in. */
  #returnSpares(gate: SharedGate): void {
    for (const [gates, line] of this.#lines) if (gates.includes(gate)) line.returnSpares();
  }

  async #ask(gates: readonly SharedGate[], number: number, wanted: number): Promise<Answer> {
    const { link, leaseMs, replicas } = this.#options;
    const limits = gates.flatMap(({ own }) => [
      own.rateLimits.length,
      ...own.rateLimits.flatMap(({ windowMs, limit }) => [windowMs, limit]),
    ]);
    return (await link.run((redis, agreement) =>
      TAKE.run(redis, keysOf(gates, agreement), [
        agreement.since,
        link.validUntil,
        link.replica,
        number,
        leaseMs,
        replicas,
        HEARTBEAT_TTL_MS,
        AWAY_QUOTA_SHARE,
        STANDING_SHARE,
        wanted,
        ...limits,
      ]),
    )) as Answer;
  }

  #toPlace(gates: readonly SharedGate[], id: string, answer: Answer): TakenPlace {
    const [, clock = 0, , ...perGate] = answer;
    const answeredBefore = new Map<CallGate, number>();
    const now = performance.now();
    for (const [index, gate] of gates.entries()) {
      const [answered = 0, isProbe = 0, quotas = '{}'] = perGate.slice(index * 3, index * 3 + 3);
      answeredBefore.set(gate, Number(answered));
      gate.isProbe = isProbe === 1;
      gate.adopt(readQuotas(quotas), Number(clock));
      gate.own.enter(now, false);
    }
    return { gates, id, isAway: false, answeredBefore };
  }

  #toWait(gates: readonly SharedGate[], answer: Answer): OwnTurn {
    const [, waitMs = 0, reason = ''] = answer;
    const at = performance.now() + Number(waitMs);
    // What a window keeps back is no pause.
    if (reason === 'RATE_LIMITED' || reason === 'QUOTA_EXHAUSTED') for (const gate of gates) gate.adoptPause(at, reason);
    return { at, refusal: refusalOf(String(reason)) };
  }

  #takeOwn(gates: readonly SharedGate[], id: string): TakenPlace | OwnTurn {
    const now = performance.now();
    const place = { index: this.#place, clock: now + this.#clockOffset };
    let latest: { at: number; refusal: GateRefusal } = { at: now, refusal: 'RATE_LIMITED' };
    for (const gate of gates) {
      const turn = gate.own.next(now, place);
      if (turn.at > latest.at) latest = turn;
    }
    if (latest.at > now) return latest;
    for (const gate of gates) gate.own.enter(now, true);
    return { gates, id, isAway: true, answeredBefore: new Map() };
  }

  /** @param wait When Redis may have a place; null: it says nothing in its first window. */
  #takeShare(gates: readonly SharedGate[], id: string, wait: OwnTurn | null): TakenPlace | OwnTurn {
    const later = wait ?? { at: performance.now() + BOOT_AGAIN_MS, refusal: 'RATE_LIMITED' };
    if (gates.some(({ own }) => own.isGivenUp)) return later;
    const own = this.#takeOwn(gates, id);
    return 'gates' in own || own.at < later.at ? own : later;
  }

  #goAway(): void {
    for (const line of this.#lines.values()) line.forgetSpares();
    // A heartbeat that was under way is run 150 ms after it was sent at the latest.
    const droppedAt = this.#beatAt + ANSWER_MS_MAX + HEARTBEAT_TTL_MS;
    for (const gate of this.#gates) gate.own.goAway(droppedAt);
  }

  async #beat(): Promise<void> {
    const { link, replicas } = this.#options;
    if (link.isAway || this.#isBeating) return;
    this.#isBeating = true;
    const sentAt = performance.now();
    const gates = [...this.#gates];
    const lifeMs = sentAt + this.#clockOffset - Number(link.agreement?.since ?? Infinity);
    const isGivenUp = gates.map(({ own }) => own.giveUp(sentAt, lifeMs));
    if (isGivenUp.includes(true)) this.#beatAt = sentAt;
    try {
      const values = [link.validUntil, link.replica, replicas, HEARTBEAT_TTL_MS, ...isGivenUp.map(Number)];
      const answer = (await link.run((redis, agreement) => BEAT.run(redis, keysOf(gates, agreement), [agreement.since, ...values]))) as (
        | string
        | number
      )[];
      if (answer[0] !== 'HERE') return link.disown();
      const [, clock = 0, place = -1, ...quotas] = answer;
      link.noteClock(Number(clock), sentAt);
      this.#clockOffset = Number(clock) - (sentAt + performance.now()) / 2;
      this.#place = Number(place) < 0 ? null : Number(place);
      for (const [index, gate] of gates.entries()) gate.adopt(readQuotas(quotas[index] ?? '{}'), Number(clock));
    } catch (error) {
      if (!(error instanceof RedisAwayError)) throw error;
    } finally {
      this.#isBeating = false;
    }
  }

  /** What is lost on the way is made good by the lease of the call, or by the CRM's next answer. */
  #tell(script: Script, gates: readonly SharedGate[], values: readonly (string | number)[]): void {
    this.#options.link.run((redis, agreement) => script.run(redis, keysOf(gates, agreement), values)).catch(() => undefined);
  }
}

function keysOf(gates: readonly SharedGate[], { names }: Agreement): string[] {
  return [HELLO_KEY, ...gates.map(({ key }) => names.ofFew('gate', key))];
}

/** An empty table of Lua's is an empty list in JSON. */
function readQuotas(text: string | number): SharedQuotas {
  const quotas: unknown = JSON.parse(String(text));
  return Array.isArray(quotas) || typeof quotas !== 'object' || quotas === null ? {} : (quotas as SharedQuotas);
}

/** What a script's reason is to whoever waits. */
function refusalOf(reason: string): GateRefusal {
  if (reason === 'BLOCKED' || reason === 'QUOTA_EXHAUSTED') return reason;
  const window = reason.startsWith('QUOTA:') ? (reason.slice('QUOTA:'.length) as QuotaWindow) : null;
  return window !== null && LONG_WINDOWS.has(window) ? 'QUOTA_EXHAUSTED' : 'RATE_LIMITED';
}
