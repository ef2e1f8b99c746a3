import type { z } from 'zod';
import { SourceError } from '../port/source-error.ts';

/** Longer texts of a CRM are cut: nobody reads them, and they would fill the memory. */
const TEXT_LENGTH_MAX = 10_000;
const MESSAGE_LENGTH_MAX = 1_000;

/**
 * Reads a body as JSON.
 *
 * @throws SourceError BAD_RESPONSE for an empty, cut or otherwise unreadable body. It has no cause: the parser's message quotes the body.
 */
export function parseJson(source: string, text: string): unknown {
  if (text.trim() === '') throw new SourceError(source, 'BAD_RESPONSE', `${source} sent an empty answer.`);
  try {
    const value: unknown = JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
    return value;
  } catch {
    throw new SourceError(source, 'BAD_RESPONSE', `${source} sent an answer that is not JSON.`);
  }
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

/** Checks one row of a list against its wire type; `path` is the JSON path of the first fault, from the row on. */
export function parseRow<T>(schema: z.ZodType<T>, value: unknown): { readonly row: T } | { readonly path: string } {
  const result = schema.safeParse(value);
  return result.success ? { row: result.data } : { path: faultPath(result.error) };
}

function faultPath(error: z.ZodError): string {
  const keys = error.issues[0]?.path ?? [];
  return keys.reduce<string>((path, key) => path + (typeof key === 'number' ? `[${key}]` : `.${String(key)}`), '$');
}

/** Cuts a text to `max` characters, never through the middle of one, and replaces halves of characters that the CRM sent. */
export function cappedText(text: string, max = TEXT_LENGTH_MAX): string {
  if (text.length <= max) return text.toWellFormed();
  const last = text.charCodeAt(max - 1);
  const isFirstHalf = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, isFirstHalf ? max - 1 : max).toWellFormed();
}

/** The part of a CRM's message in which its words are looked for: no message that means something is longer. */
export function beginningOf(message: string): string {
  return message.slice(0, MESSAGE_LENGTH_MAX);
}

/** Trims and caps a text; null when nothing is left. */
export function textOrNull(text: string | null | undefined): string | null {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? null : cappedText(trimmed);
}

/** Reads an absolute http or https address that clients may be given; null for anything else. */
export function httpUrlOrNull(text: string | null | undefined): string | null {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '' || trimmed.length > TEXT_LENGTH_MAX || !URL.canParse(trimmed)) return null;
  const { protocol, username, password, href } = new URL(trimmed);
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '' ? href : null;
}
