/** Cuts a character off the end of a text, however often it stands there. */
export function trimmedEnd(text: string, character: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === character) end -= 1;
  return text.slice(0, end);
}

/** Cuts a character off both ends of a text, however often it stands there. */
export function trimmedOf(text: string, character: string): string {
  let start = 0;
  while (start < text.length && text[start] === character) start += 1;
  return trimmedEnd(text.slice(start), character);
}
