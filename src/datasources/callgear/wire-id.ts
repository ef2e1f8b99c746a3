declare global {
  interface JSON {
    /** A value that JSON.stringify writes as this text (ECMAScript 2026). */
    rawJSON(text: string): RawNumber;
  }
}

/** A number that is written by its digits. */
export interface RawNumber {
  readonly rawJSON: string;
}

const DIGITS = /^(0|[1-9][0-9]{0,18})$/;
/** CallGear's ids are PostgreSQL's bigint at most: a larger number would spoil the whole call. */
const ID_MAX = 9_223_372_036_854_775_807n;

/** Whether a text is an id as CallGear writes it: digits without leading zeros. */
export function isCallgearId(id: string): boolean {
  return DIGITS.test(id) && (id.length < 19 || BigInt(id) <= ID_MAX);
}

/**
 * Makes the JSON number of an id, exact whatever its length: rounded, it would be somebody else's.
 *
 * @throws SyntaxError for a text that is no id.
 */
export function wireNumber(id: string): number | RawNumber {
  if (!isCallgearId(id)) throw new SyntaxError('An id of CallGear is digits.');
  const number = Number(id);
  return Number.isSafeInteger(number) ? number : JSON.rawJSON(id);
}
