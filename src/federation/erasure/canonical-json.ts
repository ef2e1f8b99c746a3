/** What canonical JSON can hold here: no numbers but whole ones, so that their form is never in doubt. */
export type CanonicalValue = string | number | boolean | null | readonly CanonicalValue[] | { readonly [name: string]: CanonicalValue };

/**
 * Writes JSON in the one form that equal values have (RFC 8785): members sorted by their UTF-16 code units, nothing between the tokens, strings and
 * numbers as ECMAScript writes them.
 *
 * @throws TypeError for a number that is not whole and exact, and for half of a surrogate pair, which RFC 8785 refuses too.
 * @see https://www.rfc-editor.org/rfc/rfc8785
 */
export function canonicalJson(value: CanonicalValue): string {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) throw new TypeError('a number that has no one form');
  if (typeof value === 'string' && !value.isWellFormed()) throw new TypeError('a text that is no Unicode');
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, member]) => `${canonicalJson(name)}:${canonicalJson(member)}`).join(',')}}`;
}

function isList(value: CanonicalValue): value is readonly CanonicalValue[] {
  return Array.isArray(value);
}
