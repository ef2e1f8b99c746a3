import { textOrNull } from '../wire/wire-reply.ts';

const CHARACTER_BY_ENTITY: Readonly<Record<string, string>> = {
  '&quot;': '"',
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&#039;': "'",
  '&#39;': "'",
};

/**
 * Reads a text of Kommo: trimmed, capped, '' as null.
 *
 * Some of Kommo's texts come with the five characters that PHP's `htmlspecialchars` escapes; its own screen shows the characters. They are put
 * back once, never twice, so that a text which really shows `&amp;` is left with it.
 */
export function toText(text: string | null | undefined): string | null {
  const decoded = text?.replace(/&(?:quot|amp|lt|gt|#0?39);/g, (entity) => CHARACTER_BY_ENTITY[entity] ?? entity);
  return textOrNull(decoded);
}

/** Reads a moment in Unix seconds; null for none, for 0 and for what `toMoment` cannot write. */
export function toDate(seconds: number | null | undefined): Date | null {
  return seconds === null || seconds === undefined || seconds === 0 ? null : toMoment(seconds);
}

/** Null beyond the calendar and outside the years 0 to 9999: RFC 3339, in which clients get it, has no others. */
export function toMoment(seconds: number): Date | null {
  const date = new Date(seconds * 1000);
  const year = date.getUTCFullYear();
  return year >= 0 && year <= 9_999 ? date : null;
}

/** Ids of Kommo's users: 0 is a robot, an integration or the system. */
export function toUserId(id: string | null | undefined): string | null {
  return id === null || id === undefined || id === '0' ? null : id;
}
