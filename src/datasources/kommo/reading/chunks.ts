/** Parts a list into pieces of at most `size`. */
export function inChunks<T>(whole: readonly T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let start = 0; start < whole.length; start += size) chunks.push(whole.slice(start, start + size));
  return chunks;
}
