import { INFO_ADDRESS, storedDisplayName } from './portal.ts';
import type { Portal, StoredContact, StoredInfo } from './portal.ts';
import { likeMatcher } from './sql-text.ts';
import { fitsWildcards, type WildcardPart } from '../wildcards.ts';

/** How the portal searches: by its index, or, where that is not installed, by the stored display names in the database. */
export type TextSearch = 'index' | 'database';

/** Gives the ids of the contacts that a search text finds. */
export function matchText(portal: Portal, text: string, textSearch: TextSearch): ReadonlySet<number> {
  const words = text.trim().split(/\s+/);
  if (textSearch === 'database') {
    const patterns = words.map((word) => [likeMatcher(`${word}%`), likeMatcher(`% ${word}%`)]);
    const matches = portal.contacts.filter((contact) =>
      patterns.every((either) => either.some((matchesPattern) => matchesPattern(storedDisplayName(contact)))),
    );
    return new Set(matches.map(({ id }) => id));
  }
  return matchIndex(portal, text);
}

/** Words are ANDed within one document of one index, never across: a contact's own fields, one info, one field value, one event. */
function matchIndex(portal: Portal, text: string): ReadonlySet<number> {
  const terms = Array.from(text.toLowerCase().matchAll(/"([^"]+)"|(\S+)/g), ([, quoted, word]) => toTerm(quoted, word));
  const isHit = (document: readonly string[]): boolean => terms.every((term) => document.some((field) => term(field.toLowerCase())));
  return new Set(portal.contacts.filter((contact) => documentsOf(contact).some(isHit)).map(({ id }) => id));
}

function toTerm(quoted: string | undefined, word: string | undefined): (field: string) => boolean {
  if (quoted !== undefined) return (field) => field.includes(quoted);
  const wanted = word ?? '';
  if (!/[*?]/.test(wanted)) return (field) => field.includes(wanted);
  // A word with wildcards of its own is not wrapped in others: it has to match a whole token.
  const parts = Array.from(wanted, (character): WildcardPart => (character === '*' ? 'many' : character === '?' ? 'any' : { character }));
  return (field) => field.split(/\s+/).some((token) => fitsWildcards(parts, token));
}

function documentsOf(contact: StoredContact): string[][] {
  const { title, firstName, lastName, companyName, about, industry } = contact;
  return [
    [title, firstName, lastName, companyName, about, industry],
    ...contact.infos.map((info) => indexedTexts(info)),
    ...contact.fieldValues.map(({ value }) => [value]),
    ...contact.events.map((event) => [event]),
  ];
}

function indexedTexts({ type, data }: StoredInfo): string[] {
  if (type !== INFO_ADDRESS) return [data];
  // Of an address only the values are indexed.
  return Array.from(data.matchAll(/:\s*"((?:[^"\\]|\\.)*)"/g), ([, value = '']) => value);
}
