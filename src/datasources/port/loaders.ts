import DataLoader from 'dataloader';
import type { Call } from './call.ts';
import type { ContactSource } from './contact-source.ts';
import type { Detail } from './list-query.ts';
import type { ContactEntity, ContactRecord } from './records/contact.ts';
import type { Entity, RecordOf, ReferenceByKind, ReferenceKind } from './records/entity.ts';

/** A loader, and what it keeps. */
interface KeepingLoader {
  readonly loader: DataLoader<string, unknown>;
  readonly kept: ReadonlyMap<string, Promise<unknown>>;
}

const NO_DETAILS: ReadonlySet<Detail> = new Set();

/**
 * The reads of one GraphQL request, batched and cached for its length.
 *
 * Make a new set for every request: a loader keeps what it read, and that must not outlive the data's freshness.
 */
export class Loaders {
  readonly #sources: ReadonlyMap<string, ContactSource>;
  readonly #call: Call;
  /** By source, and then by entity and details. */
  readonly #loaders = new Map<ContactSource, Map<string, KeepingLoader>>();
  readonly #references = new Map<string, Promise<unknown>>();

  constructor(sources: ReadonlyMap<string, ContactSource>, call: Call) {
    this.#sources = sources;
    this.#call = call;
  }

  /**
   * Finds one record; null when the source does not know the id, or there is no such source.
   * Cost: all ids of one source and entity that are asked for in the same tick are one `findByIds`.
   *
   * @throws SourceError when the source could not answer.
   */
  find<E extends Entity>(
    source: string,
    entity: E,
    idInSource: string,
    details: ReadonlySet<Detail> = NO_DETAILS,
  ): Promise<RecordOf<E> | null> {
    const contactSource = this.#sources.get(source);
    if (contactSource === undefined) return Promise.resolve(null);
    const { loader, kept } = this.#loader(contactSource, entity, details);
    // DataLoader makes a promise of its own for each load of what it has, and has that one adopt the kept one.
    return (kept.get(idInSource) ?? loader.load(idInSource)) as Promise<RecordOf<E> | null>;
  }

  /** Keeps a contact that came with a list or another read, so that asking for it by id costs nothing. */
  prime(record: ContactRecord, details: ReadonlySet<Detail>): void {
    const contactSource = this.#sources.get(record.source);
    if (contactSource === undefined) return;
    this.#loader(contactSource, record.entity, details).loader.prime(record.idInSource, record);
  }

  /** Forgets a contact, in whatever detail it was read. */
  clear(source: string, entity: ContactEntity, idInSource: string): void {
    const contactSource = this.#sources.get(source);
    const loaders = contactSource && this.#loaders.get(contactSource);
    for (const [key, { loader }] of loaders ?? []) if (key === entity || key.startsWith(`${entity} `)) loader.clear(idInSource);
  }

  /** Lists one kind of reference data of a source; it is read once per request at most. */
  references<K extends ReferenceKind>(source: ContactSource, kind: K): Promise<readonly ReferenceByKind[K][]> {
    const key = referenceKey(source.name, kind);
    let references = this.#references.get(key);
    if (references === undefined) {
      references = source.listReferences(kind, this.#call);
      this.#references.set(key, references);
    }
    return references as Promise<readonly ReferenceByKind[K][]>;
  }

  /** Gives what `references` gives, where this request has already asked for it; undefined otherwise. Cost: none. */
  referencesUnderWay<K extends ReferenceKind>(source: string, kind: K): Promise<readonly ReferenceByKind[K][]> | undefined {
    return this.#references.get(referenceKey(source, kind)) as Promise<readonly ReferenceByKind[K][]> | undefined;
  }

  #loader(source: ContactSource, entity: Entity, details: ReadonlySet<Detail>): KeepingLoader {
    let ofSource = this.#loaders.get(source);
    if (ofSource === undefined) this.#loaders.set(source, (ofSource = new Map()));
    // It is asked for with each row and user of an answer: most ask for no details, and no text is to be made for those.
    const key = details.size === 0 ? entity : `${entity} ${[...details].sort().join(',')}`;
    const known = ofSource.get(key);
    if (known !== undefined) return known;
    const kept = new Map<string, Promise<unknown>>();
    const loader = new DataLoader<string, unknown>(
      async (ids) => {
        // A failure of the whole batch is every id's, and kept like an answer: fields that share a record ask once.
        const found: ReadonlyMap<string, unknown> | Error = await source.findByIds(entity, ids, details, this.#call).catch(toError);
        return ids.map((id) => (found instanceof Error ? found : (found.get(id) ?? null)));
      },
      { name: `${source.name} ${key}`, cacheMap: kept },
    );
    ofSource.set(key, { loader, kept });
    return { loader, kept };
  }
}

function referenceKey(source: string, kind: ReferenceKind): string {
  return `${source} ${kind}`;
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('a source rejected with no error', { cause: reason });
}
