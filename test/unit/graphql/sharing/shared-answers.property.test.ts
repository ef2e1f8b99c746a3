import { expect, test } from 'vitest';
import { runInterleaving, type InterleavingCounts } from '../../../support/operations/answer-interleavings.ts';

test(
  'no answer reaches a request that may not have it, and none survives a deletion, in 10,000 interleavings',
  { timeout: 60_000 },
  async () => {
    const counts: InterleavingCounts = { executed: 0, joined: 0, kept: 0 };
    for (let seed = 1; seed <= 10_000; seed += 1) await runInterleaving(seed, counts);

    // The run says something only if each way of giving an answer occurs often.
    expect(Math.min(counts.executed, counts.joined, counts.kept)).toBeGreaterThan(3_000);
  },
);
