import { createHash } from 'node:crypto';
import { errors, jwtVerify, type JWTVerifyGetKey } from 'jose';
import type { Settings } from '../config/settings.ts';
import { SCOPES, type Caller, type Scope } from './scopes.ts';
import { findApiKey } from './api-keys.ts';
import { IssuerPausedError, createIssuerKeys } from './issuer-keys.ts';
import { RefusalError } from './refusal.ts';

/** Signatures that a token may carry: asymmetric ones only, so that a public key can never pass for a shared secret. */
const JWT_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];
/** How far the clocks of issuer and gateway may differ. */
const CLOCK_TOLERANCE_SECONDS = 30;
const CALLER_NAME_LENGTH_MAX = 64;
const HASH_MARK = '#';
const HASH_DIGITS = 16;
/** After a failure of the issuer's. */
const RETRY_AFTER_SECONDS = 2;

/** Finds out who sent a request. */
export interface CallerCheck {
  /** Whether callers need a key at all; without it everyone is `anonymous`. */
  readonly needsKeys: boolean;
  /** Finds the caller whose API key this is, without waiting for anything. */
  byApiKey(authorization: string | null): Caller | null;
  /**
   * Finds the caller whose token this is. Costs a signature, and at times a request to the issuer.
   *
   * @returns null when no token, or none that is good, was presented.
   * @throws RefusalError CALLER_CHECK_UNAVAILABLE when the keys of the token's issuer cannot be fetched.
   */
  byToken(authorization: string | null): Promise<Caller | null>;
}

/** Callers are known by an API key or by a JWT of the configured issuer. */
export function createCallerCheck({ apiKeys, jwt }: Pick<Settings, 'apiKeys' | 'jwt'>): CallerCheck {
  const keySet = jwt === null ? null : createIssuerKeys(jwt.jwksUrl);
  return {
    needsKeys: apiKeys.length > 0 || jwt !== null,
    byApiKey(authorization) {
      const token = bearerToken(authorization);
      const key = token === null ? null : findApiKey(apiKeys, token);
      return key === null ? null : { name: key.name, scopes: key.scopes };
    },
    async byToken(authorization) {
      const token = bearerToken(authorization);
      return token === null || keySet === null || jwt === null ? null : verifyJwt(token, keySet, jwt);
    },
  };
}

/** Of plain characters only: a no-break space behind a key is not cut off like other spaces, and part of no key. */
function bearerToken(authorization: string | null): string | null {
  return /^Bearer +([\x21-\x7e]+)$/i.exec(authorization ?? '')?.[1] ?? null;
}

async function verifyJwt(token: string, keySet: JWTVerifyGetKey, jwt: { issuer: string; audience: string }): Promise<Caller | null> {
  try {
    const { payload } = await jwtVerify(token, keySet, {
      issuer: jwt.issuer,
      audience: jwt.audience,
      algorithms: JWT_ALGORITHMS,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      requiredClaims: ['exp', 'sub'],
    });
    if (typeof payload.sub !== 'string' || payload.sub === '') return null;
    return { name: callerName(payload.sub), scopes: scopesOf(payload['scope'] ?? payload['scp']) };
  } catch (error) {
    if (isTokensFault(error)) return null;
    throw unavailable(error);
  }
}

/** Each failure is logged once: what is refused during the pause after it says nothing new. */
function unavailable(error: unknown): RefusalError {
  const isPaused = error instanceof IssuerPausedError;
  const retryAfter = String(isPaused ? Math.ceil(error.retryAfterMs / 1_000) : RETRY_AFTER_SECONDS);
  const message = 'The keys of the issuer of tokens cannot be fetched at the moment.';
  const refusal = { status: 503, code: 'CALLER_CHECK_UNAVAILABLE', message, headers: { 'retry-after': retryAfter } };
  return new RefusalError(refusal, isPaused ? {} : { cause: error });
}

/** Whether the token is bad, and not the way to its issuer's keys. */
function isTokensFault(error: unknown): boolean {
  if (!(error instanceof errors.JOSEError)) return false;
  return ![errors.JOSEError.code, errors.JWKSTimeout.code, errors.JWKSInvalid.code].includes(error.code);
}

/**
 * Names the subject of a token in logs and limits. The colon keeps it apart from every API key's name; whatever could forge a line of a log is left
 * out. What is left out or cut off is replaced by a hash of the whole, so that no two subjects have one name.
 */
export function callerName(subject: string): string {
  const plain = subject.replace(/[^\x21-\x7e]/g, '_');
  const name = `jwt:${plain}`;
  if (plain === subject && name.length <= CALLER_NAME_LENGTH_MAX && !plain.includes(HASH_MARK)) return name;
  const hash = createHash('sha256').update(subject).digest('hex').slice(0, HASH_DIGITS);
  return `${name.slice(0, CALLER_NAME_LENGTH_MAX - HASH_DIGITS - HASH_MARK.length)}${HASH_MARK}${hash}`;
}

/** `scope` is a list parted by spaces (RFC 8693); some issuers write `scp`, and some an array. */
function scopesOf(claim: unknown): ReadonlySet<Scope> {
  const granted: unknown[] = typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : [];
  return new Set(SCOPES.filter((scope) => granted.includes(scope)));
}
