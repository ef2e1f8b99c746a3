import { expect, test } from 'vitest';
import { fuzzReplies } from '../../support/fuzz/reply-fuzz.ts';

/** `npm run fuzz` changes ten times as many. */
const REPLIES = 1_000;
/** Each fault names the seed of its request, which FUZZ_SEED repeats. */
const SEED = Number(process.env['FUZZ_SEED'] ?? 1);

test(
  'whatever the CRMs reply, each error has a code, no value is invented, and no odd member costs a contact',
  { timeout: 240_000 },
  async () => {
    const { faults, lost, contacts, replies } = await fuzzReplies({ replies: REPLIES, seed: SEED });

    expect([...faults, ...lost]).toEqual([]);
    expect(replies).toBeGreaterThanOrEqual(REPLIES);
    expect(contacts).toBeGreaterThan(REPLIES);
  },
);
