import { isAdmittedOrigin, type OriginRules } from './cors.ts';
import type { Refusal } from './refusal.ts';
import type { RequestHeaders } from '../platform/request-headers.ts';

/** Headers that a form, link or image of another site cannot send: a browser asks for leave first. Any of them will do. */
export const CSRF_HEADERS = ['x-graphql-csrf', 'x-requested-with', 'apollo-require-preflight', 'graphql-require-preflight'];

/** What the settings say of other sites. */
export interface CrossSiteRules {
  readonly origins: OriginRules;
  /** Production: a GET must show that a program and no link, form or image made it. */
  readonly isStrict: boolean;
}

/**
 * Refuses what another site's page could make a browser send here without being asked for leave (cross-site request forgery).
 *
 * POST takes JSON only, which no form can send. GET runs queries only, and is refused when the browser says that another site made it.
 * Programs that are no browsers send none of these headers and pass.
 *
 * @see https://developer.mozilla.org/docs/Web/HTTP/Headers/Sec-Fetch-Site
 */
export function crossSiteRefusal(method: string, headers: RequestHeaders, rules: CrossSiteRules): Refusal | null {
  if (method === 'POST') {
    const fault = bodyFault(headers);
    if (fault !== null) return { status: 415, code: 'UNSUPPORTED_MEDIA_TYPE', message: fault };
  }
  if (CSRF_HEADERS.some((name) => headers.has(name))) return null;
  if (!isAdmittedOrigin(headers.get('origin'), rules.origins) && isFromAnotherSite(method, headers)) {
    return refuse('A page of another site may not send this; an operator can list its origin in CORS_ORIGINS.');
  }
  if (method === 'GET' && rules.isStrict && !isByProgram(headers)) {
    return refuse(
      `A GET needs "Accept: application/json", a Bearer key, or a header ${CSRF_HEADERS[0]}, to show that no mere link made it.`,
    );
  }
  return null;
}

function bodyFault(headers: RequestHeaders): string | null {
  const type = headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/json' && type !== 'application/graphql+json') return 'POST takes "Content-Type: application/json" only.';
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(headers.get('content-type') ?? '')?.[1];
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) return 'The body must be UTF-8.';
  const encoding = headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity';
  return encoding === 'identity' ? null : 'A compressed body is not taken.';
}

function isFromAnotherSite(method: string, headers: RequestHeaders): boolean {
  const site = headers.get('sec-fetch-site');
  if (site !== null) return site !== 'same-origin' && site !== 'none';
  // Browsers without Sec-Fetch-Site; a JSON POST from another site has asked for leave already, and did not get it.
  const origin = headers.get('origin');
  return method === 'GET' && origin !== null && URL.parse(origin)?.host !== headers.get('host');
}

function isByProgram(headers: RequestHeaders): boolean {
  // No browser adds a Bearer key by itself; Basic it does.
  if (/^Bearer /i.test(headers.get('authorization') ?? '')) return true;
  const mode = headers.get('sec-fetch-mode');
  return mode === 'cors' || mode === 'same-origin' || /\bapplication\/([\w.-]+\+)?json\b/i.test(headers.get('accept') ?? '');
}

function refuse(message: string): Refusal {
  return { status: 403, code: 'CROSS_SITE_REQUEST', message };
}
