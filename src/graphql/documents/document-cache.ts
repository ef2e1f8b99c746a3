import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';

/** What the caches may hold, in bytes as estimated below: some 150 operations of a usual size. */
export const DOCUMENT_CACHE_BYTES_MAX = 32_000_000;
const ERROR_CACHE_BYTES_MAX = 4_000_000;

/** For the texts that were seen once: some 800 of a usual size. */
const SEEN_BYTES_MAX = 1_000_000;
const SEEN_ENTRY_BYTES = 200;

/** Measured: a token with its nodes takes up to 430 bytes on the heap, whatever it is made of, and what is planned for executing it 210. */
const BYTES_PER_TOKEN = 700;
/** For the entry itself, and the bounded errors of its validation, which are kept beside it. */
const BYTES_PER_ENTRY = 30_000;
const BYTES_PER_CHARACTER = 2;

/**
 * Parsed documents by their text, each from the second time on: a client that writes its values into its documents never sends one again, and
 * what is not kept costs the collector of garbage least. Bounded by bytes: a dense document takes over 200 for each of its characters.
 */
export function createDocumentCache() {
  const cache = createTextCache<DocumentNode>(DOCUMENT_CACHE_BYTES_MAX, estimateDocumentBytes);
  const seenOnce = new LRUCache<string, true>({
    maxSize: SEEN_BYTES_MAX,
    sizeCalculation: (_seen, text) => SEEN_ENTRY_BYTES + 2 * text.length,
  });
  return {
    ...cache,
    set(text: string, document: DocumentNode) {
      if (seenOnce.delete(text)) cache.set(text, document);
      else seenOnce.set(text, true);
    },
  };
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
