import { LRUCache } from 'lru-cache';
import { SIZE_IN_BYTES } from '../port/member.ts';

/** Rough sizes in bytes: of an object or list with its members' places, of one place, and of what is no text. */
const OBJECT_BYTES = 48;
const PLACE_BYTES = 16;

/** Cached answers of all sources, bounded by bytes. */
export type CacheStore = LRUCache<string, CacheEntry>;
/** One cached answer of one source. */
export interface CacheEntry {
  readonly answer: object;
  /** Unix milliseconds. */
  readonly readAt: number;
  /** Of the source when the reading began: an answer of an earlier one is not given out. */
  readonly generation: number;
}

/** Makes an empty store; where it would hold more than `bytesMax`, by a rough count, what was used longest ago leaves. */
export function createCacheStore(bytesMax: number): CacheStore {
  return new LRUCache<string, CacheEntry>({
    maxSize: bytesMax,
    sizeCalculation: ({ answer }, key) => sizeOf(answer) + sizeOf(key) + OBJECT_BYTES,
  });
}

/** Roughly what a value takes in memory, in bytes; never less than 1. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return PLACE_BYTES + 2 * value.length;
  if (typeof value !== 'object' || value === null) return PLACE_BYTES;
  if (value instanceof Date || value instanceof Error) return OBJECT_BYTES;
  if (SIZE_IN_BYTES in value && typeof value[SIZE_IN_BYTES] === 'number') return value[SIZE_IN_BYTES];
  let bytes = OBJECT_BYTES;
  for (const member of value instanceof Map ? value.values() : Object.values(value)) bytes += PLACE_BYTES + sizeOf(member);
  return bytes;
}
