import { randomBytes } from 'node:crypto';
import { ALL_RIGHTS, type CallgearRight, type CallgearSettings, type CallgearToken } from './callgear-options.ts';
import type { JsonObject, JsonValue } from './filtering/json-value.ts';
import { readNumber, readRequiredString, refuseUnknownParams } from './params.ts';
import { RpcError } from './rpc-error.ts';

const SESSION_MS = 3_600_000;

/** Who calls, once the token is accepted. */
export type Caller = Pick<CallgearToken, 'owner' | 'rights'>;

/** Who may call a method, and with which right. */
export interface AccessRule {
  readonly owners: readonly CallgearToken['owner'][];
  readonly right: CallgearRight | null;
}

/** The permanent keys and the sessions of one account. */
export class AccessControl {
  readonly #now: () => number;
  /** End of each session that was not logged out, Unix milliseconds. */
  readonly #sessions = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Answers `login.user`: a session key good for one hour.
   *
   * @throws RpcError auth_error, ip_not_whitelisted, account_inactive, or for wrong params.
   */
  login(params: JsonObject, settings: CallgearSettings, appId: number): Readonly<Record<string, JsonValue>> {
    refuseUnknownParams(params, ['login', 'password']);
    const login = readRequiredString(params, 'login');
    const password = readRequiredString(params, 'password');
    if (login !== settings.login || password !== settings.password) throw new RpcError('auth_error');
    checkAccount(settings);
    const token = randomBytes(20).toString('hex');
    const endsAt = this.#now() + SESSION_MS;
    this.#sessions.set(token, endsAt);
    return { access_token: token, expire_at: formatExpiry(endsAt, settings.expireAtFormat), app_id: appId };
  }

  /** Ends the session of a token; a permanent key stays as it is. */
  logout(token: unknown): void {
    if (typeof token === 'string') this.#sessions.delete(token);
  }

  /** Makes every session an hour older. */
  expireSessions(): void {
    for (const token of this.#sessions.keys()) this.#sessions.set(token, this.#now());
  }

  /**
   * Accepts or refuses a call by its token, address, account and rights, in this order.
   *
   * @throws RpcError required_parameter_missed, data_type_error, access_token_*, ip_not_whitelisted, account_inactive, forbidden,
   * method_component_disabled.
   */
  authorize(method: string, rule: AccessRule, params: JsonObject, settings: CallgearSettings): Caller {
    const caller = this.#findCaller(readRequiredString(params, 'access_token'), settings);
    checkAccount(settings);
    if (settings.disabledMethods.includes(method)) {
      throw new RpcError('method_component_disabled', { code: -32602, params: { components: 'address_book' } });
    }
    const lacksRight = rule.right !== null && !caller.rights.includes(rule.right);
    if (lacksRight || !rule.owners.includes(caller.owner) || settings.forbiddenMethods.includes(method)) throw new RpcError('forbidden');
    return caller;
  }

  #findCaller(token: string, settings: CallgearSettings): Caller {
    const endsAt = this.#sessions.get(token);
    if (endsAt !== undefined) {
      if (this.#now() < endsAt) return { owner: 'customer', rights: ALL_RIGHTS };
      throw new RpcError(settings.expiredSessionMnemonic);
    }
    const key = settings.tokens.find((candidate) => candidate.token === token);
    if (key === undefined) throw new RpcError('access_token_invalid');
    if (key.state === 'expired') throw new RpcError('access_token_expired');
    if (key.state === 'blocked') throw new RpcError('access_token_blocked');
    return key;
  }
}

/**
 * Checks the `user_id` of a call: an agent has to name a user of its customer, a customer may.
 *
 * @throws RpcError required_parameter_missed, data_type_error, invalid_parameter_value, and forbidden for a user of someone else.
 */
export function checkUserId(params: JsonObject, caller: Caller, known: readonly number[]): void {
  const userId = readNumber(params, 'user_id', 1);
  if (userId === undefined && caller.owner === 'agent') throw new RpcError('required_parameter_missed', { field: 'user_id' });
  if (userId !== undefined && !known.includes(userId)) throw new RpcError('forbidden', { field: 'user_id', value: userId });
}

function checkAccount(settings: CallgearSettings): void {
  if (!settings.isIpWhitelisted) throw new RpcError('ip_not_whitelisted', { params: { ip: '127.0.0.1' } });
  if (!settings.isAccountActive) throw new RpcError('account_inactive');
}

function formatExpiry(atMs: number, format: CallgearSettings['expireAtFormat']): JsonValue {
  switch (format) {
    case 'seconds':
      return Math.floor(atMs / 1000);
    case 'milliseconds':
      return atMs;
    case 'text':
      return new Date(atMs).toISOString().slice(0, 19).replace('T', ' ');
  }
}
