import { MEMBER_NAMES, NOTHING_DAMAGED, SIZE_IN_BYTES, type Damageable, type Member } from '../port/member.ts';
import { SourceError } from '../port/source-error.ts';
import type { WireRow } from './wire-value.ts';

/** What the members of a record are read from: the row, and whatever else a source's readers need. */
export interface RecordRow {
  readonly wire: WireRow;
  /** Roughly what the row takes in memory, in bytes. */
  readonly bytes: number;
}

/** How the members of a record are read, each on its first use; `record` is for members that are made of others. */
type Readers<R, Eager extends keyof R, Row> = {
  readonly [M in Exclude<keyof R, Eager | 'damaged'>]: (row: Row, record: R) => R[M];
};
/** Members that cannot be an error, so that they need a value for the case that they cannot be read. */
type Fallbacks<R, Eager extends keyof R, Row> = {
  readonly [M in Exclude<keyof R, Eager | 'damaged'> as SourceError extends R[M] ? never : M]: (row: Row) => R[M];
};

const UNREAD = Symbol('unread');
type Reader = (row: RecordRow, record: unknown) => unknown;

/** The members of one kind of record, in the order of their places in `memo`. */
interface Definition {
  readonly names: readonly string[];
  /** The values of a record of which no member has been read. */
  readonly unread: readonly unknown[];
  readonly readers: readonly Reader[];
  readonly fallbacks: readonly (((row: RecordRow) => unknown) | undefined)[];
}

class LazyRecord {
  readonly #definition: Definition;
  readonly #row: RecordRow;
  readonly #memo: unknown[];
  #damaged: Set<string> | null = null;

  constructor(definition: Definition, row: RecordRow, memo = definition.unread) {
    this.#definition = definition;
    this.#row = row;
    this.#memo = memo.slice();
  }

  get damaged(): ReadonlySet<string> {
    return this.#damaged ?? NOTHING_DAMAGED;
  }

  get [SIZE_IN_BYTES](): number {
    return this.#row.bytes;
  }

  get [MEMBER_NAMES](): readonly string[] {
    return this.#definition.names;
  }

  /** The member at a place: read now, or as it was read before. */
  static valueAt(record: LazyRecord, place: number): unknown {
    const known = record.#memo[place];
    if (known !== UNREAD) return known;
    const { names, readers, fallbacks } = record.#definition;
    const { wire } = record.#row;
    const before = wire.damages;
    let value: Member<unknown>;
    try {
      value = readers[place]?.(record.#row, record);
    } catch (error) {
      value = wire.noteDamage(error);
    }
    if (wire.damages > before) (record.#damaged ??= new Set()).add(names[place] ?? '');
    const fallback = fallbacks[place];
    const settled = value instanceof SourceError && fallback !== undefined ? fallback(record.#row) : value;
    record.#memo[place] = settled;
    return settled;
  }

  /** The same record with some members replaced. @param damage A member that is damaged besides. */
  static changed(record: LazyRecord, changes: object, damage?: string): LazyRecord {
    const copy = new (record.constructor as new (...made: ConstructorParameters<typeof LazyRecord>) => LazyRecord)(
      record.#definition,
      record.#row,
      record.#memo,
    );
    copy.#damaged = record.#damaged === null ? null : new Set(record.#damaged);
    if (damage !== undefined) (copy.#damaged ??= new Set()).add(damage);
    // Own members are the eager ones and those replaced before. The prototype has getters, which cannot be assigned to.
    for (const [name, value] of [...Object.entries(record), ...Object.entries(changes)])
      Object.defineProperty(copy, name, { value, enumerable: true, configurable: true });
    return copy;
  }
}

/**
 * Defines a kind of record whose members are read from the CRM's row on their first use and kept: what nobody asks for costs nothing.
 *
 * `read` has a reader for each member but the eager ones, written straight on: it may throw Unreadable at any depth (see WireValue). The member
 * is then a SourceError, which becomes null with an error at its path; a member whose type has no place for an error (a list, the name to
 * display) is what `whenUnreadable` says, and the compiler asks for exactly those. Either way, and where `list` or `member` reported something
 * on the way, `damaged` holds the member's name, and the log gets the JSON path.
 *
 * ```ts
 * const makeContact = lazyRecord<ContactRecord, EagerMember, KommoRow>({
 *   read: {
 *     about: ({ wire }) => wire.at('about').text(),
 *     createdAt: ({ wire }) => wire.at('created_at').unixTime(),
 *     groups: ({ wire }) => wire.at('groups').list((group) => ({ idInSource: group.at('id').requiredId(), name: group.at('name').requiredText() })),
 *     displayName: (row, record) => row.wire.at('name').text() ?? nameOf(record),
 *     …
 *   },
 *   whenUnreadable: { groups: () => [], displayName: ({ wire }) => …, … },
 * });
 * makeContact({ wire, bytes }, { source, entity, kind, idInSource });
 * ```
 *
 * @returns Makes a record of a row and the eager members, which are plain values and read already: the id above all.
 */
export function lazyRecord<R extends Damageable, Eager extends keyof R, Row extends RecordRow>(definition: {
  readonly read: Readers<R, Eager, Row>;
  readonly whenUnreadable: Fallbacks<R, Eager, Row>;
}): (row: Row, eager: Pick<R, Eager>) => R {
  const names = Object.keys(definition.read);
  const readers: Readonly<Record<string, unknown>> = { ...definition.read };
  const fallbacks: Readonly<Record<string, unknown>> = { ...definition.whenUnreadable };
  const made: Definition = {
    names,
    unread: names.map(() => UNREAD),
    readers: names.map((name) => readers[name] as Reader),
    fallbacks: names.map((name) => fallbacks[name] as ((row: RecordRow) => unknown) | undefined),
  };
  class Made extends LazyRecord {}
  names.forEach((name, place) => {
    Object.defineProperty(Made.prototype, name, {
      get(this: LazyRecord) {
        return LazyRecord.valueAt(this, place);
      },
    });
  });
  // The getters were defined one by one, which the type of the class cannot show.
  return (row, eager) => Object.assign(new Made(made, row), eager) as unknown as R;
}

/** The same record with a member that is damaged besides what its row shows: it was read from another answer. */
export function withDamage<R extends Damageable>(record: R, member: keyof R & string): R {
  if (!(record instanceof LazyRecord)) return { ...record, damaged: new Set([...record.damaged, member]) };
  return LazyRecord.changed(record, {}, member) as unknown as R;
}

/** The same record with some members replaced; the others stay unread as long as nobody asks. */
export function withMembers<R extends object>(record: R, changes: Partial<R>): R {
  return record instanceof LazyRecord ? (LazyRecord.changed(record, changes) as unknown as R) : { ...record, ...changes };
}
