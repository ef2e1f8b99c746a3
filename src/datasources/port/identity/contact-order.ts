import type { ContactEntity } from '../records/contact.ts';

/** What orders contacts of one source. */
export interface OrderedContact {
  readonly entity: ContactEntity;
  readonly idInSource: string;
}

/** Makes the 32-bit hash (FNV-1a) by which contacts are ordered: it depends on nothing but the id, so that an order outlives whatever it was made from. */
export function orderHash({ entity, idInSource }: OrderedContact): number {
  let hash = entity === 'company' ? 0x811c9dc4 : 0x811c9dc5;
  for (let at = 0; at < idInSource.length; at += 1) hash = Math.imul(hash ^ idInSource.charCodeAt(at), 0x0100_0193);
  return hash >>> 0;
}

/** Compares by the hash, and by the id where two are equal. */
export function compareOrder(one: OrderedContact, other: OrderedContact): number {
  return orderHash(one) - orderHash(other) || compareTexts(`${one.entity} ${one.idInSource}`, `${other.entity} ${other.idInSource}`);
}

function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
