import { z } from 'zod';

/** The answer of `GET /people`; its rows are read one by one, see mapping.ts. */
export const peopleSchema = z.object({ people: z.array(z.unknown()), total: z.int().nonnegative() });
