import type { HashedContact, HashedKey, SharedBecause } from '../../datasources/port/identity/contact-index.ts';
import { contactText } from './identity-kit.ts';
import { areSameNames, compareNames, type NameRelation } from './name-relation.ts';

/** The least sure first. */
export const MATCH_CONFIDENCES = ['POSSIBLE', 'LIKELY', 'CERTAIN'] as const;
export type MatchConfidence = (typeof MATCH_CONFIDENCES)[number];

/** A key that two contacts have in common. */
export interface CommonKey {
  readonly key: HashedKey;
  /** null: it is their own. */
  readonly sharedBecause: SharedBecause | null;
}

/** What speaks for two contacts being one person, and against it. */
export interface Match {
  readonly confidence: MatchConfidence;
  readonly common: readonly CommonKey[];
  readonly names: NameRelation;
  readonly hasSameName: boolean;
}

/** Who has a key: all contacts that are known to have it, those of other kinds included. */
export type HoldersOf = (hash: bigint) => readonly HashedContact[];

/** As many different names on one key show that it is nobody's own. */
const NAMES_OF_SHARED = 3;

/**
 * Compares two contacts. Null: nothing connects them, or they are of different kinds.
 *
 * - CERTAIN: a key of their own and a name that fits, or a phone and an e-mail address of their own.
 * - LIKELY: an e-mail address of their own, or a phone of their own where a name is missing.
 * - POSSIBLE: a phone of their own under another name, or a shared key under the same full name.
 */
export function matchOf(one: HashedContact, other: HashedContact, shared: SharedKeys): Match | null {
  if (one.kind !== other.kind) return null;
  const theirs = new Set(other.keys.map(({ hash }) => hash));
  const common = one.keys
    .filter(({ hash }) => theirs.has(hash))
    .map((key): CommonKey => ({ key, sharedBecause: shared.because(key, one.kind) }));
  const names = compareNames(one.name, other.name);
  const hasSameName = areSameNames(one.name, other.name);
  const confidence = confidenceOf(common, names, hasSameName);
  return confidence === null ? null : { confidence, common, names, hasSameName };
}

function confidenceOf(common: readonly CommonKey[], names: NameRelation, hasSameName: boolean): MatchConfidence | null {
  if (common.length === 0) return null;
  const own = common.filter(({ sharedBecause }) => sharedBecause === null);
  const hasEmail = own.some(({ key }) => key.type === 'EMAIL');
  const hasPhone = own.some(({ key }) => key.type === 'PHONE');
  if ((hasEmail || hasPhone) && names === 'FITS') return 'CERTAIN';
  if (hasEmail && hasPhone) return 'CERTAIN';
  if (hasEmail || (hasPhone && names === 'MISSING')) return 'LIKELY';
  return hasPhone || hasSameName ? 'POSSIBLE' : null;
}

/** Knows which keys are used by many. Each is looked up once. */
export class SharedKeys {
  readonly #holdersOf: HoldersOf;
  readonly #known = new Map<string, SharedBecause | null>();

  constructor(holdersOf: HoldersOf) {
    this.#holdersOf = holdersOf;
  }

  /** Why a key is nobody's own; null when it is. A company's own key is its own, and shared on the people who work there. */
  because(key: HashedKey, kind: HashedContact['kind']): SharedBecause | null {
    if (key.sharedBecause !== null) return key.sharedBecause;
    const text = `${kind} ${key.hash}`;
    let known = this.#known.get(text);
    if (known === undefined) this.#known.set(text, (known = this.#lookUp(key, kind)));
    return known;
  }

  #lookUp({ hash, type }: HashedKey, kind: HashedContact['kind']): SharedBecause | null {
    const holders = this.#holdersOf(hash);
    if (kind === 'PERSON' && holders.some((holder) => holder.kind === 'COMPANY')) return 'OF_COMPANY';
    return hasManyNames(
      holders.filter((holder) => holder.kind === kind),
      type,
    )
      ? 'MANY_NAMES'
      : null;
  }
}

/**
 * Spellings of one name count as one. On an e-mail address only names that contradict each other count: misspelled names are frequent, and few
 * people write each other's mail; a phone is answered by the whole family.
 */
function hasManyNames(holders: readonly HashedContact[], type: HashedKey['type']): boolean {
  const names: (readonly number[])[] = [];
  // In an order that depends neither on that of the rows nor on the secret of the digests.
  const sorted = holders.map(({ name, ...of }) => ({ name, text: contactText(of) })).sort((one, other) => (one.text < other.text ? -1 : 1));
  for (const { name } of sorted) {
    const isAnother = names.every((known) => {
      const relation = compareNames(known, name);
      return type === 'EMAIL' ? relation === 'CONTRADICTS' : relation !== 'FITS';
    });
    if (name.length === 0 || !isAnother) continue;
    names.push(name);
    if (names.length >= (type === 'EMAIL' ? 4 : NAMES_OF_SHARED)) return true;
  }
  return false;
}

/** Whether a confidence is at least another one. */
export function isAtLeast(one: MatchConfidence, least: MatchConfidence): boolean {
  return MATCH_CONFIDENCES.indexOf(one) >= MATCH_CONFIDENCES.indexOf(least);
}
