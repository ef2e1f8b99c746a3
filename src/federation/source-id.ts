import { createHash } from 'node:crypto';

/** What an id can name. These words are part of ids that clients keep, so none of them may ever change. */
export const SOURCE_ID_ENTITIES = [
  'contact',
  'company',
  'source',
  'user',
  'userGroup',
  'tag',
  'group',
  'status',
  'type',
  'lead',
  'customField',
  'option',
  'catalogElement',
] as const;
export type SourceIdEntity = (typeof SOURCE_ID_ENTITIES)[number];

/** What a client's opaque id stands for: one thing of one source. */
export interface SourceId {
  /** The source's configured name: not empty, without a colon. */
  readonly source: string;
  readonly entity: SourceIdEntity;
  /** The CRM's own id; it may hold colons. */
  readonly idInSource: string;
}

/** Longer texts are nobody's id. */
const ENCODED_LENGTH_MAX = 4_096;
/** A place to write a text to whose bytes are read at once: a buffer of its own makes each id cost three times as much. */
const SCRATCH = Buffer.allocUnsafeSlow(ENCODED_LENGTH_MAX);
const UTF8_BYTES_MAX = 3;

/**
 * Makes the id that clients see: base64url of `source:entity:idInSource`. Where the CRM's own id is a text so long that it could not be read back (the
 * name of a tag, say), its digest stands for it.
 */
export function encodeSourceId({ source, entity, idInSource }: SourceId): string {
  const encoded = toBase64url(`${source}:${entity}:${idInSource}`);
  if (encoded.length <= ENCODED_LENGTH_MAX) return encoded;
  const digest = createHash('sha256').update(idInSource, 'utf8').digest('hex');
  return toBase64url(`${source}:${entity}:sha256:${digest}`);
}

function toBase64url(text: string): string {
  if (text.length * UTF8_BYTES_MAX > SCRATCH.length) return Buffer.from(text, 'utf8').toString('base64url');
  return SCRATCH.toString('base64url', 0, SCRATCH.write(text, 'utf8'));
}

/**
 * Reads an id that a client sent. Each thing has exactly one spelling: padding, other alphabets, stray bits and broken UTF-8 are refused.
 *
 * @returns null for a text that `encodeSourceId` cannot have made.
 */
export function decodeSourceId(text: string): SourceId | null {
  if (text.length > ENCODED_LENGTH_MAX) return null;
  const plain = Buffer.from(text, 'base64url').toString('utf8');
  // Node's decoder skips what it does not know; only a canonical text comes out again as it went in.
  if (toBase64url(plain) !== text) return null;
  const [source, entity, ...rest] = plain.split(':');
  const idInSource = rest.join(':');
  if (!source || idInSource === '' || !isEntity(entity)) return null;
  return { source, entity, idInSource };
}

function isEntity(text: string | undefined): text is SourceIdEntity {
  return SOURCE_ID_ENTITIES.some((entity) => entity === text);
}
