import { z } from 'zod';
import { rowsOf } from '../wire/numbered-rows.ts';

/**
 * The envelopes of CallGear's replies. Unknown members are ignored; what may be missing or null is optional. What is in rows is read by the
 * mapping, member by member: see docs/adr/0020.
 *
 * @see https://callgear.github.io/data_api/
 */

/** A count or a number of seconds, which some editions send as text. Anything else is as good as missing. */
const looseNumber = z
  .union([z.number(), z.string().trim().min(1).transform(Number)])
  .refine((value) => Number.isFinite(value))
  .nullish()
  .catch(null);

/** Members differ by method and edition (`day_remaining`, `hour_reset` …); `{}` occurs. Resets are seconds that are left. */
const limits = z.record(z.string(), looseNumber).nullish().catch(null);
export type CallgearLimits = z.infer<typeof limits>;

const metadata = z
  .object({
    total_items: looseNumber,
    limits,
    api_version: z.object({ current_version_deprecated: z.boolean() }).nullish().catch(null),
  })
  .nullish()
  .catch(null);
export type CallgearMetadata = z.infer<typeof metadata>;

/** The rows of a list; a map whose keys are numbers is the list of its values. null for what PHP writes in the place of an empty list. */
const wireRows = z.preprocess((value) => {
  if (Array.isArray(value)) return value;
  if (value === false || value === '') return null;
  if (typeof value !== 'object' || value === null) return value;
  return Object.keys(value).length === 0 ? null : (rowsOf(value) ?? value);
}, z.array(z.unknown()).nullable());

/** The rows in the result of every `get.*` method. */
export const callgearListResult = z.object({ data: wireRows });

/** The part of a result that every method may have. */
export const callgearResultMetadata = z.object({ metadata }).catch({ metadata: null });

/** The result of a method that changes something: an object, and no rows, which would be the answer to a read. */
export const callgearWriteResult = z
  .object({ data: z.unknown().optional() })
  .refine(({ data }) => !Array.isArray(data), { path: ['data'] });

/** The result of `login.user`. `expire_at` is Unix seconds, though editions differ. */
export const callgearLoginResult = z.object({
  data: z.object({ access_token: z.string().min(1), expire_at: z.unknown().optional() }),
});

/** A JSON-RPC reply: `result` or `error`, each checked apart from it. */
export const callgearEnvelope = z.object({
  id: z.unknown().optional(),
  result: z.unknown().optional(),
  error: z.unknown().optional(),
});

/** An error without `data`, which says by its code alone what kind it is of. */
export const callgearBareError = z.object({ code: z.coerce.number().int(), message: z.string().nullish().catch(null) });
export type CallgearBareError = z.infer<typeof callgearBareError>;

/** `data.mnemonic` is the stable key; codes and messages are neither unique nor stable. */
export const callgearError = z.object({
  code: z.coerce.number().int().nullish().catch(null),
  data: z.object({
    mnemonic: z.string().regex(/^[a-z_]{1,64}$/),
    field: z.string().nullish().catch(null),
    value: z.unknown().optional(),
    params: z
      .object({ limit_type: z.string().nullish().catch(null) })
      .nullish()
      .catch(null),
    metadata,
  }),
});
export type CallgearErrorBody = z.infer<typeof callgearError>;
export type CallgearErrorData = CallgearErrorBody['data'] & { readonly code?: number | null };
