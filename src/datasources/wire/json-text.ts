/** So many digits in a row may be a number that JSON.parse would round: the largest exact one has 16. */
const LONG_DIGITS = /\d{16}/;
const WHOLE_NUMBER = /^-?\d+$/;

/**
 * Parses a JSON text. Whole numbers beyond 2^53 come as the text of their digits: as numbers they would be rounded, and an id would be somebody
 * else's.
 *
 * @throws SyntaxError, whose message quotes the text.
 */
export function parseText(text: string): unknown {
  const json = text.startsWith('\uFEFF') ? text.slice(1) : text;
  // A reviver makes parsing several times slower, so only where it may be needed.
  const value: unknown = LONG_DIGITS.test(json) ? JSON.parse(json, keepDigits) : JSON.parse(json);
  return value;
}

/** @param context Has the text that a primitive value was parsed from (ECMAScript 2026). */
function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const digits = context?.source;
  return digits !== undefined && WHOLE_NUMBER.test(digits) ? digits : value;
}
