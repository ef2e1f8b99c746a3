/**
 * Makes a generator of numbers in [0, 1) that gives the same series for the same seed, on every Node version.
 *
 * The algorithm is mulberry32: 32 bits of state, good enough for invented data, not for secrets.
 */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Gives a shuffled copy of the array (Fisher–Yates), drawing `array.length - 1` numbers. */
export function shuffled<T>(array: readonly T[], random: () => number): T[] {
  const copy = [...array];
  for (let last = copy.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    const [a, b] = [copy[last], copy[other]];
    if (a !== undefined && b !== undefined) {
      copy[last] = b;
      copy[other] = a;
    }
  }
  return copy;
}
