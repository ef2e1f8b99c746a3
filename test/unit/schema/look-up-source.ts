import type { Call } from '../../../src/datasources/port/call.ts';
import type { ContactSource } from '../../../src/datasources/port/contact-source.ts';
import type { Deletion, DeletionTarget } from '../../../src/datasources/port/deletion.ts';
import type { Detail, ListQuery } from '../../../src/datasources/port/list-query.ts';
import type { Entity, RecordByEntity, RecordOf, ReferenceByKind, ReferenceKind } from '../../../src/datasources/port/records/entity.ts';
import type { SourceError } from '../../../src/datasources/port/source-error.ts';
import { InMemorySource, type InMemorySourceOptions } from '../../support/in-memory-source.ts';

export type Found = { readonly [E in Entity]?: Readonly<Record<string, RecordOf<E> | SourceError>> };

export interface LookUpSourceOptions extends InMemorySourceOptions {
  readonly found?: Found;
  readonly references?: Partial<{ [K in ReferenceKind]: readonly ReferenceByKind[K][] }>;
  readonly capabilities?: Partial<ContactSource['capabilities']>;
  readonly healthError?: SourceError;
  /** What becomes of a target; DELETED unless told. */
  readonly deletion?: (target: DeletionTarget) => Deletion | undefined;
}

/** An in-memory source that also finds by id, gives look-up lists and deletes, and keeps what it was asked. */
export class LookUpSource extends InMemorySource {
  override readonly capabilities: ContactSource['capabilities'];
  /** One entry for each call, as `entity id,id [detail,detail]`. */
  readonly finds: string[] = [];
  readonly listed: ReferenceKind[] = [];
  readonly queries: ListQuery[] = [];
  readonly deleted: (readonly DeletionTarget[])[] = [];
  readonly #options: LookUpSourceOptions;

  constructor(options: LookUpSourceOptions) {
    super(options);
    this.#options = options;
    this.capabilities = { ...new InMemorySource(options).capabilities, ...options.capabilities };
  }

  override planList(query: ListQuery): ReturnType<InMemorySource['planList']> {
    this.queries.push(query);
    return super.planList(query);
  }

  override async findByIds<E extends Entity>(
    entity: E,
    ids: readonly string[],
    details: ReadonlySet<Detail>,
    call: Call,
  ): Promise<ReadonlyMap<string, RecordOf<E>>> {
    call.meter.count(this.name);
    this.finds.push([entity, ids.join(','), ...(details.size > 0 ? [`[${[...details].sort().join(',')}]`] : [])].join(' '));
    const known: Readonly<Record<string, RecordByEntity[Entity] | SourceError>> = this.#options.found?.[entity] ?? {};
    const entries = ids.flatMap((id) => (known[id] === undefined ? [] : [[id, known[id]] as const]));
    // One map for all entities: which one holds which record is what the compiler cannot see.
    return new Map(entries) as unknown as ReadonlyMap<string, never>;
  }

  override async listReferences<K extends ReferenceKind>(kind?: K): Promise<readonly never[]> {
    if (kind === undefined) return [];
    this.listed.push(kind);
    return (this.#options.references?.[kind] ?? []) as readonly never[];
  }

  override async deleteContacts(targets: readonly DeletionTarget[]): Promise<ReadonlyMap<string, Deletion>> {
    this.deleted.push(targets);
    const outcomes = targets.map((target) => [target.idInSource, this.#outcomeOf(target)] as const);
    return new Map(outcomes.flatMap(([id, deletion]) => (deletion === undefined ? [] : [[id, deletion]])));
  }

  #outcomeOf(target: DeletionTarget): Deletion | undefined {
    return this.#options.deletion === undefined ? { outcome: 'DELETED' } : this.#options.deletion(target);
  }

  override previewDeletion(): Deletion {
    return { outcome: 'WOULD_DELETE' };
  }

  override contactUrl(entity?: string, idInSource?: string): string | null {
    return `https://${this.name}.example/${entity}/${idInSource}`;
  }

  override health(): ReturnType<ContactSource['health']> {
    return { ...super.health(), error: this.#options.healthError ?? null };
  }
}
