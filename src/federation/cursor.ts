import { sealed, unseal } from './sealed-text.ts';

/** Where one source's stream stands between two pages. */
export interface StreamState {
  /** Position of the next row to look at, in the source's list; rows that did not match are passed, so this is also how far a scan came. */
  readonly offset: number;
  /** Hashes of the last rows before the offset, oldest first; none only at the start of the list. */
  readonly anchors: readonly number[];
  /** Hash of the row at the offset, kept where the block shows no row before it. */
  readonly next: number | null;
  readonly isDone: boolean;
  /** Of a done stream, which is not read again: how many rows its CRM counted. */
  readonly totalCount: number | null;
  /** Of a done stream: whether it was cut at the scan budget. */
  readonly isCut: boolean;
}

/** What a cursor holds. */
export interface CursorState {
  /** Of the query that the cursor belongs to: 16 hexadecimal digits. */
  readonly queryHash: string;
  /** Pages in a row, up to the one before the cursor, that asked a failing source again, in vain, with nothing else left to give. */
  readonly fruitlessTries: number;
  /** One for each asked source, in the order asked. */
  readonly streams: readonly StreamState[];
}

/** Pages in a row that may ask failing sources again in vain; then a client is no longer sent back at once. A cursor has two bits for their number. */
export const FRUITLESS_TRIES_MAX = 3;
/** Rows that a cursor knows its place by; a stream's flags have two bits for their number. */
export const ANCHORS_MAX = 3;
/** The beginning of a source's list. */
export const START_STATE: StreamState = { offset: 0, anchors: [], next: null, isDone: false, totalCount: null, isCut: false };

/** A cursor that this gateway has not made, or has made for another query. */
export class InvalidCursorError extends Error {
  override readonly name = 'InvalidCursorError';
  readonly code = 'INVALID_CURSOR';

  constructor() {
    super('The cursor is not valid for this list. Start again without it.');
  }
}

const VERSION = 2;
const VERSION_MASK = 0b0011_1111;
const TRIES_SHIFT = 6;
const QUERY_HASH_BYTES = 8;
const NUMBER_MAX = 0xffff_ffff;
const ENCODED_LENGTH_MAX = 4_096;
const ANCHOR_COUNT_MASK = 0b0000_0011;
const HAS_NEXT = 0b0000_0100;
const IS_DONE = 0b0000_1000;
const HAS_TOTAL_COUNT = 0b0001_0000;
const IS_CUT = 0b0010_0000;

/**
 * Writes a cursor: base64url of a byte with the version and the fruitless tries, the query's hash, for each stream a byte of flags, its offset,
 * its anchors (4 bytes each) and what else the flags say, and a checksum. Nothing in it is readable by people: no names, no sort keys.
 */
export function encodeCursor(state: CursorState): string {
  const tries = Math.min(state.fruitlessTries, FRUITLESS_TRIES_MAX);
  const bytes: number[] = [VERSION | (tries << TRIES_SHIFT), ...Buffer.from(state.queryHash, 'hex')];
  for (const stream of state.streams) writeStream(bytes, stream);
  return sealed(Buffer.from(bytes));
}

/**
 * Reads a cursor that a client sent.
 *
 * @throws InvalidCursorError for whatever `encodeCursor` cannot have made.
 */
export function decodeCursor(text: string): CursorState {
  const content = text.length > ENCODED_LENGTH_MAX ? null : unseal(text);
  if (content === null) throw new InvalidCursorError();
  const bytes = new ByteReader(content);
  const first = bytes.byte();
  if ((first & VERSION_MASK) !== VERSION) throw new InvalidCursorError();
  const queryHash = bytes.take(QUERY_HASH_BYTES).toString('hex');
  const streams: StreamState[] = [];
  while (!bytes.isAtEnd) streams.push(readStream(bytes));
  const state = { queryHash, fruitlessTries: first >>> TRIES_SHIFT, streams };
  // One spelling for each state: this also finds flags that mean nothing.
  if (encodeCursor(state) !== text) throw new InvalidCursorError();
  return state;
}

function writeStream(bytes: number[], stream: StreamState): void {
  if (stream.isDone) {
    const hasTotalCount = stream.totalCount !== null && stream.totalCount <= NUMBER_MAX;
    bytes.push(IS_DONE | (hasTotalCount ? HAS_TOTAL_COUNT : 0) | (stream.isCut ? IS_CUT : 0));
    if (hasTotalCount) writeNumber(bytes, stream.totalCount);
    return;
  }
  const anchors = stream.anchors.slice(-ANCHORS_MAX);
  bytes.push(anchors.length | (stream.next === null ? 0 : HAS_NEXT));
  writeNumber(bytes, anchors.length === 0 ? 0 : stream.offset);
  for (const hash of anchors) writeHash(bytes, hash);
  if (stream.next !== null) writeHash(bytes, stream.next);
}

function readStream(bytes: ByteReader): StreamState {
  const flags = bytes.byte();
  if ((flags & IS_DONE) !== 0) {
    const totalCount = (flags & HAS_TOTAL_COUNT) === 0 ? null : bytes.number();
    return { ...START_STATE, isDone: true, totalCount, isCut: (flags & IS_CUT) !== 0 };
  }
  const offset = bytes.number();
  const anchors = Array.from({ length: flags & ANCHOR_COUNT_MASK }, () => bytes.hash());
  if (offset < anchors.length) throw new InvalidCursorError();
  return { ...START_STATE, offset, anchors, next: (flags & HAS_NEXT) === 0 ? null : bytes.hash() };
}

function writeHash(bytes: number[], hash: number): void {
  bytes.push(hash >>> 24, (hash >>> 16) & 0xff, (hash >>> 8) & 0xff, hash & 0xff);
}

/** Seven bits a byte, the lowest first; the high bit says that more follow. */
function writeNumber(bytes: number[], number: number): void {
  let rest = number;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
}

class ByteReader {
  readonly #bytes: Buffer;
  #position = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#position === this.#bytes.length;
  }

  take(length: number): Buffer {
    const taken = this.#bytes.subarray(this.#position, this.#position + length);
    if (taken.length < length) throw new InvalidCursorError();
    this.#position += length;
    return taken;
  }

  byte(): number {
    return this.take(1).readUInt8();
  }

  hash(): number {
    return this.take(4).readUInt32BE();
  }

  number(): number {
    let number = 0;
    for (let scale = 1; scale <= NUMBER_MAX; scale *= 0x80) {
      const byte = this.byte();
      number += (byte & 0x7f) * scale;
      if ((byte & 0x80) === 0) break;
    }
    if (number > NUMBER_MAX) throw new InvalidCursorError();
    return number;
  }
}
