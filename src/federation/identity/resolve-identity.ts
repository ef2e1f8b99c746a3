import type { ContactSource } from '../../datasources/port/contact-source.ts';
import type { HashedContact } from '../../datasources/port/identity/contact-index.ts';
import type { ContactRecord } from '../../datasources/port/records/contact.ts';
import { encodeSourceId } from '../source-id.ts';
import type { SourceReport } from '../source-report.ts';
import { goldenRecordOf, type GoldenRecord } from './golden-record.ts';
import { groupContacts, strengthOf, type Group } from './group.ts';
import { contactText } from './identity-kit.ts';
import { encodeIdentityId } from './identity-id.ts';
import { isAtLeast, matchOf, type MatchConfidence } from './match.ts';
import { reasonsOf, type MatchReason } from './match-reasons.ts';
import type { SourceFindings } from './source-findings.ts';
import type { Universe } from './universe.ts';

/** Contacts that are looked at to put one person together; what is connected to more is cut into groups among these. */
const CONNECTED_MAX = 60;

/** One record of a person. */
export interface IdentityMember {
  readonly record: ContactRecord;
  /** Of its surest link to another member; CERTAIN where it is alone. */
  readonly confidence: MatchConfidence;
  readonly reasons: readonly MatchReason[];
}

/** One person. */
export interface Identity {
  readonly id: string;
  readonly members: readonly IdentityMember[];
  readonly golden: GoldenRecord;
  readonly cutLinks: number;
  readonly isComplete: boolean;
  readonly reports: readonly SourceReport[];
  readonly findings: SourceFindings;
}

/** How a person is put together. */
export interface ResolveOptions {
  readonly universe: Universe;
  readonly sources: readonly ContactSource[];
  /** Names of sources, the most trusted first. */
  readonly priority: readonly string[];
  readonly minConfidence?: Exclude<MatchConfidence, 'POSSIBLE'>;
}

/** Finds what is connected to a contact by links that may join, in the sources without an index by searching for the keys of each. */
export async function findConnected(
  anchor: HashedContact,
  findings: SourceFindings,
  { universe, sources, minConfidence = 'LIKELY' }: ResolveOptions,
): Promise<readonly HashedContact[]> {
  const known = new Map([[contactText(anchor), anchor]]);
  const names = new Set(sources.map(({ name }) => name));
  let fresh: readonly HashedContact[] = [anchor];
  while (fresh.length > 0 && known.size < CONNECTED_MAX) {
    await Promise.all(
      fresh.map(async (contact) => {
        const record = universe.recordOf(contactText(contact));
        // A contact that only indexes know has keys that nobody can search for, and none have to be.
        if (record !== undefined) await universe.search(record, sources, findings);
        else for (const source of sources) if (universe.isIndexed(source)) findings.noteIndex(source);
      }),
    );
    const shared = universe.sharedKeys();
    const next: HashedContact[] = [];
    for (const contact of fresh) {
      for (const other of contact.keys.flatMap(({ hash }) => universe.holders(hash))) {
        const text = contactText(other);
        if (known.has(text) || !names.has(other.source) || known.size >= CONNECTED_MAX) continue;
        const match = matchOf(contact, other, shared);
        if (match === null || !isAtLeast(match.confidence, minConfidence)) continue;
        known.set(text, other);
        next.push(other);
      }
    }
    const needsRecords = sources.some((source) => !universe.isIndexed(source));
    fresh = needsRecords ? await universe.read(next, findings) : next;
  }
  return [...known.values()];
}

/**
 * Puts together the person that a contact belongs to, of what its members are now.
 *
 * Cost: with usable indexes, the reading of its members; otherwise the searches of `findMatches` for each member.
 */
export async function resolveIdentity(anchor: HashedContact, options: ResolveOptions): Promise<Identity | null> {
  const { universe, sources, minConfidence } = options;
  const findings = universe.findings(sources);
  const connected = await findConnected(anchor, findings, options);
  const text = contactText(anchor);
  const likely = groupOf(text, groupContacts(connected, universe.sharedKeys(), minConfidence));
  const wanted = connected.filter((contact) => likely?.members.includes(contactText(contact)));
  const members = await universe.read(wanted, findings);
  // An index may be older than what was read.
  const group = groupOf(text, groupContacts(members, universe.sharedKeys(), minConfidence));
  if (group === undefined) return null;
  const cutLinks = Math.max(group.cutLinks, likely?.cutLinks ?? 0);
  return toIdentity({ ...group, cutLinks }, findings, options);
}

function groupOf(text: string, groups: readonly Group[]): Group | undefined {
  return groups.find(({ members }) => members.includes(text));
}

function toIdentity(group: Group, findings: SourceFindings, { universe, sources, priority }: ResolveOptions): Identity | null {
  const order = new Map(sources.map(({ name }, index) => [name, index]));
  const records = group.members
    .flatMap((text) => universe.recordOf(text) ?? [])
    .sort((one, other) => (order.get(one.source) ?? 0) - (order.get(other.source) ?? 0) || compareIds(one, other));
  const [first] = records;
  if (first === undefined) return null;
  return {
    id: encodeIdentityId(encodeSourceId(first)),
    members: records.map((record) => toMember(record, group, universe)),
    golden: goldenRecordOf(records, {
      priority: [...priority, ...order.keys()],
      kit: universe.kit,
      shared: universe.sharedKeys(),
    }),
    cutLinks: group.cutLinks,
    isComplete: findings.isComplete,
    reports: findings.reports(),
    findings,
  };
}

function toMember(record: ContactRecord, group: Group, universe: Universe): IdentityMember {
  const text = contactText(record);
  const [link] = group.links
    .filter(({ one, other }) => one === text || other === text)
    .sort((one, other) => strengthOf(other.match) - strengthOf(one.match));
  const other = link === undefined ? undefined : universe.recordOf(link.one === text ? link.other : link.one);
  if (link === undefined || other === undefined) return { record, confidence: 'CERTAIN', reasons: [] };
  return { record, confidence: link.match.confidence, reasons: reasonsOf(link.match, record, other, universe.kit) };
}

/** Ids in digits, the oldest first. */
function compareIds(one: ContactRecord, other: ContactRecord): number {
  return one.idInSource.length - other.idInSource.length || (one.idInSource < other.idInSource ? -1 : 1);
}
