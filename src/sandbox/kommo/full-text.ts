import type { KommoEntityRow } from './rows.ts';

const PHONE_LIKE = /^[\d\s()+.-]*$/;
const FEWEST_DIGITS_OF_A_PHONE = 5;

/** Texts of a field's value at any depth; ids and codes of options are not searched. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([name, member]) => (name.startsWith('enum') ? [] : textsIn(member)));
  }
  return [];
}

function filledTexts(row: KommoEntityRow & { readonly first_name?: string; readonly last_name?: string }): string[] {
  const names = [row.name, row.first_name ?? '', row.last_name ?? ''];
  return [...names, ...(row.custom_fields_values ?? []).flatMap(({ values }) => textsIn(values))].filter((text) => text !== '');
}

function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

/**
 * Makes the predicate of `query`: a partial search over every filled field.
 *
 * A query of digits and phone punctuation looks for its digits among the digits of each field, whatever the field: a number of a contract
 * or a colleague's phone in a note is found as well. Country codes and trunk prefixes are not understood: `+7 912…` does not find
 * `8 (912)…`, `912…` finds both. Any other query is cut at blanks and `@`; each piece has to be part of some field, not of the same one.
 */
export function fullTextPredicate(query: string): ((row: KommoEntityRow) => boolean) | undefined {
  const digits = query.replace(/\D/g, '');
  if (PHONE_LIKE.test(query) && digits.length >= FEWEST_DIGITS_OF_A_PHONE) {
    return (row) => filledTexts(row).some((text) => text.replace(/\D/g, '').includes(digits));
  }
  const pieces = fold(query)
    .split(/[\s@]+/)
    .filter((piece) => piece !== '');
  if (pieces.length === 0) return undefined;
  return (row) => {
    const texts = filledTexts(row).map(fold);
    return pieces.every((piece) => texts.some((text) => text.includes(piece)));
  };
}
