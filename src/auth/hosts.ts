import { isIP } from 'node:net';
import { isLoopbackHost } from '../platform/loopback.ts';

/**
 * Whether a request may be addressed to this host: a page of another site can make a browser send requests here under a name of its own
 * (DNS rebinding), but not under the names that are allowed, nor under the bare address that it comes in on.
 *
 * @param hostHeader The Host header, with or without a port.
 * @param allowedHosts As `toHostName` gives them.
 * @param localAddress The address that the connection came in on.
 */
export function isAllowedHost(hostHeader: string | undefined, allowedHosts: readonly string[], localAddress: string | undefined): boolean {
  const name = toHostName(hostHeader ?? '');
  if (name === null) return false;
  if (isLoopbackHost(name) || allowedHosts.includes(name)) return true;
  return isIP(name) !== 0 && name === localAddress?.replace(/^::ffff:/, '');
}

/** Lower-case, without port and brackets; null when the text is no host. */
export function toHostName(text: string): string | null {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(text);
  return (match?.[1] ?? match?.[2])?.toLowerCase().replace(/\.$/, '') ?? null;
}
