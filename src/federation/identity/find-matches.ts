import type { ContactSource } from '../../datasources/port/contact-source.ts';
import type { HashedContact } from '../../datasources/port/identity/contact-index.ts';
import type { ContactRecord } from '../../datasources/port/records/contact.ts';
import type { SourceReport } from '../source-report.ts';
import { strengthOf } from './group.ts';
import { contactText } from './identity-kit.ts';
import { isAtLeast, matchOf, type Match, type MatchConfidence } from './match.ts';
import { commonCompany, reasonsOf, type MatchReason } from './match-reasons.ts';
import { areSameNames } from './name-relation.ts';
import type { SourceFindings } from './source-findings.ts';
import type { Universe } from './universe.ts';

/** Read beyond those that are shown, for those that turn out to be none. */
const SPARE_READS = 2;

/** One contact that may be the same person. */
export interface FoundMatch {
  readonly record: ContactRecord;
  readonly confidence: MatchConfidence;
  readonly reasons: readonly MatchReason[];
}

/** What was found of one contact. */
export interface FoundMatches {
  readonly matches: readonly FoundMatch[];
  readonly hasMore: boolean;
  readonly findings: SourceFindings;
  readonly isComplete: boolean;
  readonly reports: readonly SourceReport[];
}

/** How matches are looked for. */
export interface MatchQuery {
  readonly first: number;
  readonly minConfidence: MatchConfidence;
  readonly sources: readonly ContactSource[];
}

/**
 * Finds the contacts that may be the same person as one of them, the surest first. Each is read, and compared as it is now.
 *
 * Cost: with usable indexes, the reading of what is shown; otherwise a search for each phone and e-mail address in each source.
 */
export async function findMatches(record: ContactRecord, query: MatchQuery, universe: Universe): Promise<FoundMatches> {
  const { first, minConfidence, sources } = query;
  const self = universe.add(record);
  const findings = universe.findings(sources);
  const withPossible = minConfidence === 'POSSIBLE';
  await universe.search(record, sources, findings, withPossible);
  const candidates = candidatesOf(self, withPossible, new Set(sources.map(({ name }) => name)), universe);
  const shown = candidates.slice(0, first === 0 ? 0 : first + SPARE_READS);
  const found = (await universe.read(shown, findings)).flatMap((contact) => toMatch(record, self, contact, minConfidence, universe));
  const matches = found.sort((one, other) => one.rank - other.rank).slice(0, first);
  return {
    matches,
    hasMore: found.length > first || candidates.length > shown.length,
    findings,
    isComplete: findings.isComplete,
    reports: findings.reports(),
  };
}

function candidatesOf(
  self: HashedContact,
  withPossible: boolean,
  sources: ReadonlySet<string>,
  universe: Universe,
): readonly HashedContact[] {
  const shared = universe.sharedKeys();
  const known = new Map<string, HashedContact>();
  for (const { hash } of self.keys) for (const contact of universe.holders(hash)) known.set(contactText(contact), contact);
  if (withPossible)
    for (const contact of universe.namesakes(self.name)) if (!known.has(contactText(contact))) known.set(contactText(contact), contact);
  known.delete(contactText(self));
  const ranked: { readonly contact: HashedContact; readonly rank: number }[] = [];
  for (const contact of known.values()) {
    if (!sources.has(contact.source) || contact.kind !== self.kind) continue;
    const match = matchOf(self, contact, shared);
    const isNamesake = withPossible && areSameNames(self.name, contact.name);
    if (match === null ? !isNamesake : !isAtLeast(match.confidence, withPossible ? 'POSSIBLE' : 'LIKELY')) continue;
    ranked.push({ contact, rank: match === null ? 0 : -strengthOf(match) });
  }
  return ranked.sort((one, other) => one.rank - other.rank || compareContacts(one.contact, other.contact)).map(({ contact }) => contact);
}

function compareContacts(one: HashedContact, other: HashedContact): number {
  const [left, right] = [contactText(one), contactText(other)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function toMatch(
  record: ContactRecord,
  self: HashedContact,
  contact: HashedContact,
  minConfidence: MatchConfidence,
  universe: Universe,
): (FoundMatch & { readonly rank: number })[] {
  const other = universe.recordOf(contactText(contact));
  if (other === undefined) return [];
  const match = matchOf(self, contact, universe.sharedKeys()) ?? namesakeMatch(record, other, self, contact);
  if (match === null || !isAtLeast(match.confidence, minConfidence)) return [];
  return [
    { record: other, confidence: match.confidence, reasons: reasonsOf(match, record, other, universe.kit), rank: -strengthOf(match) },
  ];
}

/** The same name at the same company: worth a look, and no more. */
function namesakeMatch(record: ContactRecord, other: ContactRecord, self: HashedContact, contact: HashedContact): Match | null {
  if (!areSameNames(self.name, contact.name) || commonCompany(record, other) === null) return null;
  return { confidence: 'POSSIBLE', common: [], names: 'FITS', hasSameName: true };
}
