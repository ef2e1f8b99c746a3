import { setImmediate } from 'node:timers/promises';
import type { Call } from '../../src/datasources/port/call.ts';
import type { ContactSource } from '../../src/datasources/port/contact-source.ts';
import type { CrmProfile } from '../../src/datasources/port/crm-profile.ts';
import type { Deletion, DeletionTarget } from '../../src/datasources/port/deletion.ts';
import { fieldsOf } from '../../src/datasources/port/filter-fields.ts';
import type { Block, MemberPlan, RunnablePlan } from '../../src/datasources/port/list-plan.ts';
import type { ContactFilterField, ContactOrder, Detail, ListQuery } from '../../src/datasources/port/list-query.ts';
import { CONTACT_FILTER_FIELDS, CONTACT_ORDER_FIELDS } from '../../src/datasources/port/list-query.ts';
import { emptyContact } from '../../src/datasources/port/records/empty-contact.ts';
import { valueOr } from '../../src/datasources/port/member.ts';
import type { ContactRecord } from '../../src/datasources/port/records/contact.ts';
import type { Entity, RecordOf } from '../../src/datasources/port/records/entity.ts';
import { verdictOn } from '../../src/federation/filter-match.ts';

/** A row as the imagined CRM keeps it. */
export interface StoredRow {
  readonly record: ContactRecord;
  /** `odd`: the row does not fit the contract, and leaves a hole. `hidden`: the CRM counts it and does not send it, so the page is short. */
  readonly form?: 'odd' | 'hidden';
}

export type Compare = (left: ContactRecord, right: ContactRecord) => number;

export interface InMemorySourceOptions {
  readonly name: string;
  readonly rows?: readonly StoredRow[];
  readonly blockSize?: number;
  /** The CRM's own idea of the order, ascending; ties stay as they are stored. */
  readonly collation?: (order: ContactOrder) => Compare;
  /** Whether blocks tell the ids of the three rows before them. */
  readonly hasOverlap?: boolean;
  /** Whether the last block claims that another follows. */
  readonly hasPhantomNext?: boolean;
  readonly shape?: RunnablePlan['shape'];
  readonly memberPlan?: MemberPlan;
  readonly isComplete?: boolean;
  readonly canCount?: boolean;
  /** `collected`: only so many rows are read. */
  readonly collectedMax?: number;
  /** `collected`: so many rows stand in a block. */
  readonly collectedPiece?: number;
  /** Overrules the plan. */
  readonly plan?: ContactSource['planList'];
  /** Runs before each block is read, with the number of reads before it; may throw or wait. */
  readonly beforeRead?: (index: number, readsBefore: number, call: Call) => unknown;
}

interface InMemoryPlan extends RunnablePlan {
  readonly query?: ListQuery;
}

/** The profile of the CRM that tests imagine. It answers every filter and order. */
export const MEMORY: CrmProfile = {
  kind: 'MEMORY',
  displayName: 'Memory',
  capabilities: {
    kinds: ['COMPANY', 'PERSON'],
    deletableKinds: ['COMPANY', 'PERSON'],
    canCount: true,
    orderFields: CONTACT_ORDER_FIELDS,
    filterFields: CONTACT_FILTER_FIELDS,
  },
  provides: {
    contact: [],
    contactInfo: [],
    address: [],
    tag: [],
    taskSummary: [],
    user: [],
    companyReference: [],
    customField: [],
    customFieldOption: [],
    customFieldValue: [],
    references: [],
  },
};

/** A working ContactSource without a CRM: rows can be changed behind its back at any time. */
export class InMemorySource implements ContactSource<InMemoryPlan> {
  readonly kind = MEMORY.kind;
  readonly url = null;
  readonly name: string;
  readonly displayName: string;
  readonly capabilities: ContactSource['capabilities'];
  /** As stored; edit it at will. */
  readonly rows: StoredRow[];
  /** The index of each block read so far. */
  readonly reads: number[] = [];
  readonly #options: InMemorySourceOptions;

  constructor(options: InMemorySourceOptions) {
    this.#options = options;
    this.name = options.name;
    this.displayName = options.name;
    this.rows = [...(options.rows ?? [])];
    this.capabilities = { ...MEMORY.capabilities, canCount: options.canCount ?? true };
  }

  planList(query: ListQuery): ReturnType<ContactSource<InMemoryPlan>['planList']> {
    if (this.#options.plan) return this.#options.plan(query);
    const members = new Map<ContactFilterField, MemberPlan>();
    for (const member of fieldsOf(query.filter)) members.set(member, this.#options.memberPlan ?? 'PUSHED');
    return {
      outcome: 'runnable',
      key: JSON.stringify([query.filter, query.order, [...query.details]]),
      shape: this.#options.shape ?? 'blocks',
      blockSize: this.#options.blockSize ?? 5,
      members,
      isComplete: this.#options.isComplete ?? true,
      query,
    };
  }

  async readBlock(plan: InMemoryPlan, index: number, call: Call): Promise<Block> {
    const readsBefore = this.reads.length;
    this.reads.push(index);
    call.meter.count(this.name);
    await setImmediate();
    await this.#options.beforeRead?.(index, readsBefore, call);
    const rows = this.#listed(plan.query);
    return plan.shape === 'collected' ? this.#collectedBlock(rows, index) : this.#blockOf(rows, index, plan.blockSize);
  }

  /** The rows that the CRM lists for a query, in its own order. */
  #listed(query: ListQuery | undefined): StoredRow[] {
    if (query === undefined) return [...this.rows];
    const pushed = new Map(fieldsOf(query.filter).map((field) => [field, 'CHECKED' as const]));
    const narrows = (this.#options.memberPlan ?? 'PUSHED') !== 'CHECKED';
    const compare = this.#options.collation?.(query.order) ?? byText(query.order);
    const sign = query.order.direction === 'ASC' ? 1 : -1;
    return this.rows
      .filter(({ record }) => !narrows || verdictOn(record, query.filter, pushed, undefined) === 'yes')
      .toSorted((left, right) => sign * compare(left.record, right.record));
  }

  #blockOf(listed: readonly StoredRow[], index: number, blockSize: number): Block {
    const start = index * blockSize;
    const sent = listed.slice(start, start + blockSize).filter(({ form }) => form !== 'hidden');
    const before = listed.slice(Math.max(0, start - 3), start).filter(({ form }) => form === undefined);
    const end = start + blockSize;
    return {
      rows: sent.map(({ record, form }) => (form === 'odd' ? null : record)),
      overlap: this.#options.hasOverlap ? before.map(({ record }) => record.idInSource) : [],
      isLast: this.#options.hasPhantomNext ? start >= listed.length : end >= listed.length,
      totalCount: (this.#options.canCount ?? true) ? listed.length : null,
      droppedRows: sent.filter(({ form }) => form === 'odd').length,
      asOf: new Date(),
      isWhole: true,
    };
  }

  #collectedBlock(listed: readonly StoredRow[], index: number): Block {
    const max = this.#options.collectedMax ?? Number.POSITIVE_INFINITY;
    const size = this.#options.collectedPiece ?? listed.length + 1;
    const end = (index + 1) * size;
    const shown = listed
      .slice(end - size, end)
      .filter(({ form }) => form === undefined)
      .slice(0, max);
    return {
      // Any order will do: the merge sorts what is collected.
      rows: shown.map(({ record }) => record).toReversed(),
      overlap: [],
      isLast: end >= listed.length,
      totalCount: null,
      droppedRows: 0,
      asOf: new Date(),
      isWhole: listed.length <= max,
    };
  }

  async findByIds<E extends Entity>(
    _entity: E,
    _ids: readonly string[],
    _details: ReadonlySet<Detail>,
    _call: Call,
  ): Promise<ReadonlyMap<string, RecordOf<E>>> {
    return new Map();
  }

  async listReferences(): Promise<readonly never[]> {
    return [];
  }

  async deleteContacts(targets: readonly DeletionTarget[]): Promise<ReadonlyMap<string, Deletion>> {
    return new Map(targets.map(({ idInSource }) => [idInSource, this.previewDeletion()]));
  }

  previewDeletion(): Deletion {
    return { outcome: 'UNSUPPORTED' };
  }

  isContactId(_entity: string, idInSource: string): boolean {
    return /^[1-9]\d*$/.test(idInSource);
  }

  contactUrl(): string | null {
    return null;
  }

  health(): ReturnType<ContactSource['health']> {
    return { status: 'UNKNOWN', checkedAt: null, latencyMs: null, quotas: [], error: null };
  }
}

/** By UTF-16 code units of the name, or by date: what a database with a binary collation does. */
export function byText({ field }: ContactOrder): Compare {
  const text = textOf(field);
  return (left, right) => (text(left) === text(right) ? 0 : text(left) < text(right) ? -1 : 1);
}

/** A contact with a name and nothing else, unless told. */
export function contactRecord(source: string, idInSource: string, members: Partial<ContactRecord> = {}): ContactRecord {
  return {
    ...emptyContact({ source, entity: 'contact', kind: 'PERSON', idInSource }),
    leadIds: undefined,
    catalogElements: undefined,
    ...members,
  };
}

function textOf(field: ContactOrder['field']): (record: ContactRecord) => string | number {
  switch (field) {
    case 'DISPLAY_NAME':
      return (record) => record.displayName;
    case 'FIRST_NAME':
      return (record) => valueOr(record.firstName, null) ?? '';
    case 'LAST_NAME':
      return (record) => valueOr(record.lastName, null) ?? '';
    case 'CREATED_AT':
      return (record) => valueOr(record.createdAt, null)?.getTime() ?? Number.NEGATIVE_INFINITY;
    case 'UPDATED_AT':
      return (record) => valueOr(record.updatedAt, null)?.getTime() ?? Number.NEGATIVE_INFINITY;
  }
}
