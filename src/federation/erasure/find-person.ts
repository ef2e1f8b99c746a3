import type { ContactSource } from '../../datasources/port/contact-source.ts';
import type { HashedContact } from '../../datasources/port/identity/contact-index.ts';
import { keyText, type ContactKey } from '../../datasources/port/identity/contact-key.ts';
import type { ContactRecord } from '../../datasources/port/records/contact.ts';
import type { SourceReport } from '../source-report.ts';
import type { FoundMatch } from '../identity/find-matches.ts';
import { strengthOf } from '../identity/group.ts';
import { contactText, type KnownKey } from '../identity/identity-kit.ts';
import { isAtLeast, matchOf, MATCH_CONFIDENCES, type Match } from '../identity/match.ts';
import { reasonsOf } from '../identity/match-reasons.ts';
import { areOfTwo, compareNames } from '../identity/name-relation.ts';
import { hashName } from '../identity/hash-name.ts';
import type { Universe } from '../identity/universe.ts';

/** Contacts that are found of one person at most: more are no person. */
const FOUND_MAX = 100;

/** Who it is about. */
export interface PersonKeys {
  readonly contacts: readonly ContactRecord[];
  readonly keys: readonly ContactKey[];
  readonly name: string | null;
}

export const SEARCH_COVERAGES = ['EVERY_CONTACT', 'SEARCHED'] as const;
export type SearchCoverage = (typeof SEARCH_COVERAGES)[number];

/** What was found of a person. */
export interface FoundPerson {
  readonly matches: readonly FoundMatch[];
  readonly coverage: SearchCoverage;
  /** Whether every source answered every search. */
  readonly isComplete: boolean;
  readonly reports: readonly SourceReport[];
  /** Whether found contacts bear names that contradict each other, or those that are LIKELY two names: then they may be more than one person. */
  readonly hasContradictions: boolean;
  /** Whether every key that was given is used by many. */
  readonly hasOnlySharedKeys: boolean;
  /** The keys that were given, each once. */
  readonly givenKeys: readonly ContactKey[];
  /** All keys that were looked for: besides those, of the contacts that were named or are certain. */
  readonly keys: readonly ContactKey[];
}

/**
 * Finds a person in every source: by the CRM's own searches, whatever an index says, and by the indexes. The keys of contacts that are certain are
 * looked for once more; those of others never are.
 *
 * Cost: a search for each key in each source, twice at most, and the reading of what only indexes know.
 */
export async function findPerson({ contacts, keys, name }: PersonKeys, universe: Universe): Promise<FoundPerson> {
  const { kit } = universe;
  const sources = [...universe.sources.values()];
  const findings = universe.findings(sources);
  const given = new Map(keys.map((key) => [kit.hashKey(key), kit.known(key)]));
  const anchors = new Map(contacts.map((record) => [contactText(record), universe.add(record)]));
  for (const record of contacts) for (const known of kit.keys(record)) given.set(known.hashed.hash, known);
  const asked: HashedContact = {
    source: '',
    entity: 'contact',
    idInSource: '',
    kind: 'PERSON',
    name: name === null ? [] : hashName(name, kit),
    keys: [...given.values()].filter(({ key }) => keys.includes(key)).map(({ hashed }) => hashed),
  };
  await universe.searchEverywhere([...given.values()], sources, findings);
  const first = await matchesOf(asked, anchors, universe, findings);
  const certain = first.filter(({ match }) => match?.confidence === 'CERTAIN' || match === null);
  const wider = new Map(certain.flatMap(({ record }) => kit.keys(record)).map((known): [bigint, KnownKey] => [known.hashed.hash, known]));
  const fresh = [...wider.values()].filter(({ hashed }) => !given.has(hashed.hash) && hashed.sharedBecause === null);
  if (fresh.length > 0) await universe.searchEverywhere(fresh, sources, findings);
  const nodes = new Map([...anchors, ...certain.map(({ contact }): [string, HashedContact] => [contactText(contact), contact])]);
  const found = fresh.length === 0 ? first : await matchesOf(asked, nodes, universe, findings);
  const matches = found
    .toSorted((one, other) => rankOf(other) - rankOf(one))
    .slice(0, FOUND_MAX)
    .map(({ record, match, other }): FoundMatch => ({
      record,
      confidence: match?.confidence ?? 'CERTAIN',
      reasons: match === null ? [] : reasonsOf(match, record, other ?? record, kit),
    }));
  const shared = universe.sharedKeys();
  return {
    matches: [...matches, ...(await namesakes(asked, matches, universe, findings))],
    coverage: sources.every(coversAll) ? 'EVERY_CONTACT' : 'SEARCHED',
    isComplete: findings.errors.length === 0,
    reports: findings.reports(),
    hasContradictions: contradict(found),
    hasOnlySharedKeys: asked.keys.length > 0 && asked.keys.every((key) => shared.because(key, 'PERSON') !== null),
    givenKeys: [...new Map(keys.map((key) => [keyText(key), key])).values()],
    keys: [...given.values(), ...fresh].map(({ key }) => key),
  };
}

interface Candidate {
  readonly contact: HashedContact;
  readonly record: ContactRecord;
  /** null: it was named itself. */
  readonly match: Match | null;
  /** What it matches; undefined: what was asked for. */
  readonly other: ContactRecord | undefined;
}

/** Everything that matches what was asked for, or one of some contacts. */
async function matchesOf(
  asked: HashedContact,
  nodes: ReadonlyMap<string, HashedContact>,
  universe: Universe,
  findings: ReturnType<Universe['findings']>,
): Promise<readonly Candidate[]> {
  const holders = new Map<string, HashedContact>(nodes);
  for (const { hash } of [asked, ...nodes.values()].flatMap(({ keys }) => keys)) {
    for (const holder of universe.holders(hash)) holders.set(contactText(holder), holder);
  }
  const read = await universe.read([...holders.values()], findings);
  const shared = universe.sharedKeys();
  return read.flatMap((contact): Candidate[] => {
    const text = contactText(contact);
    const record = universe.recordOf(text);
    if (record === undefined) return [];
    if (nodes.has(text)) return [{ contact, record, match: null, other: undefined }];
    const best = [asked, ...nodes.values()]
      .map((node) => ({ node, match: matchOf({ ...node, kind: contact.kind }, contact, shared) }))
      .filter((one): one is { node: HashedContact; match: Match } => one.match !== null)
      .sort((one, other) => strengthOf(other.match) - strengthOf(one.match))[0];
    return best === undefined ? [] : [{ contact, record, match: best.match, other: universe.recordOf(contactText(best.node)) }];
  });
}

/** Contacts of just the name that was given: somebody else's unless a person says otherwise. */
async function namesakes(
  asked: HashedContact,
  matches: readonly FoundMatch[],
  universe: Universe,
  findings: ReturnType<Universe['findings']>,
): Promise<readonly FoundMatch[]> {
  if (asked.name.length < 2) return [];
  const known = new Set(matches.map(({ record }) => contactText(record)));
  const found = await universe.read(
    universe.namesakes(asked.name).filter((contact) => !known.has(contactText(contact))),
    findings,
  );
  return found.flatMap((contact) => {
    const record = universe.recordOf(contactText(contact));
    const reasons = [{ kind: 'SAME_NAME' as const, value: null, sharedBecause: null, speaksFor: true }];
    return record === undefined ? [] : [{ record, confidence: 'POSSIBLE' as const, reasons }];
  });
}

function rankOf({ match }: Candidate): number {
  return match === null ? MATCH_CONFIDENCES.length * 1_000 : strengthOf(match);
}

/** Relatives on one phone are only POSSIBLE, and say nothing against the others; on one mailbox they are LIKELY. */
function contradict(candidates: readonly Candidate[]): boolean {
  const isLikely = ({ match }: Candidate) => match === null || isAtLeast(match.confidence, 'LIKELY');
  return candidates.some((one, index) =>
    candidates
      .slice(index + 1)
      .some(
        (other) =>
          compareNames(one.contact.name, other.contact.name) === 'CONTRADICTS' ||
          (isLikely(one) && isLikely(other) && areOfTwo(one.contact.name, other.contact.name)),
      ),
  );
}

/** An index vouches for every contact only where the source itself reports what has changed, and has done so just now. */
function coversAll({ index, capabilities }: ContactSource): boolean {
  return index?.isCurrent === true && capabilities.changeDetection === 'CHANGES_AND_DELETIONS';
}

/** Whether a match is sure enough to count as the person. */
export function isPerson({ confidence }: FoundMatch): boolean {
  return isAtLeast(confidence, 'LIKELY');
}
