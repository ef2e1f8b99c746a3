import type { z } from 'zod';
import { SourceError } from '../port/source-error.ts';
import { parseText } from './json-text.ts';
import { hasTooManyValues } from './json-values.ts';

/** Longer texts are no address that a browser would open. */
const URL_LENGTH_MAX = 10_000;
/** No message of a CRM that means something is longer. */
const MESSAGE_LENGTH_MAX = 1_000;

/**
 * Reads a body as JSON. Whole numbers beyond 2^53 come as the text of their digits: as numbers they would be rounded, and an id would be
 * somebody else's.
 *
 * @throws SourceError BAD_RESPONSE for an empty, cut or otherwise unreadable body, and for one of more than 500,000 values. It has no cause: the parser's message quotes the body.
 */
export function parseJson(source: string, text: string): unknown {
  if (text.trim() === '') throw new SourceError(source, 'BAD_RESPONSE', `${source} sent an empty answer.`);
  try {
    if (hasTooManyValues(text)) throw new SourceError(source, 'BAD_RESPONSE', `${source} sent an answer with too many values.`);
    return parseText(text);
  } catch (error) {
    if (error instanceof SourceError) throw error;
    throw new SourceError(source, 'BAD_RESPONSE', `${source} sent an answer that is not JSON.`);
  }
}

/** Returns the body of an answer as JSON: as it was parsed already where it is large, otherwise as `parseJson`, which see for errors. */
export function jsonOf(source: string, { text, json }: { readonly text: string; readonly json?: unknown }): unknown {
  return json ?? parseJson(source, text);
}

/**
 * Checks a whole reply against its wire type.
 *
 * @throws SourceError BAD_RESPONSE that names the JSON path of the first fault and never a value.
 */
export function parseReply<T>(source: string, schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new SourceError(source, 'BAD_RESPONSE', `${source} sent an answer of an unknown shape (at ${faultPath(result.error)}).`);
}

function faultPath(error: z.ZodError): string {
  const keys = error.issues[0]?.path ?? [];
  return keys.reduce<string>((path, key) => path + (typeof key === 'number' ? `[${key}]` : `.${String(key)}`), '$');
}

/** The part of a CRM's message in which its words are looked for. */
export function beginningOf(message: string): string {
  return message.slice(0, MESSAGE_LENGTH_MAX);
}

/** Trims a text and replaces halves of characters that the CRM sent; null when nothing is left. No text is cut: the reply's byte cap bounds it. */
export function textOrNull(text: string | null | undefined): string | null {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? null : trimmed.toWellFormed();
}

/** Reads an absolute http or https address that clients may be given; null for anything else. */
export function httpUrlOrNull(text: string | null | undefined): string | null {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '' || trimmed.length > URL_LENGTH_MAX || !URL.canParse(trimmed)) return null;
  const { protocol, username, password, href } = new URL(trimmed);
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '' ? href : null;
}
