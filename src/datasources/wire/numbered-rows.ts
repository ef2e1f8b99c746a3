const INDEX = /^\d{1,9}$/;

/** The rows of a list, which PHP may write as a map whose keys are numbers; null for anything else. */
export function numberedRows(value: unknown): readonly unknown[] | null {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object' || value === null) return null;
  return Object.keys(value).every((key) => INDEX.test(key)) ? Object.values(value) : null;
}

/** The rows of a list, which PHP may write as a map whose keys are numbers, or as the row itself where there is but one; null for anything else. */
export function rowsOf(value: unknown): readonly unknown[] | null {
  const rows = numberedRows(value);
  if (rows !== null || typeof value !== 'object' || value === null || !('id' in value)) return rows;
  return value.id === null || value.id === undefined ? null : [value];
}
