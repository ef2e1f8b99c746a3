import { SHARED_REASONS, type HashedContact, type HashedKey } from '../datasources/port/identity/contact-index.ts';
import type { ContactEntity, ContactKind } from '../datasources/port/records/contact.ts';
import { compareOrder, orderHash, type OrderedContact } from '../datasources/port/identity/contact-order.ts';
import { Chains } from './chains.ts';

const WORDS_MAX = 9;
const SIZE_MIN = 256;
const IS_COMPANY_ENTITY = 1;
const IS_COMPANY = 2;
const IS_GONE = 4;
const IS_EMAIL = 1;
const INDEX_BITS = 32n;
const INDEX_MASK = 0xffff_ffffn;
const REASON_SHIFT = 1;

/** Hashed contacts of one source in typed arrays: some 100 bytes each. A contact that is put again takes the place of the one before. */
export class ContactTable {
  readonly #source: string;
  readonly #ids: string[] = [];
  #flags = new Uint8Array(SIZE_MIN);
  /** Where the words of each contact's name begin; those of the next one are the end. */
  #firstWord = new Uint32Array(SIZE_MIN + 1);
  #words = new Float64Array(SIZE_MIN);
  #wordCount = 0;
  /** Where the keys of each contact begin; those of the next one are the end. */
  #firstKey = new Uint32Array(SIZE_MIN + 1);
  #keyHashes = new BigUint64Array(SIZE_MIN);
  #keyOwners = new Uint32Array(SIZE_MIN);
  #keyFlags = new Uint8Array(SIZE_MIN);
  #keyCount = 0;
  #gone = 0;
  /** Hashes of ids with the places of their contacts, sorted; null until it is asked for. */
  #order: BigUint64Array | null = null;
  readonly #byKey = new Chains();
  readonly #byName = new Chains();
  readonly #byId = new Chains();

  constructor(source: string) {
    this.#source = source;
  }

  /** Contacts that are there. */
  get size(): number {
    return this.#ids.length - this.#gone;
  }

  /** Places that contacts have left. */
  get gone(): number {
    return this.#gone;
  }

  put(contact: HashedContact): void {
    const { entity, idInSource, kind, name, keys } = contact;
    this.remove(entity, idInSource);
    const index = this.#ids.length;
    this.#order = null;
    const words = name.slice(0, WORDS_MAX);
    this.#reserve(index + 1, this.#wordCount + words.length, this.#keyCount + keys.length);
    this.#ids.push(idInSource);
    this.#flags[index] = (entity === 'company' ? IS_COMPANY_ENTITY : 0) | (kind === 'COMPANY' ? IS_COMPANY : 0);
    this.#words.set(words, this.#wordCount);
    this.#wordCount += words.length;
    this.#firstWord[index + 1] = this.#wordCount;
    for (const key of keys) this.#putKey(key, index);
    this.#firstKey[index + 1] = this.#keyCount;
    this.#byName.add(nameHash(words));
    this.#byId.add(orderHash(contact));
  }

  /** @returns Whether it was there. */
  remove(entity: ContactEntity, idInSource: string): boolean {
    const index = this.#indexOf(entity, idInSource);
    if (index === null) return false;
    this.#flags[index] = (this.#flags[index] ?? 0) | IS_GONE;
    this.#gone += 1;
    return true;
  }

  get(entity: ContactEntity, idInSource: string): HashedContact | null {
    const index = this.#indexOf(entity, idInSource);
    return index === null ? null : this.#at(index);
  }

  find(hash: bigint, limit: number): readonly HashedContact[] {
    const found: HashedContact[] = [];
    for (const key of this.#byKey.find(keyHash(hash))) {
      if (this.#keyHashes[key] !== hash) continue;
      const owner = this.#keyOwners[key] ?? 0;
      if (!this.#isGone(owner)) found.push(this.#at(owner));
      if (found.length >= limit) break;
    }
    return found;
  }

  findByName(name: readonly number[], limit: number): readonly HashedContact[] {
    const found: HashedContact[] = [];
    for (const index of this.#byName.find(nameHash(name))) {
      if (found.length >= limit) break;
      if (this.#isGone(index)) continue;
      const contact = this.#at(index);
      if (contact.name.length === name.length && contact.name.every((word, at) => word === name[at])) found.push(contact);
    }
    return found;
  }

  /** Those that come after one, in the order of `compareOrder`; null: all. Sorting 100,000 takes some 10 ms, once for each change. */
  *entriesAfter(anchor: OrderedContact | null): Generator<HashedContact> {
    const order = this.#sorted();
    const from = anchor === null ? 0 : firstAtLeast(order, BigInt(orderHash(anchor)) << INDEX_BITS);
    for (let at = from; at < order.length;) {
      const hash = (order[at] ?? 0n) >> INDEX_BITS;
      const ties: HashedContact[] = [];
      for (; at < order.length && (order[at] ?? 0n) >> INDEX_BITS === hash; at += 1) {
        const index = Number((order[at] ?? 0n) & INDEX_MASK);
        if (!this.#isGone(index)) ties.push(this.#at(index));
      }
      if (ties.length > 1) ties.sort(compareOrder);
      for (const contact of ties) if (anchor === null || compareOrder(contact, anchor) > 0) yield contact;
    }
  }

  #sorted(): BigUint64Array {
    if (this.#order !== null) return this.#order;
    const order = new BigUint64Array(this.#ids.length);
    for (const [index, idInSource] of this.#ids.entries()) {
      const entity = this.#isCompanyEntity(index) ? 'company' : 'contact';
      order[index] = (BigInt(orderHash({ entity, idInSource })) << INDEX_BITS) | BigInt(index);
    }
    this.#order = order.sort();
    return this.#order;
  }

  #putKey(key: HashedKey, owner: number): void {
    const index = this.#keyCount;
    this.#keyCount += 1;
    this.#keyHashes[index] = key.hash;
    this.#keyOwners[index] = owner;
    const reason = key.sharedBecause === null ? 0 : SHARED_REASONS.indexOf(key.sharedBecause) + 1;
    this.#keyFlags[index] = (key.type === 'EMAIL' ? IS_EMAIL : 0) | (reason << REASON_SHIFT);
    this.#byKey.add(keyHash(key.hash));
  }

  #at(index: number): HashedContact {
    const flags = this.#flags[index] ?? 0;
    const kind: ContactKind = (flags & IS_COMPANY) === 0 ? 'PERSON' : 'COMPANY';
    const keys: HashedKey[] = [];
    for (let key = this.#firstKey[index] ?? 0; key < (this.#firstKey[index + 1] ?? 0); key += 1) keys.push(this.#keyAt(key));
    return {
      source: this.#source,
      entity: (flags & IS_COMPANY_ENTITY) === 0 ? 'contact' : 'company',
      idInSource: this.#ids[index] ?? '',
      kind,
      name: [...this.#nameAt(index)],
      keys,
    };
  }

  #keyAt(index: number): HashedKey {
    const flags = this.#keyFlags[index] ?? 0;
    return {
      hash: this.#keyHashes[index] ?? 0n,
      type: (flags & IS_EMAIL) === 0 ? 'PHONE' : 'EMAIL',
      sharedBecause: SHARED_REASONS[(flags >> REASON_SHIFT) - 1] ?? null,
    };
  }

  #indexOf(entity: ContactEntity, idInSource: string): number | null {
    const isCompany = entity === 'company';
    for (const index of this.#byId.find(orderHash({ entity, idInSource }))) {
      if (this.#ids[index] === idInSource && this.#isCompanyEntity(index) === isCompany && !this.#isGone(index)) return index;
    }
    return null;
  }

  #nameAt(index: number): Float64Array {
    return this.#words.subarray(this.#firstWord[index] ?? 0, this.#firstWord[index + 1] ?? 0);
  }

  #isCompanyEntity(index: number): boolean {
    return ((this.#flags[index] ?? 0) & IS_COMPANY_ENTITY) !== 0;
  }

  #isGone(index: number): boolean {
    return ((this.#flags[index] ?? 0) & IS_GONE) !== 0;
  }

  #reserve(contacts: number, words: number, keys: number): void {
    if (contacts > this.#flags.length) {
      const size = this.#flags.length * 2;
      this.#flags = grown(this.#flags, new Uint8Array(size));
      this.#firstWord = grown(this.#firstWord, new Uint32Array(size + 1));
      this.#firstKey = grown(this.#firstKey, new Uint32Array(size + 1));
    }
    while (words > this.#words.length) this.#words = grown(this.#words, new Float64Array(this.#words.length * 2));
    while (keys > this.#keyOwners.length) {
      const size = this.#keyOwners.length * 2;
      this.#keyHashes = grown(this.#keyHashes, new BigUint64Array(size));
      this.#keyOwners = grown(this.#keyOwners, new Uint32Array(size));
      this.#keyFlags = grown(this.#keyFlags, new Uint8Array(size));
    }
  }
}

function grown<A extends Uint8Array | Uint32Array | Float64Array | BigUint64Array>(before: A, after: A): A {
  after.set(before as never);
  return after;
}

function firstAtLeast(sorted: BigUint64Array, least: bigint): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((sorted[middle] ?? 0n) < least) from = middle + 1;
    else to = middle;
  }
  return from;
}

function nameHash(name: Iterable<number>): number {
  let hash = 0x811c9dc5;
  for (const word of name) hash = Math.imul(hash ^ Math.floor(word / 2 ** 20) ^ word, 0x0100_0193) >>> 0;
  // The lower bits have to depend on all of it.
  return (hash ^ (hash >>> 15)) >>> 0;
}

function keyHash(hash: bigint): number {
  return Number(hash & 0xffff_ffffn);
}
