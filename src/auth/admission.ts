import type { Settings } from '../config/settings.ts';
import type { Caller } from './scopes.ts';
import { createCallerCheck, type CallerCheck } from './callers.ts';
import { createCallerRate, type CallerRate } from './caller-rate.ts';
import { isLoopbackHost } from '../platform/loopback.ts';
import { RefusalError } from './refusal.ts';

/** What is asked for: pages and metrics are open to everyone who can reach a gateway on loopback. */
export type Entrance = 'graphql' | 'page' | 'metrics';

/** For whom a page is made, before anyone has shown a key: may see nothing. */
const NOBODY: Caller = { name: 'nobody', scopes: new Set() };

/** Lets callers in, by their keys and no faster than they may. */
export class Admission {
  readonly #callers: CallerCheck;
  readonly #rate: CallerRate;
  readonly #limit: number | null;
  readonly #isOnLoopback: boolean;

  constructor(settings: Settings) {
    this.#callers = createCallerCheck(settings);
    this.#rate = createCallerRate(settings.callerRateLimit);
    this.#limit = settings.callerRateLimit;
    this.#isOnLoopback = isLoopbackHost(settings.host);
  }

  /**
   * Counts a request and says whose it is. Callers without a good key are counted by their address, so that keys cannot be guessed fast.
   *
   * @throws RefusalError UNAUTHENTICATED, CALLER_RATE_LIMITED, CALLER_CHECK_UNAVAILABLE
   */
  async admit(entrance: Entrance, headers: Headers, address: string): Promise<Caller> {
    const authorization = headers.get('authorization');
    const caller = await this.#callers.identify(authorization);
    const isKnown = caller !== null && this.#callers.needsKeys;
    const waitMs = await this.#rate.count(isKnown ? `caller ${caller.name}` : `address ${address}`);
    if (waitMs !== null) throw new RefusalError(this.#tooMany(Math.ceil(waitMs / 1_000)));
    if (caller !== null) return caller;
    if (entrance !== 'graphql' && this.#isOnLoopback) return NOBODY;
    throw new RefusalError({
      status: 401,
      code: 'UNAUTHENTICATED',
      message: 'This needs a good key: send it as "Authorization: Bearer KEY".',
      headers: { 'www-authenticate': authorization === null ? 'Bearer' : 'Bearer error="invalid_token"' },
    });
  }

  #tooMany(seconds: number) {
    return {
      status: 429,
      code: 'CALLER_RATE_LIMITED',
      message: `A caller may send ${this.#limit} requests a minute; wait ${seconds} s.`,
      headers: { 'retry-after': String(seconds) },
    };
  }
}
