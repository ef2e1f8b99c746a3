import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { readDocumentKey } from '../documents/document-key.ts';
import { exceedsParameterLimits } from '../parameter-limits.ts';
import { findManifestDocument, type PersistedOperations } from '../use-persisted-operations.ts';

/** One operation as a client sends it. */
export interface OperationRequest {
  readonly method: string;
  /** With its query. */
  readonly url: string;
  /** '' for a GET. */
  readonly body: string;
}

/** How a request is known again. */
export interface ShareKey {
  /** Equal for requests that are to get the same answer, as far as the operation goes. */
  readonly key: string;
  /** The document as it was sent. */
  readonly text: string;
  readonly operationName: string | null;
}

/** What the known bodies may take in memory, in bytes: some 300 of a usual size. */
const KNOWN_BYTES_MAX = 1_000_000;
/** For an entry beside its texts. */
const ENTRY_BYTES = 300;

/** Reads the keys of requests. Front ends send the same few bodies again and again: those are known by their text, and not taken apart. */
export class ShareKeys {
  readonly #manifest: PersistedOperations | null;
  readonly #known = new LRUCache<string, ShareKey>({
    maxSize: KNOWN_BYTES_MAX,
    sizeCalculation: ({ text }, body) => ENTRY_BYTES + 2 * (body.length + text.length),
  });

  constructor(manifest: PersistedOperations | null) {
    this.#manifest = manifest;
  }

  /** Returns what `readShareKey` does. */
  read(request: OperationRequest): ShareKey | null {
    // Of a GET nothing but its URL counts, of a POST both.
    if (request.method !== 'POST' || request.url.includes('?')) return readShareKey(request, this.#manifest);
    const known = this.#known.get(request.body);
    if (known !== undefined) return known;
    const key = readShareKey(request, this.#manifest);
    if (key !== null) this.#known.set(request.body, key);
    return key;
  }
}

/**
 * Reads what the answer of an operation depends on: document, variables, operation name, and whatever else is sent along.
 *
 * @returns null for what is never shared: mutations, answers in parts, documents with several operations, and whatever is no plain request.
 */
function readShareKey(request: OperationRequest, manifest: PersistedOperations | null): ShareKey | null {
  const parameters = readParameters(request);
  if (parameters === null) return null;
  const { query, operationName, ...rest } = parameters;
  if (exceedsParameterLimits(...Object.values(rest))) return null;
  const text = manifest === null ? query : query === undefined ? findManifestDocument(manifest, parameters, request.url) : undefined;
  if (typeof text !== 'string') return null;
  const document = readDocumentKey(text);
  if (document === null) return null;
  if (operationName !== undefined && operationName !== null && operationName !== '' && operationName !== document.operationName)
    return null;
  const others = textOf(rest);
  return others === null
    ? null
    : { key: hash('sha256', `${document.key}\n${others}`, 'base64url'), text, operationName: document.operationName };
}

/** The JSON text of what was parsed; null where JSON has none for it: of 1e400 parsing makes Infinity, which would be written as null. */
function textOf(parsed: object): string | null {
  let isExact = true;
  const text = JSON.stringify(parsed, (_name, value: unknown) => {
    if (value === Infinity || value === -Infinity) isExact = false;
    return value;
  });
  return isExact ? text : null;
}

function readParameters({ method, url, body }: OperationRequest): Record<string, unknown> | null {
  if (method === 'GET') {
    const start = url.indexOf('?');
    const given = [...new URLSearchParams(start === -1 ? '' : url.slice(start))];
    const parameters = Object.fromEntries(given);
    // Of a parameter that is given twice nobody knows which counts.
    return Object.keys(parameters).length === given.length ? parameters : null;
  }
  // A POST may have parameters in its URL too.
  if (url.includes('?')) return null;
  try {
    const parameters: unknown = JSON.parse(body);
    return typeof parameters === 'object' && parameters !== null && !Array.isArray(parameters) ? { ...parameters } : null;
  } catch {
    return null;
  }
}
