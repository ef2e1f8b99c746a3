import type { Call, WriteCall } from '../port/call.ts';
import type { ContactSource } from '../port/contact-source.ts';
import type { Deletion, DeletionTarget } from '../port/deletion.ts';
import type { Block, ListPlan, RunnablePlan } from '../port/list-plan.ts';
import type { Detail, ListQuery } from '../port/list-query.ts';
import type { SourceHealth } from '../port/source-health.ts';
import type { ContactGroupRecord } from '../port/records/classification.ts';
import type { ContactEntity, ContactRecord } from '../port/records/contact.ts';
import type { Entity, RecordOf, ReferenceByKind, ReferenceKind } from '../port/records/entity.ts';
import { SourceError } from '../port/source-error.ts';
import type { SourceHttp } from '../http/source-http.ts';
import type { SourceDependencies } from '../source-module.ts';
import { CallgearClient, type CallgearCredentials } from './client.ts';
import { ContactDeletion, settledBeforehand } from './deletion.ts';
import { FilterForms } from './planning/filter-forms.ts';
import { RefusalMemory } from '../cache/refusal-memory.ts';
import { SortForms } from './planning/sort-forms.ts';
import { CallgearRowReader, type CallgearRow } from './reading/row-reader.ts';
import { toCompany, toContact, type MappingContext } from './mapping/contact.ts';
import { toGroup } from './mapping/reference.ts';
import { GET_CONTACTS, GET_EMPLOYEES, GET_GROUPS, GET_ORGANIZATIONS } from './methods.ts';
import { CallgearDirectory } from './reading/directory.ts';
import { OFFSET_MAX } from './reading/paging.ts';
import { BLOCK_SIZE, planCallgearList, type CallgearListPlan } from './planning/plan.ts';
import { isCallgearId } from './wire-id.ts';
import { callgearProfile } from './profile.ts';
import { CallgearUsers } from './reading/users.ts';

/** Rows of the block before that are read along: where they disagree, the list has moved. */
const OVERLAP = 3;
/** The last block that an offset reaches. */
const BLOCK_INDEX_MAX = Math.floor((OFFSET_MAX + OVERLAP) / BLOCK_SIZE);

/** What one CallGear account is made of. */
export interface CallgearDatasourceOptions {
  readonly name: string;
  readonly http: SourceHttp;
  readonly credentials: CallgearCredentials;
  /** For agents: the user of the client they act for. */
  readonly userId: number | undefined;
  readonly dependencies: Pick<SourceDependencies, 'log' | 'defaultCountry' | 'now' | 'referenceTtlMs'>;
}

/** The address book of one CallGear account (UIS, CoMagic and Novofon are the same platform). */
export class CallgearDatasource implements ContactSource<CallgearListPlan> {
  readonly name: string;
  readonly kind = callgearProfile.kind;
  readonly displayName = callgearProfile.displayName;
  readonly capabilities = callgearProfile.capabilities;
  readonly url = null;
  readonly #http: SourceHttp;
  readonly #rows: CallgearRowReader;
  readonly #users: CallgearUsers;
  readonly #deletion: ContactDeletion;
  readonly #mapping: MappingContext;
  readonly #now: () => number;
  readonly directory: CallgearDirectory;

  constructor({ name, http, credentials, userId, dependencies }: CallgearDatasourceOptions) {
    const { log, now, defaultCountry, referenceTtlMs } = dependencies;
    const client = new CallgearClient({ source: name, http, credentials, userId, log, now });
    this.name = name;
    this.#http = http;
    this.#now = now;
    this.#mapping = { source: name, defaultCountry };
    const refused = new RefusalMemory(referenceTtlMs, now);
    const [forms, sorts] = [new FilterForms(name, refused), new SortForms(name, refused)];
    this.#rows = new CallgearRowReader({ source: name, client, forms, sorts, refused, log });
    this.#users = new CallgearUsers({ source: name, http, rows: this.#rows });
    this.directory = new CallgearDirectory(name, this.#rows, (row) => toContact(row, this.#mapping));
    this.#deletion = new ContactDeletion({
      source: name,
      client,
      now,
      findContacts: (ids, call) => this.#findContacts(ids, call),
    });
  }

  planList(query: ListQuery): CallgearListPlan | Exclude<ListPlan, RunnablePlan> {
    return planCallgearList(query, this.#mapping.defaultCountry);
  }

  /**
   * Reads a block and the three rows before it.
   *
   * CallGear's offset ends at 100,000: what lies behind it cannot be reached by the list, so the last block that can is
   * reported as the last one and, if the list may go on, as not whole.
   */
  async readBlock(plan: CallgearListPlan, index: number, call: Call): Promise<Block> {
    const asOf = new Date(this.#now());
    if (index > BLOCK_INDEX_MAX) {
      return { rows: [], overlap: [], isLast: true, totalCount: null, droppedRows: 0, asOf, isWhole: false };
    }
    const overlapSize = index === 0 ? 0 : OVERLAP;
    const range = { from: index * BLOCK_SIZE - overlapSize, count: BLOCK_SIZE + overlapSize, sort: plan.sort };
    const { rows, isEnd, isCut } = await this.#rows.readRange(GET_CONTACTS, plan.condition, range, call);
    const blockRows = rows.slice(overlapSize);
    const isOutOfReach = isCut || (index === BLOCK_INDEX_MAX && !isEnd);
    return {
      rows: withoutRepeats(blockRows).map((row) => (row === null ? null : toContact(row, this.#mapping))),
      overlap: rows.slice(0, overlapSize).flatMap((row) => row?.id ?? []),
      isLast: isEnd || isOutOfReach,
      // `total_items` is known to overstate.
      totalCount: null,
      droppedRows: blockRows.filter((row) => row === null).length,
      asOf,
      isWhole: !isOutOfReach,
    };
  }

  async findByIds<E extends Entity>(
    entity: E,
    ids: readonly string[],
    _details: ReadonlySet<Detail>,
    call: Call,
  ): Promise<ReadonlyMap<string, RecordOf<E> | SourceError>> {
    const readers: EntityReaders = {
      contact: () => this.#findContacts(ids, call),
      company: () => this.#findCompanies(ids, call),
      user: () => this.#users.findByIds(ids, call),
    };
    const read: (() => Promise<ReadonlyMap<string, RecordOf<E> | SourceError>>) | undefined = readers[entity];
    return read === undefined ? new Map() : read();
  }

  /** By a filter of several ids, where CallGear takes one. */
  readsManyAtOnce(entity: Entity): boolean {
    if (entity === 'user') return this.#rows.takesMany(GET_EMPLOYEES);
    return entity === 'company' && this.#rows.takesMany(GET_ORGANIZATIONS);
  }

  async listReferences<K extends ReferenceKind>(kind: K, call: Call): Promise<readonly ReferenceByKind[K][]> {
    const readers: ReferenceReaders = {
      groups: () => this.#listGroups(call),
      users: () => this.#users.list(call),
    };
    const read: (() => Promise<readonly ReferenceByKind[K][]>) | undefined = readers[kind];
    return read === undefined ? [] : read();
  }

  deleteContacts(targets: readonly DeletionTarget[], write: WriteCall): Promise<ReadonlyMap<string, Deletion>> {
    return this.#deletion.delete(targets, write);
  }

  previewDeletion(target: DeletionTarget): Deletion {
    const settled = settledBeforehand(this.name, target);
    if (settled !== null) return settled;
    return target.before instanceof SourceError ? { outcome: 'INDETERMINATE', error: target.before } : { outcome: 'WOULD_DELETE' };
  }

  isContactId(_entity: ContactEntity, idInSource: string): boolean {
    return isCallgearId(idInSource) && idInSource !== '0';
  }

  /** CallGear's client area has no address for a single contact. */
  contactUrl(): null {
    return null;
  }

  health(): SourceHealth {
    return this.#http.health();
  }

  #findContacts(ids: readonly string[], call: Call): Promise<ReadonlyMap<string, ContactRecord | SourceError>> {
    return this.#rows.findByIds(GET_CONTACTS, ids, (row) => toContact(row, this.#mapping), call);
  }

  #findCompanies(ids: readonly string[], call: Call): Promise<ReadonlyMap<string, ContactRecord | SourceError>> {
    return this.#rows.findByIds(GET_ORGANIZATIONS, ids, (row) => toCompany(row, this.#mapping), call);
  }

  #listGroups(call: Call): Promise<readonly ContactGroupRecord[]> {
    return this.#rows.readAll(GET_GROUPS, toGroup, call);
  }
}

/** The entities that CallGear has; the others are unknown to it. */
type EntityReaders = { readonly [E in Entity]?: () => Promise<ReadonlyMap<string, RecordOf<E> | SourceError>> };
type ReferenceReaders = { readonly [K in ReferenceKind]?: () => Promise<readonly ReferenceByKind[K][]> };

/** A row that comes twice, as when rows shift between two pages, leaves a hole, so that the others keep their places. */
function withoutRepeats(rows: readonly (CallgearRow | null)[]): (CallgearRow | null)[] {
  const seen = new Set<string>();
  return rows.map((row) => {
    if (row === null || seen.has(row.id)) return null;
    seen.add(row.id);
    return row;
  });
}
