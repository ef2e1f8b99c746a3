import { SourceError } from '../../port/source-error.ts';
import { inParallel } from '../../wire/in-parallel.ts';

/** Single reads under way at once: the portal has no read by several ids. */
const READS_AT_ONCE = 8;

/**
 * Finds each key by a read of its own.
 *
 * @returns Values by key; absent where `find` gave null; a SourceError where only some reads failed.
 * @throws SourceError the first failure, when every read failed.
 */
export async function findEach<T>(
  keys: readonly string[],
  find: (key: string) => Promise<T | null>,
): Promise<Map<string, T | SourceError>> {
  const distinct = [...new Set(keys)];
  const found = new Map<string, T | SourceError>();
  let firstFailure: SourceError | undefined;
  let failures = 0;
  await inParallel(distinct, READS_AT_ONCE, async (key) => {
    try {
      const value = await find(key);
      if (value !== null) found.set(key, value);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      firstFailure ??= error;
      failures += 1;
      found.set(key, error);
    }
  });
  if (firstFailure !== undefined && failures === distinct.length) throw firstFailure;
  return found;
}
