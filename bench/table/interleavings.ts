import { runInterleaving, type InterleavingCounts } from '../../test/support/operations/answer-interleavings.ts';

const AT_ONCE = 200;
const PROGRESS_EVERY = 100_000;

/**
 * Runs random interleavings on the answers that requests share, each with its own seed from 1 on; the suite runs ten thousand of others.
 *
 * @throws Error that names the seed where an answer is given to whom it must not reach.
 */
export async function runInterleavings(count: number): Promise<void> {
  const counts: InterleavingCounts = { executed: 0, joined: 0, kept: 0 };
  const startedAt = performance.now();
  for (let seed = 1; seed <= count; seed += AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - seed + 1) }, (_, index) => runInterleaving(seed + index, counts)));
    if ((seed + AT_ONCE - 1) % PROGRESS_EVERY === 0) console.error(`${seed + AT_ONCE - 1} interleavings`);
  }
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0);
  console.log(`${count} interleavings in ${seconds} s, none wrong:`, counts);
}
