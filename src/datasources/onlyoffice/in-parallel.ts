/** Runs `work` for every value, at most `limit` at once; results are in the order of the values. The first failure fails all. */
export async function inParallel<V, R>(values: readonly V[], limit: number, work: (value: V) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const entries = values.entries();
  const worker = async (): Promise<void> => {
    for (const [index, value] of entries) results[index] = await work(value);
  };
  await Promise.all(Array.from({ length: Math.min(limit, values.length) }, worker));
  return results;
}
