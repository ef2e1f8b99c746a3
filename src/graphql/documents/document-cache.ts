import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';

/** What the caches may hold, in bytes as estimated below: some 150 operations of a usual size. */
export const DOCUMENT_CACHE_BYTES_MAX = 32_000_000;
const ERROR_CACHE_BYTES_MAX = 4_000_000;

/** Measured: a token with its nodes takes up to 430 bytes on the heap, whatever it is made of, and what is planned for executing it 210. */
const BYTES_PER_TOKEN = 700;
/** For the entry itself, and the bounded errors of its validation, which are kept beside it. */
const BYTES_PER_ENTRY = 30_000;
const BYTES_PER_CHARACTER = 2;

/** Parsed documents by their text. Bounded by bytes: a dense document takes over 200 for each of its characters. */
export function createDocumentCache() {
  return createTextCache<DocumentNode>(DOCUMENT_CACHE_BYTES_MAX, estimateDocumentBytes);
}

/** Errors of documents that cannot be parsed, by their text. */
export function createParseErrorCache() {
  return createTextCache<object>(ERROR_CACHE_BYTES_MAX, () => 0);
}

/** Estimates, not too low, what a parsed document takes on the heap beside its text. */
function estimateDocumentBytes({ tokenCount = 0 }: DocumentNode): number {
  return tokenCount * BYTES_PER_TOKEN;
}

function createTextCache<Value extends object>(maxSize: number, bytesOf: (value: Value) => number) {
  const cache = new LRUCache<string, Value>({
    maxSize,
    sizeCalculation: (value, text) => BYTES_PER_ENTRY + text.length * BYTES_PER_CHARACTER + bytesOf(value),
  });
  return {
    get: (text: string) => cache.get(text),
    set: (text: string, value: Value) => void cache.set(text, value),
    /** Estimated. */
    bytes: () => cache.calculatedSize,
  };
}
