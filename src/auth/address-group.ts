import { isIPv4, isIPv6 } from 'node:net';

/** Longer texts are no address of a client. */
const LENGTH_MAX = 64;
/** Of eight groups of an IPv6 address, those that name the network; whoever has one has all of its addresses. */
const NETWORK_GROUPS = 4;
const GROUPS = 8;

/**
 * Names what is counted as one client: an IPv4 address, or the /64 network of an IPv6 address, whose owner may use any of its addresses. An IPv4
 * address written as IPv6 is the IPv4 address.
 *
 * @param text As a socket or a proxy says it: with brackets, a port or a zone. What is no address is kept as it is, cut off.
 */
export function addressGroup(text: string): string {
  const address = withoutPort(text.slice(0, LENGTH_MAX));
  // Each has a colon, and the first call of isIPv6 takes milliseconds.
  if (!address.includes(':') || !isIPv6(address)) return address.toLowerCase();
  const groups = groupsOf(address);
  const [high, low] = groups.slice(-2) as [number, number];
  const isIPv4Mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (isIPv4Mapped) return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
  const network = groups.slice(0, NETWORK_GROUPS);
  return `${network.map((group) => group.toString(16)).join(':')}::/64`;
}

/** Some proxies add the port of the connection, which differs each time. */
function withoutPort(text: string): string {
  const [address = ''] = text.split('%', 1);
  if (address.startsWith('[')) return address.slice(1).split(']', 1)[0] ?? '';
  const [host = ''] = address.split(':', 1);
  return host.length < address.length && isIPv4(host) ? host : address;
}

/** @param address A good one: `::` stands for as many zeros as are missing, and the last four bytes may be written as IPv4. */
function groupsOf(address: string): readonly number[] {
  const [head = '', tail] = address.split('::', 2);
  const [before, after] = [numbersOf(head), numbersOf(tail ?? '')];
  return [...before, ...Array<number>(GROUPS - before.length - after.length).fill(0), ...after];
}

function numbersOf(part: string): readonly number[] {
  if (part === '') return [];
  return part.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [(a << 8) | b, (c << 8) | d];
  });
}
