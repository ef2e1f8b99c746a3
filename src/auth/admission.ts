import type { Settings } from '../config/settings.ts';
import { SCOPES, type Caller } from './scopes.ts';
import { createCallerCheck, type CallerCheck } from './callers.ts';
import { createCallerRate, type CallerRate, type CreateCallerRate } from './caller-rate.ts';
import { addressGroup } from './address-group.ts';
import { RefusalError } from './refusal.ts';
import type { RequestHeaders } from '../platform/request-headers.ts';

/** Who comes without keys, where none are needed: on loopback only. */
const ANONYMOUS: Caller = { name: 'anonymous', scopes: new Set(SCOPES) };

/** Lets callers in, by their keys and no faster than they may. */
export class Admission {
  readonly #callers: CallerCheck;
  readonly #rate: CallerRate;
  /** Apart from those of callers, whom no number of addresses makes forget. */
  readonly #addressRate: CallerRate;
  readonly #limit: number | null;

  /** @param createRate Makes the count of one kind of callers; that of this process alone when left out. */
  constructor(settings: Settings, createRate: CreateCallerRate = (_kind, requestsPerMinute) => createCallerRate(requestsPerMinute)) {
    this.#callers = createCallerCheck(settings);
    this.#rate = createRate('caller', settings.callerRateLimit);
    this.#addressRate = createRate('address', settings.callerRateLimit);
    this.#limit = settings.callerRateLimit;
  }

  /**
   * Counts a request and says whose it is. Whoever shows no API key is counted by address (IPv6: by /64 network) before a token is looked at: keys cannot be guessed fast,
   * and forged tokens cost the gateway and the issuer little.
   *
   * @throws RefusalError UNAUTHENTICATED, CALLER_RATE_LIMITED, CALLER_CHECK_UNAVAILABLE
   */
  async admit(headers: RequestHeaders, address: string): Promise<Caller> {
    const authorization = headers.get('authorization');
    const ofKey = this.#callers.byApiKey(authorization);
    if (ofKey !== null) return this.#counted(ofKey);
    const group = addressGroup(address);
    await this.#count(this.#addressRate, group);
    if (!this.#callers.needsKeys) return ANONYMOUS;
    const ofToken = await this.#callers.byToken(authorization);
    if (ofToken !== null) {
      await this.#addressRate.giveBack(group);
      return this.#counted(ofToken);
    }
    throw new RefusalError({
      status: 401,
      code: 'UNAUTHENTICATED',
      message: 'This needs a good key: send it as "Authorization: Bearer KEY".',
      headers: { 'www-authenticate': authorization === null ? 'Bearer' : 'Bearer error="invalid_token"' },
    });
  }

  async #counted(caller: Caller): Promise<Caller> {
    await this.#count(this.#rate, caller.name);
    return caller;
  }

  async #count(rate: CallerRate, key: string): Promise<void> {
    const waitMs = await rate.count(key);
    if (waitMs !== null) throw new RefusalError(this.#tooMany(Math.ceil(waitMs / 1_000)));
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
