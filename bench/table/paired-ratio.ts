/** The ratio of two things measured in pairs. */
export interface PairedRatio {
  readonly pairs: number;
  readonly ratio: number;
  /** The interval that holds the true ratio in 95 of 100 runs. */
  readonly low: number;
  readonly high: number;
}

/** Student's t, two-sided, 95 %, for 1, 2, 3 … degrees of freedom. */
const T_95 = [12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.2, 2.18, 2.16, 2.14, 2.13, 2.12, 2.11, 2.1, 2.09];
const T_95_OF_MORE = 2.09;

/** Compares by logarithms, so that twice and half weigh alike. @param heads One for each of `bases`, in the same order. */
export function pairedRatio(bases: readonly number[], heads: readonly number[]): PairedRatio {
  const logs = heads.map((head, index) => Math.log(head / (bases[index] ?? Number.NaN)));
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const variance = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / (logs.length - 1);
  const half = (T_95[logs.length - 2] ?? T_95_OF_MORE) * Math.sqrt(variance / logs.length);
  return { pairs: logs.length, ratio: Math.exp(mean), low: Math.exp(mean - half), high: Math.exp(mean + half) };
}

/** A change of 15 % is to be seen. Half of all measurements of it fall short of that, so that two thirds of it count, when the interval is clear of noise. */
const SEEN_FROM = 1.1;
const CLEAR_FROM = 1.05;
const NOT_MORE_THAN = 1.15;

export type Verdict = 'slower' | 'not slower' | 'undecided';

export function verdictOf({ ratio, low, high }: PairedRatio): Verdict {
  if (ratio > SEEN_FROM && low > CLEAR_FROM) return 'slower';
  return high < NOT_MORE_THAN ? 'not slower' : 'undecided';
}
