import { z } from 'zod';

/** A number of calls, 1 or more, as text of the environment or as a number of the configuration file. */
export function callLimit(most: number, byDefault: number) {
  return z.preprocess(
    (value) => (typeof value === 'string' && value.trim() !== '' ? Number(value) : value),
    z.number().int().min(1).max(most).default(byDefault),
  );
}
