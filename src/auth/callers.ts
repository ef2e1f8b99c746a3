import { createRemoteJWKSet, errors, jwtVerify, type JWTVerifyGetKey } from 'jose';
import type { Settings } from '../config/settings.ts';
import { SCOPES, type Caller, type Scope } from './scopes.ts';
import { findApiKey } from './api-keys.ts';
import { RefusalError } from './refusal.ts';

/** Signatures that a token may carry: asymmetric ones only, so that a public key can never pass for a shared secret. */
const JWT_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];
/** How far the clocks of issuer and gateway may differ. */
const CLOCK_TOLERANCE_SECONDS = 30;
const CALLER_NAME_LENGTH_MAX = 64;

/** Who comes through a door without keys, which is open on loopback only. */
const ANONYMOUS: Caller = { name: 'anonymous', scopes: new Set(SCOPES) };

/** Finds out who sent a request. */
export interface CallerCheck {
  /** Whether callers need a key at all. */
  readonly needsKeys: boolean;
  /**
   * @returns null when a key is needed and none, or none that is good, was presented.
   * @throws RefusalError CALLER_CHECK_UNAVAILABLE when the keys of the token's issuer cannot be had.
   */
  identify(authorization: string | null): Promise<Caller | null>;
}

/** Callers are known by an API key or by a JWT of the configured issuer; without either setting everyone is `anonymous`. */
export function createCallerCheck(settings: Pick<Settings, 'apiKeys' | 'jwt'>): CallerCheck {
  const { apiKeys, jwt } = settings;
  if (apiKeys.length === 0 && jwt === null) return { needsKeys: false, identify: async () => ANONYMOUS };
  const keySet = jwt === null ? null : createRemoteJWKSet(new URL(jwt.jwksUrl));
  return {
    needsKeys: true,
    async identify(authorization) {
      const token = /^Bearer +(\S+)$/i.exec(authorization?.trim() ?? '')?.[1];
      if (token === undefined) return null;
      const key = findApiKey(apiKeys, token);
      if (key !== null) return { name: key.name, scopes: key.scopes };
      return keySet === null || jwt === null ? null : verifyJwt(token, keySet, jwt);
    },
  };
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
    return { name: callerName(payload.sub), scopes: scopesOf(payload['scope'] ?? payload['scp']) };
  } catch (error) {
    if (isTokensFault(error)) return null;
    const message = 'The keys of the issuer of tokens cannot be had at the moment.';
    throw new RefusalError({ status: 503, code: 'CALLER_CHECK_UNAVAILABLE', message, headers: { 'retry-after': '30' } }, { cause: error });
  }
}

/** Whether the token is bad, and not the way to its issuer's keys. */
function isTokensFault(error: unknown): boolean {
  if (!(error instanceof errors.JOSEError)) return false;
  return ![errors.JOSEError.code, errors.JWKSTimeout.code, errors.JWKSInvalid.code].includes(error.code);
}

/** The colon keeps it apart from every API key's name; whatever could forge a line of a log is left out. */
function callerName(subject: unknown): string {
  return `jwt:${String(subject).replace(/[^\x21-\x7e]/g, '_')}`.slice(0, CALLER_NAME_LENGTH_MAX);
}

/** `scope` is a list parted by spaces (RFC 8693); some issuers write `scp`, and some an array. */
function scopesOf(claim: unknown): ReadonlySet<Scope> {
  const granted: unknown[] = typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : [];
  return new Set(SCOPES.filter((scope) => granted.includes(scope)));
}
