/** A part of a pattern: one given character, any one, or any number of them. */
export type WildcardPart = { readonly character: string } | 'any' | 'many';

/** Whether the whole text fits a pattern. Takes at most as many steps as text and pattern have characters, multiplied. */
export function fitsWildcards(parts: readonly WildcardPart[], text: string): boolean {
  const characters = Array.from(text);
  let part = 0;
  let place = 0;
  // Where to go on when what follows the last 'many' does not fit: it takes one character more.
  let retryPart = -1;
  let retryPlace = 0;
  while (place < characters.length) {
    const wanted = parts[part];
    if (wanted === 'many') {
      retryPart = part + 1;
      retryPlace = place;
      part = retryPart;
    } else if (wanted !== undefined && (wanted === 'any' || wanted.character === characters[place])) {
      part += 1;
      place += 1;
    } else if (retryPart >= 0) {
      retryPlace += 1;
      part = retryPart;
      place = retryPlace;
    } else return false;
  }
  return parts.slice(part).every((rest) => rest === 'many');
}
