/** Kommo stores some texts with these characters as HTML entities, and a search compares what is stored. */
const UNSEARCHABLE = /[&<>"'\p{Cc}]+/u;
const SEARCHABLE = /[\p{L}\p{N}\p{So}]/u;

/**
 * Makes the text for `query` that finds every contact which has `text` in one of its fields: the longest piece of it that is surely stored as
 * it is.
 *
 * @returns '' when there is none, as Kommo may answer a search for nothing with everyone.
 */
export function toQueryText(text: string): string {
  const pieces = text.split(UNSEARCHABLE).map((piece) => piece.trim());
  const [longest = ''] = pieces.filter((piece) => SEARCHABLE.test(piece)).toSorted((one, other) => other.length - one.length);
  return longest;
}

/** Makes the text for `query` of a search that means its words; '' when there is no word in it. */
export function toSearchText(search: string): string {
  const text = search.replace(/\p{Cc}+/gu, ' ').trim();
  return SEARCHABLE.test(text) ? text : '';
}
