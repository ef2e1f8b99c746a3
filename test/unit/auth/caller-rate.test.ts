import { expect, test } from 'vitest';
import { createCallerRate } from '../../../src/auth/caller-rate.ts';

test('no more callers are counted than may be: those that were not seen for longest are forgotten', async () => {
  const rate = createCallerRate(1, 2);
  for (const caller of ['a', 'b', 'a']) await rate.count(caller);

  expect(await rate.count('c')).toBeNull();
  expect(await rate.count('a')).toBeGreaterThan(0);
  expect(await rate.count('b')).toBeNull();
});

test('a caller who has sent too many may wait, up to a minute', async () => {
  const rate = createCallerRate(2);

  expect([await rate.count('a'), await rate.count('a')]).toEqual([null, null]);
  const waitMs = await rate.count('a');
  expect(waitMs).toBeGreaterThan(0);
  expect(waitMs).toBeLessThanOrEqual(60_000);
  expect(await rate.count('b')).toBeNull();
});

test('a request that is given back is not counted', async () => {
  const rate = createCallerRate(1);
  for (let time = 0; time < 3; time += 1) {
    expect(await rate.count('a')).toBeNull();
    await rate.giveBack('a');
  }
});
