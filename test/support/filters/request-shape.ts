import type { LoggedRequest } from '../../../src/sandbox/fault.ts';

/**
 * What a request asks, without any value: its route and the names of its parameters; for CallGear its tree of fields and operators.
 * No value that a client sends may change it.
 */
export function shapeOf({ method, url, body }: LoggedRequest): string {
  const { pathname, searchParams } = new URL(url, 'http://crm.invalid');
  const names = [...new Set(searchParams.keys())].sort();
  return `${method} ${pathname}?${names.join('&')} ${JSON.stringify(shapeOfBody(body))}`;
}

function shapeOfBody(body: unknown): unknown {
  if (Array.isArray(body)) return [...new Set(body.map((member) => JSON.stringify(shapeOfBody(member))))].sort();
  if (typeof body !== 'object' || body === null) return typeof body;
  const isJsquery = 'operator' in body && body.operator === 'jsquery';
  const members = Object.entries(body).map(
    ([name, member]: readonly [string, unknown]) => [name, shapeOfMember(name, member, isJsquery)] as const,
  );
  return Object.fromEntries(members);
}

function shapeOfMember(name: string, member: unknown, isJsquery: boolean): unknown {
  if (['method', 'field', 'operator', 'condition'].includes(name)) return member;
  if (name !== 'value') return shapeOfBody(member);
  // Of a clause: a text, a number or a list of them, or a query whose literals may be any.
  return isJsquery && typeof member === 'string' ? member.replace(/"(?:[^"\\]|\\.)*"/g, 'TEXT').replace(/TEXT(, TEXT)+/g, 'TEXT') : 'value';
}
