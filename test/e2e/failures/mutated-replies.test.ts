import { expect, test } from 'vitest';
import { fuzzReplies } from '../../support/fuzz/reply-fuzz.ts';

/** `npm run fuzz` changes ten times as many. */
const REPLIES = 1_000;
/** Another one each time; each fault names the seed of its request, and FUZZ_SEED repeats it. */
const SEED = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

test('whatever the CRMs reply, each error has a code, and no value is invented', { timeout: 240_000 }, async () => {
  const { faults, contacts, replies } = await fuzzReplies({ replies: REPLIES, seed: SEED });

  expect(faults).toEqual([]);
  expect(replies).toBeGreaterThanOrEqual(REPLIES);
  expect(contacts).toBeGreaterThan(REPLIES);
});
