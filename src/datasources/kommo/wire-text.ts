import { textOrNull } from '../wire/wire-reply.ts';
import type { WireValue } from '../wire/wire-value.ts';

const CHARACTER_BY_ENTITY: Readonly<Record<string, string>> = {
  '&quot;': '"',
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&#039;': "'",
  '&#39;': "'",
};

/**
 * Reads a text of Kommo, as WireValue does.
 *
 * Some of Kommo's texts come with the five characters that PHP's `htmlspecialchars` escapes; its own screen shows the characters. They are put
 * back once, never twice, so that a text which really shows `&amp;` is left with it.
 */
export function readText(value: WireValue): string | null {
  const text = value.text();
  if (text === null || !text.includes('&')) return text;
  return textOrNull(text.replace(/&(?:quot|amp|lt|gt|#0?39);/g, (entity) => CHARACTER_BY_ENTITY[entity] ?? entity));
}

/** Reads the id of a user; null for 0, which is a robot, an integration or the system. */
export function readUserId(value: WireValue): string | null {
  const id = value.id();
  return id === '0' ? null : id;
}

/** Null beyond the calendar and outside the years 0 to 9999: RFC 3339, in which clients get it, has no others. */
export function toMoment(seconds: number): Date | null {
  const date = new Date(seconds * 1000);
  const year = date.getUTCFullYear();
  return year >= 0 && year <= 9_999 ? date : null;
}
