import { z } from 'zod';
import { isLoopbackHost } from '../../platform/loopback.ts';
import { trimmedEnd } from './trim-text.ts';

/**
 * A whole URL in the settings: https anywhere, plain http only to loopback; a path is allowed, its trailing slashes are cut.
 * Its faults never hold the value, which may carry a password by mistake.
 */
export const sourceUrl = z.string().transform((text, context): string => {
  const fault = (message: string): never => {
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  const trimmed = text.trim();
  if (!/^https?:\/\//i.test(trimmed) || !URL.canParse(trimmed)) return fault('must be a whole URL that starts with https://');
  const url = new URL(trimmed);
  if (url.username !== '' || url.password !== '') return fault('must not hold a user name or password');
  // `search` and `hash` are '' for a bare `?` or `#` too.
  if (/[?#]/.test(trimmed)) return fault('must not hold a query or a fragment');
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname)) return fault('must start with https:// (plain http is for loopback only)');
  return url.origin + trimmedEnd(url.pathname, '/');
});
