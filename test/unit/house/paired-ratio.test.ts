import { describe, expect, it } from 'vitest';
import { pairedRatio, verdictOf } from '../../../bench/table/paired-ratio.ts';

/** Pairs whose noise, of so many percent, falls on base and head at random, and on both together where the machine is slow. */
function pairs(slowdown: number, noise: number, count: number): [number[], number[]] {
  const at = (index: number, salt: number) => 1 + (((index * salt) % 7) / 3 - 1) * noise;
  const machine = (index: number) => 1 + (index % 3);
  const bases = Array.from({ length: count }, (_, index) => machine(index) * at(index, 3));
  const heads = Array.from({ length: count }, (_, index) => machine(index) * at(index, 5) * slowdown);
  return [bases, heads];
}

describe('the verdict on a change of speed', () => {
  it.each([4, 6, 10])('is "slower" for 15 and 20 percent in %i pairs with 2 percent of noise', (count) => {
    for (const slowdown of [1.15, 1.2]) expect(verdictOf(pairedRatio(...pairs(slowdown, 0.02, count)))).toBe('slower');
  });

  it.each([4, 6, 10])('is "not slower" for equal and faster trees in %i pairs', (count) => {
    for (const slowdown of [0.8, 1, 1.03]) expect(verdictOf(pairedRatio(...pairs(slowdown, 0.02, count)))).toBe('not slower');
  });

  it('is left open while the noise is larger than what is looked for', () => {
    expect(verdictOf(pairedRatio(...pairs(1.1, 0.3, 4)))).toBe('undecided');
  });

  it('has an interval around the ratio that narrows with pairs', () => {
    const [few, many] = [pairedRatio(...pairs(1.1, 0.05, 4)), pairedRatio(...pairs(1.1, 0.05, 20))];
    expect(few.low).toBeLessThan(few.ratio);
    expect(few.high).toBeGreaterThan(few.ratio);
    expect(many.high - many.low).toBeLessThan(few.high - few.low);
  });
});
