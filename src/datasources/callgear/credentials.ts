import { LoginSession, type LogIn, type Session } from '../credentials/login-session.ts';
import type { SourceError } from '../port/source-error.ts';

/** A session lives an hour; used when CallGear does not say, or says something that cannot be. */
const SESSION_LIFETIME_MS = 3_600_000;
/** How long before its end a session is renewed. */
const RENEWAL_LEAD_MS = 60_000;
/** After a refused log-in nothing is sent for this long: trying the same password again would get the user locked out. */
const REFUSAL_COOLING_MS = 10_000;
/** Unix times above this are milliseconds. */
const SECONDS_MAX = 1e12;
/** The end of the calendar, Unix milliseconds. */
const DATE_MAX = 8.64e15;

/** Begins in no session; logs in when one is needed. @param logIn Sends `login.user`. @param now The wall clock, Unix milliseconds. */
export function loginSession(source: string, logIn: () => Promise<LogIn>, now: () => number): Session {
  return new LoginSession({
    source,
    logIn,
    leadMs: RENEWAL_LEAD_MS,
    lifetimeMs: SESSION_LIFETIME_MS,
    coolingMs: (error) => (isRefusal(error) ? REFUSAL_COOLING_MS : 0),
    now,
  });
}

function isRefusal({ code, errorKey }: SourceError): boolean {
  return code === 'UNAUTHENTICATED' || errorKey === 'account_inactive';
}

/**
 * Reads the end of a session.
 *
 * @param expireAt Unix seconds; milliseconds, numeric text and a date are taken too.
 * @returns Unix milliseconds; null when it is none of these.
 */
export function readExpireAt(expireAt: unknown): number | null {
  if (typeof expireAt === 'string') {
    const text = expireAt.trim();
    if (/^[0-9]+$/.test(text)) return readExpireAt(Number(text));
    const at = Date.parse(text);
    return Number.isNaN(at) ? null : at;
  }
  if (typeof expireAt !== 'number' || !(expireAt > 0)) return null;
  const at = expireAt > SECONDS_MAX ? expireAt : expireAt * 1000;
  return at > DATE_MAX ? null : at;
}
