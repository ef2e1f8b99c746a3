/** A page of 250 contacts with a hundred filled fields each has some 200,000 values. */
export const JSON_VALUES_MAX = 500_000;
/** No value is shorter: a digit and a comma, or a pair of brackets. */
const VALUE_LENGTH_MIN = 2;

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPENING_BRACKET = 0x5b;
const OPENING_BRACE = 0x7b;

/**
 * Whether a JSON text has more values than a reply may have. Parsing takes up to a microsecond for each, and longer for some: it is the values that
 * keep the process from other work, not the bytes. Costs nothing for texts of up to a million characters.
 */
export function hasTooManyValues(json: string): boolean {
  if (json.length <= JSON_VALUES_MAX * VALUE_LENGTH_MIN) return false;
  let values = 1;
  for (let index = 0; index < json.length; index += 1) {
    const unit = json.charCodeAt(index);
    if (unit === QUOTE) index = endOfString(json, index);
    else if (unit === COMMA || unit === OPENING_BRACKET || unit === OPENING_BRACE) values += 1;
    if (values > JSON_VALUES_MAX) return true;
  }
  return false;
}

/** The index of the quote that ends the string which begins at `start`; the length of a text that ends before. */
function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end !== -1; end = json.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (json.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return json.length;
}
