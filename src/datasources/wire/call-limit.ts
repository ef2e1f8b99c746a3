import { z } from 'zod';

/** Reads how many calls a CRM allows, 1 or more: text of the environment, or a number of the configuration file. */
export function callLimit(most: number, byDefault: number) {
  return z.preprocess(
    (value) => (typeof value === 'string' && value.trim() !== '' ? Number(value) : value),
    z.number().int().min(1).max(most).default(byDefault),
  );
}
