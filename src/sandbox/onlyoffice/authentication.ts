import type { IncomingHttpHeaders } from 'node:http';
import type { Exchange, Reply } from '../crm-server.ts';
import { serverError } from './api-error.ts';
import { toReply } from './envelope.ts';
import { readContext } from './parameters.ts';
import type { Parameters } from './parameters.ts';
import type { StoredUser } from './portal.ts';

/** How logging in goes on. */
export interface AuthenticationOptions {
  /** Password of every user. */
  readonly password: string;
  /** Second step: a code by SMS, or one of an app; none when left out. */
  readonly twoFactor?: 'sms' | 'app';
  /** The code that the second step takes. */
  readonly twoFactorCode: string;
  /** Life of tokens from logging in, in minutes; 0 is never, which is told as year 1. A year when left out. */
  readonly tokenMinutes?: number;
}

const ATTEMPTS_MAX = 5;
const ATTEMPTS_WINDOW_MS = 60_000;
const YEAR_MINUTES = 525_600;

/** The portal's sessions: which token is whose, and the ways to get one. */
export class Sessions {
  readonly #options: AuthenticationOptions;
  readonly #users: readonly StoredUser[];
  readonly #tokens = new Map<string, { readonly userId: string; readonly expiresAtMs: number }>();
  readonly #failures = new Map<string, number[]>();
  #opened = 0;

  constructor(users: readonly StoredUser[], options: AuthenticationOptions) {
    this.#users = users;
    this.#options = options;
  }

  /** Makes a token valid that was not got by logging in. */
  admit(token: string, userId: string): void {
    this.#tokens.set(token, { userId, expiresAtMs: Infinity });
  }

  /** Ends sessions as "log out everywhere" does; all of them when no token is named. */
  revoke(token?: string): void {
    if (token === undefined) this.#tokens.clear();
    else this.#tokens.delete(token);
  }

  /**
   * Finds out who asks. `asc_auth_key` in query, form or cookie hides a raw Authorization header; Basic and Bearer are tried after both.
   */
  userOf(exchange: Exchange): StoredUser | undefined {
    const header = exchange.headers.authorization;
    const session = this.#userByToken(authKeyOf(exchange) ?? header);
    if (session || header === undefined) return session;
    if (header.startsWith('Basic ')) return this.#userByBasic(header.slice(6));
    return header.startsWith('Bearer ') ? this.#userByToken(header.slice(7).trim()) : undefined;
  }

  /** POST /authentication and, with a code, its second step. @throws {ApiError} 500 for wrong credentials. */
  logIn(parameters: Parameters, code: string | undefined): Reply {
    const [login, password] = [parameters.text('userName')?.toLowerCase() ?? '', parameters.text('password') ?? ''];
    const user = this.#verify(login, password);
    const { twoFactor, twoFactorCode, tokenMinutes = YEAR_MINUTES } = this.#options;
    if (twoFactor && code === undefined) return created(secondStep(twoFactor));
    if (twoFactor && code !== twoFactorCode) throw this.#failed(login, 'The code you entered is incorrect');
    this.#opened += 1;
    const token = `sandbox-session-${this.#opened}-${Math.random().toString(36).slice(2)}`;
    const expiresAtMs = tokenMinutes === 0 ? Infinity : Date.now() + tokenMinutes * 60_000;
    this.#tokens.set(token, { userId: user.id, expiresAtMs });
    const reply = created({ token, expires: expiryText(expiresAtMs) });
    return { ...reply, headers: { ...reply.headers, 'set-cookie': `asc_auth_key=${token}; path=/; HttpOnly` } };
  }

  #verify(login: string, password: string): StoredUser {
    const recent = (this.#failures.get(login) ?? []).filter((at) => Date.now() - at < ATTEMPTS_WINDOW_MS);
    this.#failures.set(login, recent);
    if (recent.length > ATTEMPTS_MAX) throw serverError('Login Fail. Too many attempts');
    const user = this.#users.find(({ email }) => email.toLowerCase() === login);
    if (!user || password !== this.#options.password) throw this.#failed(login, 'User authentication failed');
    return user;
  }

  #failed(login: string, message: string): Error {
    this.#failures.get(login)?.push(Date.now());
    return serverError(message);
  }

  #userByToken(token: string | undefined): StoredUser | undefined {
    const session = token === undefined ? undefined : this.#tokens.get(token);
    if (!session || session.expiresAtMs <= Date.now()) return undefined;
    return this.#users.find(({ id }) => id === session.userId);
  }

  #userByBasic(encoded: string): StoredUser | undefined {
    const [email = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
    if (rest.join(':') !== this.#options.password) return undefined;
    return this.#users.find((user) => user.email.toLowerCase() === email.toLowerCase());
  }
}

/** The 401 of the API: text without envelope; the challenge comes only when a header was sent. */
export function unauthorized(headers: IncomingHttpHeaders): Reply {
  const challenge = headers.authorization === undefined ? {} : { 'www-authenticate': `Basic Realm="${headers.host ?? ''}"` };
  return { status: 401, headers: { 'content-type': 'text/html', ...challenge }, body: 'Unauthorized' };
}

function authKeyOf(exchange: Exchange): string | undefined {
  const isForm = exchange.headers['content-type']?.includes('application/x-www-form-urlencoded') ?? false;
  const fromForm = isForm ? new URLSearchParams(exchange.bodyText).get('asc_auth_key') : null;
  const fromCookie = /(?:^|;\s*)asc_auth_key=([^;]*)/.exec(exchange.headers.cookie ?? '')?.[1];
  return exchange.query.get('asc_auth_key') ?? fromForm ?? fromCookie;
}

function secondStep(twoFactor: 'sms' | 'app'): object {
  if (twoFactor === 'app') return { token: null, tfa: true };
  return { token: null, expires: expiryText(Date.now() + 600_000), sms: true, phoneNoise: '+371******21' };
}

function expiryText(expiresAtMs: number): string {
  return expiresAtMs === Infinity ? '0001-01-01T00:00:00.0000000Z' : new Date(expiresAtMs).toISOString().replace('Z', '1234Z');
}

function created(value: object): Reply {
  return toReply({ kind: 'object', value }, 'POST', readContext(new URLSearchParams()));
}
