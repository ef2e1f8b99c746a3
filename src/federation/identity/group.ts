import type { HashedContact } from '../../datasources/port/identity/contact-index.ts';
import { contactText } from './identity-kit.ts';
import { isAtLeast, matchOf, MATCH_CONFIDENCES, type Match, type MatchConfidence, type SharedKeys } from './match.ts';
import { areOfTwo, compareNames } from './name-relation.ts';

/** No person is in more records of a few CRMs; what is chained further is a shared key that was not recognised. */
export const MEMBERS_MAX = 12;

/** One link between two contacts, by their texts. */
export interface Link {
  readonly one: string;
  readonly other: string;
  readonly match: Match;
}

/** Contacts that are one person. */
export interface Group {
  /** By `contactText`, sorted. */
  readonly members: readonly string[];
  readonly links: readonly Link[];
  /** Links of members that were not followed: they would have joined names of two persons, or too many. */
  readonly cutLinks: number;
}

/**
 * Joins contacts into persons, the surest links first. POSSIBLE joins nobody. The order in which the contacts are given does not matter.
 *
 * Cost: each pair is compared; hand over what is connected at all.
 */
export function groupContacts(
  contacts: readonly HashedContact[],
  shared: SharedKeys,
  minConfidence: Exclude<MatchConfidence, 'POSSIBLE'> = 'LIKELY',
): readonly Group[] {
  const nodes = new Map(contacts.map((contact) => [contactText(contact), contact]));
  const texts = [...nodes.keys()].sort();
  const links = linksBetween(texts, nodes, shared, minConfidence);
  const groupOf = new Map(texts.map((text) => [text, [text]]));
  const cut: Link[] = [];
  for (const link of links) {
    const [one = [], other = []] = [groupOf.get(link.one), groupOf.get(link.other)];
    if (one === other) continue;
    if (one.length + other.length > MEMBERS_MAX || contradict(one, other, nodes, shared)) {
      cut.push(link);
      continue;
    }
    one.push(...other);
    for (const text of other) groupOf.set(text, one);
  }
  return [...new Set(groupOf.values())].map((members) => {
    const set = new Set(members);
    return {
      members: members.sort(),
      links: links.filter(({ one, other }) => set.has(one) && set.has(other)),
      cutLinks: cut.filter(({ one, other }) => set.has(one) || set.has(other)).length,
    };
  });
}

function linksBetween(
  texts: readonly string[],
  nodes: ReadonlyMap<string, HashedContact>,
  shared: SharedKeys,
  minConfidence: MatchConfidence,
): readonly Link[] {
  const links: Link[] = [];
  for (const [index, one] of texts.entries()) {
    for (const other of texts.slice(index + 1)) {
      const [left, right] = [nodes.get(one), nodes.get(other)];
      const match = left && right ? matchOf(left, right, shared) : null;
      if (match !== null && isAtLeast(match.confidence, minConfidence)) links.push({ one, other, match });
    }
  }
  return links.sort((one, other) => strengthOf(other.match) - strengthOf(one.match) || compareTexts(one, other));
}

/** The confidence first; of equal ones a name that fits, then the number of keys in common. */
export function strengthOf({ confidence, names, common }: Match): number {
  const own = common.filter(({ sharedBecause }) => sharedBecause === null).length;
  return MATCH_CONFIDENCES.indexOf(confidence) * 1_000 + (names === 'FITS' ? 500 : 0) + Math.min(own, 99) * 2;
}

function compareTexts(one: Link, other: Link): number {
  const [left, right] = [`${one.one} ${one.other}`, `${other.one} ${other.other}`];
  return left < right ? -1 : left > right ? 1 : 0;
}

function contradict(
  one: readonly string[],
  other: readonly string[],
  nodes: ReadonlyMap<string, HashedContact>,
  shared: SharedKeys,
): boolean {
  return one.some((left) =>
    other.some((right) => {
      const [mine, theirs] = [nodes.get(left), nodes.get(right)];
      if (mine === undefined || theirs === undefined) return false;
      return compareNames(mine.name, theirs.name) === 'CONTRADICTS' || areRelatives(mine, theirs, shared);
    }),
  );
}

/** Two names on one phone: whom a contact without a name, or with the family's alone, belongs to is not known, and it makes them no one person. */
function areRelatives(one: HashedContact, other: HashedContact, shared: SharedKeys): boolean {
  return areOfTwo(one.name, other.name) && matchOf(one, other, shared)?.confidence === 'POSSIBLE';
}
