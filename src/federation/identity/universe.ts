import type { Call } from '../../datasources/port/call.ts';
import type { ContactSource } from '../../datasources/port/contact-source.ts';
import type { HashedContact } from '../../datasources/port/identity/contact-index.ts';
import { IdentityLoaders } from '../../datasources/port/identity/identity-loaders.ts';
import type { ContactRecord } from '../../datasources/port/records/contact.ts';
import { SourceError } from '../../datasources/port/source-error.ts';
import { contactText, type IdentityKit, type KnownKey } from './identity-kit.ts';
import { SharedKeys } from './match.ts';
import { SourceFindings } from './source-findings.ts';

/** Contacts that are looked at of those who have one key: more are no person. */
const HOLDERS_MAX = 200;
const NAMESAKES_MAX = 20;

/** What the contacts of one request are compared with. */
export interface UniverseOptions {
  readonly kit: IdentityKit;
  readonly sources: ReadonlyMap<string, ContactSource>;
  readonly call: Call;
  /** As in IdentityLoadersOptions. */
  readonly searchesMax?: number;
  /** As in IdentityLoadersOptions. */
  readonly searchesDigits?: boolean;
}

/**
 * Everything that one request knows of contacts: what the indexes hold, and what it has read itself. Searches and reads of one tick are one where
 * the CRM can.
 */
export class Universe {
  readonly kit: IdentityKit;
  readonly sources: ReadonlyMap<string, ContactSource>;
  readonly #loaders: IdentityLoaders;
  readonly #records = new Map<string, ContactRecord>();
  readonly #hashed = new Map<string, HashedContact>();
  readonly #holders = new Map<bigint, Set<string>>();
  readonly #absent = new Set<string>();

  constructor({ kit, sources, call, searchesMax, searchesDigits }: UniverseOptions) {
    this.kit = kit;
    this.sources = sources;
    this.#loaders = new IdentityLoaders({
      sources,
      call,
      ...(searchesMax !== undefined && { searchesMax }),
      ...(searchesDigits !== undefined && { searchesDigits }),
    });
  }

  /** Whether a source's index is used in place of searches. */
  isIndexed({ index }: ContactSource): boolean {
    return index?.isUsable === true;
  }

  /** Takes in a contact that was read. */
  add(record: ContactRecord): HashedContact {
    const hashed = this.kit.hashed(record);
    const text = contactText(hashed);
    const before = this.#hashed.get(text);
    for (const { hash } of before?.keys ?? []) this.#holders.get(hash)?.delete(text);
    this.#records.set(text, record);
    this.#hashed.set(text, hashed);
    for (const { hash } of hashed.keys) {
      let holders = this.#holders.get(hash);
      if (holders === undefined) this.#holders.set(hash, (holders = new Set()));
      holders.add(text);
    }
    return hashed;
  }

  recordOf(text: string): ContactRecord | undefined {
    return this.#records.get(text);
  }

  /** A contact as it is known: as it was read where it was, otherwise as an index has it. */
  known(text: string): HashedContact | undefined {
    return this.#hashed.get(text);
  }

  /** All contacts that are known to have a key. */
  holders(hash: bigint): readonly HashedContact[] {
    const found = new Map<string, HashedContact>();
    for (const source of this.sources.values()) {
      if (!this.isIndexed(source)) continue;
      for (const contact of source.index?.find(hash, HOLDERS_MAX) ?? []) {
        const text = contactText(contact);
        // What was read is newer than the index.
        if (!this.#hashed.has(text) && !this.#absent.has(text)) found.set(text, contact);
      }
    }
    for (const text of this.#holders.get(hash) ?? []) {
      const contact = this.#hashed.get(text);
      if (contact !== undefined) found.set(text, contact);
    }
    return [...found.values()];
  }

  /** Contacts of just this name, as far as indexes know. */
  namesakes(name: readonly number[]): readonly HashedContact[] {
    return [...this.sources.values()].flatMap((source) =>
      this.isIndexed(source) ? (source.index?.findByName(name, NAMESAKES_MAX) ?? []) : [],
    );
  }

  /** Which keys are shared, as far as is known at this moment. */
  sharedKeys(): SharedKeys {
    return new SharedKeys((hash) => this.holders(hash));
  }

  /**
   * Looks for a contact's keys in the sources without a usable index. Keys that are nobody's own by themselves are left out.
   *
   * @param findings Learns what each source could not say.
   */
  async search(record: ContactRecord, sources: readonly ContactSource[], findings: SourceFindings, withShared = false): Promise<void> {
    const keys = this.kit.keys(record);
    // A phone that cannot be read may be anybody's.
    const isUnreadable = record.contactInfos.some(({ type, normalizedValue }) => type === 'PHONE' && normalizedValue === null);
    if (isUnreadable) for (const source of sources) findings.noteIncomplete(source);
    const wanted = keys.filter(({ hashed }) => withShared || hashed.sharedBecause === null);
    await Promise.all(
      sources.map(async (source) => {
        if (this.isIndexed(source)) return findings.noteIndex(source);
        // Without anything to look for, nothing is known.
        if (wanted.length === 0) findings.noteIncomplete(source);
        await this.#searchFor(source, wanted, findings);
      }),
    );
  }

  /** Looks for keys in every source by its own search, whether it has an index or not. */
  async searchEverywhere(keys: readonly KnownKey[], sources: readonly ContactSource[], findings: SourceFindings): Promise<void> {
    await Promise.all(sources.map((source) => this.#searchFor(source, keys, findings)));
  }

  async #searchFor(source: ContactSource, keys: readonly KnownKey[], findings: SourceFindings): Promise<void> {
    const found = await Promise.all(keys.map(({ key }) => this.#loaders.search(source, key)));
    for (const result of found) {
      if (result instanceof SourceError) {
        findings.noteError(source, result);
        continue;
      }
      findings.noteSearch(source, result);
      for (const record of result.rows) if (!this.#records.has(contactText(record))) this.add(record);
    }
  }

  /**
   * Reads contacts that are known by an index only, and takes them in as they are now.
   *
   * @returns Those that are there.
   */
  async read(contacts: readonly HashedContact[], findings: SourceFindings): Promise<readonly HashedContact[]> {
    const read = await Promise.all(
      contacts.map(async (contact) => {
        const text = contactText(contact);
        const known = this.#hashed.get(text);
        if (known !== undefined) return known;
        const source = this.sources.get(contact.source);
        if (source === undefined) return null;
        const record = await this.#loaders.read(source, contact.entity, contact.idInSource);
        if (record instanceof SourceError) {
          findings.noteError(source, record);
          return null;
        }
        if (record !== null) return this.#hashed.get(text) ?? this.add(record);
        this.#absent.add(text);
        return null;
      }),
    );
    return read.filter((contact) => contact !== null);
  }

  /** Makes what notes what each source could not say. */
  findings(sources: readonly ContactSource[]): SourceFindings {
    return new SourceFindings(sources);
  }
}

/** Of one request: how persons are put together, and what is known so far. */
export interface IdentityContext {
  readonly universe: Universe;
  /** Names of sources, the most trusted first. */
  readonly priority: readonly string[];
}
