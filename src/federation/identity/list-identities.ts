import { createHash } from 'node:crypto';
import type { ContactSource } from '../../datasources/port/contact-source.ts';
import type { HashedContact } from '../../datasources/port/identity/contact-index.ts';
import { compareOrder, type OrderedContact } from '../../datasources/port/identity/contact-order.ts';
import { SourceError } from '../../datasources/port/source-error.ts';
import { giveWay } from '../../platform/timers.ts';
import { InvalidCursorError } from '../cursor.ts';
import { sealed, unseal } from '../sealed-text.ts';
import { decodeSourceId, encodeSourceId } from '../source-id.ts';
import type { SourceReport } from '../source-report.ts';
import { groupContacts } from './group.ts';
import { contactText } from './identity-kit.ts';
import { matchOf, isAtLeast, type MatchConfidence, type SharedKeys } from './match.ts';
import { resolveIdentity, type Identity, type ResolveOptions } from './resolve-identity.ts';
import type { Universe } from './universe.ts';

export const IDENTITY_SCOPES = ['ANY', 'WITHIN_ONE_SOURCE', 'ACROSS_SOURCES'] as const;
export type IdentityScope = (typeof IDENTITY_SCOPES)[number];

/** Contacts that are looked at in one turn of the event loop. */
const CONTACTS_PER_TURN = 100;
/** Of the time of a request: what may go into looking for persons, so that there is some left for reading them. */
const SEARCH_SHARE = 0.5;
const CONNECTED_MAX = 60;
const HASH_BYTES = 8;
const CURSOR_LENGTH_MAX = 8_192;

/** Which persons are listed. */
export interface IdentitiesFilter {
  readonly minMembers: number;
  readonly scope: IdentityScope;
  readonly minConfidence: Exclude<MatchConfidence, 'POSSIBLE'>;
}

/** One page that is asked for. */
export interface IdentitiesQuery {
  readonly first: number;
  readonly after: string | null;
  readonly filter: IdentitiesFilter;
  readonly sources: readonly ContactSource[];
  readonly isCounted: boolean;
}

/** One page of persons. */
export interface IdentitiesPage {
  readonly edges: readonly { readonly node: Identity; cursor(): string }[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly totalCount: number | null;
  readonly isComplete: boolean;
  readonly reports: readonly SourceReport[];
  startCursor(): string | null;
  endCursor(): string | null;
}

type Anchor = Pick<HashedContact, 'source' | 'entity' | 'idInSource'>;

/** What one walk through the indexes found. */
interface Found {
  readonly anchors: readonly HashedContact[];
  /** The last contact that was looked at. */
  readonly end: Anchor | null;
  readonly isWhole: boolean;
}

/**
 * Lists persons from the indexes: each stands at the place of its first member, in the order of the sources and of a hash of ids.
 * Cost: the reading of the members that are shown. Walking through the indexes calls no CRM.
 *
 * @param deadline Of the request, on `performance.now()`'s scale.
 * @throws InvalidCursorError
 */
export async function listIdentities(
  query: IdentitiesQuery,
  universe: Universe,
  priority: readonly string[],
  deadline: number,
): Promise<IdentitiesPage> {
  const { first, filter, isCounted } = query;
  const sources = query.sources.filter((source) => universe.isIndexed(source));
  const hash = hashOf(query);
  const after = query.after === null ? null : readCursor(query.after, hash);
  const walk = new IdentityWalk(universe, sources, filter, performance.now() + (deadline - performance.now()) * SEARCH_SHARE);
  const found = await walk.find(after, first);
  const options: ResolveOptions = { universe, sources, priority, minConfidence: filter.minConfidence };
  const resolved = await Promise.all(found.anchors.map((anchor) => resolveIdentity(anchor, options)));
  const edges = resolved.flatMap((node, index) => {
    const anchor = found.anchors[index];
    // What was read may show that they are no longer one person.
    if (
      node === null ||
      anchor === undefined ||
      !fits(
        node.members.map(({ record }) => record.source),
        filter,
      )
    )
      return [];
    return [{ node, cursor: () => writeCursor(anchor, hash) }];
  });
  const findings = universe.findings(query.sources);
  for (const source of query.sources) {
    if (universe.isIndexed(source)) findings.noteIndex(source);
    else findings.noteError(source, indexMissing(source));
  }
  for (const error of resolved.flatMap((node) => node?.findings.errors ?? [])) {
    const source = universe.sources.get(error.source);
    if (source !== undefined) findings.noteError(source, error);
  }
  const isReady = query.sources.every(({ index }) => index?.state.status === 'READY');
  const { end } = found;
  return {
    edges,
    hasNextPage: !found.isWhole,
    hasPreviousPage: after !== null,
    totalCount: isCounted && isReady ? await walk.count() : null,
    isComplete: findings.isComplete,
    reports: findings.reports(),
    startCursor: () => edges[0]?.cursor() ?? null,
    endCursor: () => (end === null ? query.after : writeCursor(end, hash)),
  };
}

/** A walk through the indexes of some sources. */
class IdentityWalk {
  readonly #universe: Universe;
  readonly #sources: readonly ContactSource[];
  readonly #filter: IdentitiesFilter;
  readonly #until: number;
  readonly #shared: SharedKeys;
  readonly #names: ReadonlySet<string>;
  #looked = 0;

  constructor(universe: Universe, sources: readonly ContactSource[], filter: IdentitiesFilter, until: number) {
    this.#universe = universe;
    this.#sources = sources;
    this.#filter = filter;
    this.#until = until;
    this.#shared = universe.sharedKeys();
    this.#names = new Set(sources.map(({ name }) => name));
  }

  /** Finds the next persons, and one more to know whether there is one. */
  async find(after: Anchor | null, first: number): Promise<Found> {
    const anchors: HashedContact[] = [];
    let end: Anchor | null = null;
    for await (const contact of this.#contactsAfter(after)) {
      if (performance.now() > this.#until) return { anchors, end, isWhole: false };
      if (this.#isWantedAnchor(contact)) {
        if (anchors.length === first) return { anchors, end, isWhole: false };
        anchors.push(contact);
      }
      end = contact;
    }
    return { anchors, end, isWhole: true };
  }

  /** Counts all of them; null when the time does not suffice. */
  async count(): Promise<number | null> {
    let count = 0;
    for await (const contact of this.#contactsAfter(null)) {
      if (performance.now() > this.#until) return null;
      if (this.#isWantedAnchor(contact)) count += 1;
    }
    return count;
  }

  async *#contactsAfter(after: Anchor | null): AsyncGenerator<HashedContact> {
    const from = after === null ? 0 : this.#sources.findIndex(({ name }) => name === after.source);
    for (const [at, { index, name }] of this.#sources.slice(Math.max(0, from)).entries()) {
      const anchor: OrderedContact | null = at === 0 && after?.source === name ? after : null;
      for (const contact of index?.entriesAfter(anchor) ?? []) {
        this.#looked += 1;
        if (this.#looked % CONTACTS_PER_TURN === 0) await giveWay();
        yield contact;
      }
    }
  }

  #isWantedAnchor(contact: HashedContact): boolean {
    const connected = this.#connected(contact);
    if (connected.length < this.#filter.minMembers) return false;
    const groups = groupContacts(connected, this.#shared, this.#filter.minConfidence);
    const text = contactText(contact);
    const members = new Set(groups.find(({ members: texts }) => texts.includes(text))?.members);
    const group = connected.filter((other) => members.has(contactText(other)));
    return (
      fits(
        group.map(({ source }) => source),
        this.#filter,
      ) && group.every((other) => this.#compare(contact, other) <= 0)
    );
  }

  #connected(anchor: HashedContact): readonly HashedContact[] {
    const known = new Map([[contactText(anchor), anchor]]);
    for (const contact of known.values()) {
      for (const other of contact.keys.flatMap(({ hash }) => this.#universe.holders(hash))) {
        const text = contactText(other);
        if (known.has(text) || known.size >= CONNECTED_MAX || !this.#names.has(other.source)) continue;
        const match = matchOf(contact, other, this.#shared);
        if (match !== null && isAtLeast(match.confidence, this.#filter.minConfidence)) known.set(text, other);
      }
    }
    return [...known.values()];
  }

  #compare(one: HashedContact, other: HashedContact): number {
    const rankOf = ({ source }: HashedContact) => this.#sources.findIndex(({ name }) => name === source);
    return rankOf(one) - rankOf(other) || compareOrder(one, other);
  }
}

function fits(sources: readonly string[], { minMembers, scope }: IdentitiesFilter): boolean {
  if (sources.length < minMembers) return false;
  const distinct = new Set(sources).size;
  if (scope === 'WITHIN_ONE_SOURCE') return distinct < sources.length;
  return scope === 'ANY' || distinct > 1;
}

function indexMissing(source: ContactSource): SourceError {
  const message = `${source.name} has no contact index that can be used: set CONTACT_INDEX, or wait until it is built.`;
  return new SourceError(source.name, 'INDEX_MISSING', message, { wasSent: false });
}

function hashOf({ filter, sources }: IdentitiesQuery): string {
  const text = JSON.stringify([filter.minMembers, filter.scope, filter.minConfidence, sources.map(({ name }) => name)]);
  return createHash('sha256').update(text).digest().subarray(0, HASH_BYTES).toString('base64url');
}

function writeCursor(anchor: Anchor, hash: string): string {
  return sealed(Buffer.from(`${hash} ${encodeSourceId(anchor)}`, 'utf8'));
}

function readCursor(text: string, hash: string): Anchor {
  const content = text.length > CURSOR_LENGTH_MAX ? null : (unseal(text)?.toString('utf8') ?? null);
  const [ofQuery, id = ''] = content?.split(' ') ?? [];
  const anchor = ofQuery === hash ? decodeSourceId(id) : null;
  if (anchor === null || (anchor.entity !== 'contact' && anchor.entity !== 'company')) throw new InvalidCursorError();
  return { source: anchor.source, entity: anchor.entity, idInSource: anchor.idInSource };
}
