import type { Member } from '../port/member.ts';
import { SourceError } from '../port/source-error.ts';
import { numberedRows } from './numbered-rows.ts';
import { textOrNull } from './wire-reply.ts';

const DIGITS = /^(?:0|[1-9]\d{0,18})$/;
const NUMBER = /^[+-]?\d{1,400}(?:\.\d{1,400})?(?:[eE][+-]?\d{1,3})?$/;

/** Where the rows of one answer stand, and who hears of damage in them. */
export interface RowPlace {
  /** The source's configured name. */
  readonly source: string;
  /** The JSON path of the row. */
  readonly path: string;
  /** Takes the JSON path of what could not be read. */
  readonly noteDamage: (path: string) => void;
}

/** Thrown by the readers of WireValue, and caught by `member`, `list` and lazy records: it never leaves a datasource. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
  readonly value: WireValue;

  constructor(value: WireValue) {
    super('a value that is not what its contract says');
    this.value = value;
  }
}

/**
 * One value of a CRM's answer, to be read as what it is meant to be.
 *
 * Each reader returns null for what is empty: absent, `null`, `false`, `''` (blanks too) and `[]`, as PHP writes them for one another; and throws
 * Unreadable for what cannot be read as asked. Numbers may come as text and text as numbers. No text is cut.
 *
 * Who catches: a lazy record does for each of its members (see lazy-record.ts); `member` does for a nullable part of a member; `list` does for
 * each of its items, which it then leaves out. All three report the JSON path, so that `damagedRows`, `isComplete` and the log are right.
 */
export class WireValue {
  /** As JSON.parse gave it. */
  readonly raw: unknown;
  readonly #root: WireRow | null;
  readonly #parent: WireValue | null;
  readonly #key: string | number;

  constructor(raw: unknown, parent: WireValue | null, key: string | number) {
    this.raw = raw;
    this.#parent = parent;
    this.#key = key;
    this.#root = parent === null ? null : parent.root;
  }

  /** The row that it belongs to. */
  get root(): WireRow {
    if (this.#root === null) throw new Error('Only a row has no parent.');
    return this.#root;
  }

  /** Its JSON path in the CRM's answer. */
  get path(): string {
    const key = typeof this.#key === 'number' ? `[${this.#key}]` : `.${this.#key}`;
    return `${this.#parent?.path ?? ''}${key}`;
  }

  /** Whether it is absent, null, false, blank, `[]` or `{}`. */
  get isEmpty(): boolean {
    const { raw } = this;
    if (typeof raw === 'string') return raw.trim() === '';
    return isEmptyValue(raw) || (isObject(raw) && Object.keys(raw).length === 0);
  }

  /** A member of an object; of what is empty, an empty one. @throws Unreadable when this is no object. */
  at(key: string): WireValue {
    const { raw } = this;
    if (isObject(raw)) return new WireValue(raw[key], this, key);
    if (isLoneObject(raw)) return this.object().at(key);
    if (this.isEmpty) return new WireValue(undefined, this, key);
    throw new Unreadable(this);
  }

  /** Itself, where it is an object or `[]`, PHP's empty one; of a list with one object, that one. @throws Unreadable for anything else, null included. */
  object(): WireValue {
    if (isLoneObject(this.raw)) return new WireValue(this.raw[0], this, 0);
    if (isObject(this.raw) || (Array.isArray(this.raw) && this.raw.length === 0)) return this;
    throw new Unreadable(this);
  }

  /** The first of several members that is not empty; the first where all are. For members that bear another name in other versions of a CRM. */
  atAny(first: string, ...others: readonly string[]): WireValue {
    for (const key of [first, ...others]) {
      const member = this.at(key);
      if (!member.isEmpty) return member;
    }
    return this.at(first);
  }

  /** Text, trimmed and whole; a number as its digits. */
  text(): string | null {
    const { raw } = this;
    if (typeof raw === 'string') return textOrNull(raw);
    if (typeof raw === 'number' && Number.isFinite(raw)) return String(raw);
    if (isEmptyValue(raw)) return null;
    throw new Unreadable(this);
  }

  /** A whole number that is not negative, as its digits: exact, whatever its length (parseJson keeps long ones as text). */
  id(): string | null {
    const { raw } = this;
    if (typeof raw === 'number' && Number.isSafeInteger(raw) && raw >= 0) return String(raw);
    if (typeof raw === 'string') {
      const digits = raw.trim();
      if (digits === '') return null;
      if (DIGITS.test(digits)) return digits;
    } else if (isEmptyValue(raw)) return null;
    throw new Unreadable(this);
  }

  /** `id`, where there has to be one that is not 0. @throws Unreadable also for what is empty. */
  requiredId(): string {
    const id = this.id();
    if (id === null || id === '0') throw new Unreadable(this);
    return id;
  }

  /** `text`, where there has to be some. @throws Unreadable also for what is empty. */
  requiredText(): string {
    const text = this.text();
    if (text === null) throw new Unreadable(this);
    return text;
  }

  /** A finite number. */
  number(): number | null {
    const { raw } = this;
    // JSON.parse makes Infinity of 1e999.
    if (typeof raw === 'number' && Number.isFinite(raw)) return raw;
    if (typeof raw === 'string') {
      const digits = raw.trim();
      if (digits === '') return null;
      const number = NUMBER.test(digits) ? Number(digits) : Number.NaN;
      if (Number.isFinite(number)) return number;
    } else if (isEmptyValue(raw)) return null;
    throw new Unreadable(this);
  }

  /** True or false, also as 1, 0, `'1'`, `'0'`, `'true'`, `'false'`. */
  flag(): boolean | null {
    const { raw } = this;
    const value = typeof raw === 'string' ? raw.trim().toLowerCase() : raw;
    if (value === true || value === 1 || value === '1' || value === 'true') return true;
    if (value === false || value === 0 || value === '0' || value === 'false') return false;
    if (value === '' || isEmptyValue(value)) return null;
    throw new Unreadable(this);
  }

  /** A moment in Unix seconds; null for 0 and below, which stand for none. @throws Unreadable beyond the year 9999, which RFC 3339 cannot write. */
  unixTime(): Date | null {
    const seconds = this.number();
    if (seconds === null || seconds <= 0) return null;
    const date = new Date(seconds * 1000);
    if (Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9_999) throw new Unreadable(this);
    return date;
  }

  /** The items of a list, which PHP may write as a map whose keys are numbers; [] for what is empty. */
  items(): readonly WireValue[] {
    const { raw } = this;
    if (Array.isArray(raw)) return raw.map((item, index) => new WireValue(item, this, index));
    if (this.isEmpty) return [];
    if (isObject(raw) && numberedRows(raw) !== null) {
      return Object.entries(raw).map(([key, item]) => new WireValue(item, this, key));
    }
    throw new Unreadable(this);
  }

  /** `items`; of an object in the place of a list, that object alone. */
  oneOrMore(): readonly WireValue[] {
    return isObject(this.raw) && numberedRows(this.raw) === null ? [this] : this.items();
  }

  /** Reads the first of `oneOrMore` that can be read; null where there is none. @throws Unreadable where there are some and none can be read. */
  first<T>(read: (item: WireValue) => T): T | null {
    let damage: Unreadable | null = null;
    for (const item of this.oneOrMore()) {
      try {
        return read(item);
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        damage ??= error;
      }
    }
    if (damage !== null) throw damage;
    return null;
  }

  /** Reads each of `oneOrMore`. One that cannot be read is left out and reported; one that is read as null is left out in silence. */
  list<T>(read: (item: WireValue) => T | null | undefined, items = this.oneOrMore()): T[] {
    const { root } = this;
    // Not pushed into an empty list, for which V8 takes room for 17 at once.
    const values = items.map((item) => root.attempt(read, item));
    return values.every(isFound) ? values : values.filter(isFound);
  }

  /** Reads a nullable part of a member: what cannot be read is an error in its place, and is reported. */
  member<T>(read: (value: WireValue) => T): Member<T> {
    return this.root.attempt(read, this);
  }
}

/** A row of an answer: the value that all its members are read from, and the count of damage among them. */
export class WireRow extends WireValue {
  readonly place: RowPlace;
  /** How many values could not be read so far. */
  damages = 0;
  #known: Map<string, { readonly value: unknown; readonly damages: number }> | null = null;

  constructor(raw: unknown, place: RowPlace) {
    super(raw, null, '');
    this.place = place;
  }

  override get root(): WireRow {
    return this;
  }

  override get path(): string {
    return this.place.path;
  }

  /** What `read` makes of a value; a reported SourceError where it throws Unreadable. */
  attempt<T, Value>(read: (value: Value) => T, value: Value): Member<T> {
    try {
      return read(value);
    } catch (error) {
      return this.noteDamage(error);
    }
  }

  /** Reports what was thrown in reading a value, and returns the error that stands in its place. @throws what is not Unreadable. */
  noteDamage(thrown: unknown): SourceError {
    if (!(thrown instanceof Unreadable)) throw thrown;
    this.damages += 1;
    this.place.noteDamage(thrown.value.path);
    return damageOf(this.place.source);
  }

  /** Reads something once that several members of a record are made of; whichever of them reads it bears its damage. */
  once<T>(key: string, read: () => T): T {
    const known = this.#known?.get(key);
    if (known !== undefined) {
      this.damages += known.damages;
      return known.value as T;
    }
    const before = this.damages;
    const value = read();
    (this.#known ??= new Map()).set(key, { value, damages: this.damages - before });
    return value;
  }
}

/** Neither left out nor an error. */
function isFound<T>(value: T): value is Exclude<NonNullable<T>, SourceError> {
  return value !== null && value !== undefined && !(value instanceof SourceError);
}

function isObject(raw: unknown): raw is Readonly<Record<string, unknown>> {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw);
}

function isLoneObject(raw: unknown): raw is readonly [object] {
  return Array.isArray(raw) && raw.length === 1 && isObject(raw[0]);
}

function isEmptyValue(raw: unknown): boolean {
  return raw === undefined || raw === null || raw === false || (Array.isArray(raw) && raw.length === 0);
}

/** One for each source: it says the same of every member, whose JSON path is for the log. */
const damageBySource = new Map<string, SourceError>();

function damageOf(source: string): SourceError {
  let damage = damageBySource.get(source);
  if (damage === undefined) {
    damage = new SourceError(source, 'BAD_RESPONSE', `${source} sent a value that cannot be read.`, { scope: 'RECORD' });
    damageBySource.set(source, damage);
  }
  return damage;
}
