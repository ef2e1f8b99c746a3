import { z } from 'zod';

/** A whole number as JSON writes it, or as digits; ids are texts from here on. */
const id = z.union([z.int().positive(), z.string().regex(/^[1-9]\d{0,14}$/)]).transform(String);

/** A row of `GET /people`. */
export const cardSchema = z.object({
  id,
  first_name: z.string().nullable(),
  last_name: z.string().nullable(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  created_at: z.iso.datetime(),
});
export type Card = z.infer<typeof cardSchema>;

/** The answer of `GET /people`; its rows are checked one by one. */
export const peopleSchema = z.object({ people: z.array(z.unknown()), total: z.int().nonnegative() });
