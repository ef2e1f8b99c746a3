/** How much may be sent along with a document, in variables and extensions together. Filters take some dozens, lists of ids a hundred. */
export const PARAMETER_LIMITS = { values: 2_000, depth: 20 } as const;

/**
 * Whether there are more values, or deeper ones, than may be sent along with a document. Whoever walks through them later does so once for each
 * error, or calls itself for each level.
 */
export function exceedsParameterLimits(...parameters: readonly unknown[]): boolean {
  let level = parameters;
  let values = 0;
  for (let depth = 0; level.length > 0; depth += 1) {
    values += level.length;
    if (depth > PARAMETER_LIMITS.depth || values > PARAMETER_LIMITS.values) return true;
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
  }
  return false;
}
