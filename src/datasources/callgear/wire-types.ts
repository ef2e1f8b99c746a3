import { z } from 'zod';

/**
 * What CallGear sends, as far as it is read here. Unknown members are ignored; what may be missing or null is optional.
 *
 * @see https://callgear.github.io/data_api/
 */

/** Largest id that is taken: 15 digits are exact in a JSON number, and CallGear's ids are well over 32 bit. */
const ID_MAX = 999_999_999_999_999;

/** A number on the wire, a decimal string here. */
const wireId = z.union([
  z.number().int().nonnegative().max(ID_MAX).transform(String),
  z
    .string()
    .trim()
    .regex(/^[0-9]{1,15}$/)
    .transform((digits) => String(Number(digits))),
]);
const optionalId = z.preprocess((value) => (value === '' ? null : value), wireId.nullish());
const optionalText = z.union([z.string(), z.number().transform(String)]).nullish();

const wireGroup = z.object({ group_id: wireId, group_name: optionalText });

/** A row of `get.contacts`. */
export const callgearContact = z.object({
  id: wireId,
  first_name: optionalText,
  last_name: optionalText,
  patronymic: optionalText,
  full_name: optionalText,
  emails: z.array(optionalText).nullish(),
  phone_numbers: z.array(optionalText).nullish(),
  personal_manager_id: optionalId,
  personal_manager_full_name: optionalText,
  organization_id: optionalId,
  organization_name: optionalText,
  groups: z.array(wireGroup).nullish(),
});
export type CallgearContact = z.infer<typeof callgearContact>;

/** A row of `get.contact_organizations`. */
export const callgearOrganization = z.object({ id: wireId, name: optionalText });
export type CallgearOrganization = z.infer<typeof callgearOrganization>;

/** A row of `get.group_contacts`. */
export const callgearGroup = z.object({ id: wireId, name: optionalText });
export type CallgearGroup = z.infer<typeof callgearGroup>;

/** A row of `get.employees`. */
export const callgearEmployee = z.object({
  id: wireId,
  first_name: optionalText,
  last_name: optionalText,
  full_name: optionalText,
  email: optionalText,
});
export type CallgearEmployee = z.infer<typeof callgearEmployee>;

/** The id alone, to name a row of which something else is odd. */
export const callgearRowId = z.object({ id: wireId });

/** A count or a number of seconds, which some editions send as text; below zero there is none left. Anything else is as good as missing. */
const looseNumber = z
  .union([z.number(), z.string().trim().min(1).transform(Number)])
  .refine((value) => Number.isFinite(value))
  .transform((value) => Math.max(0, value))
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

/** The result of every `get.*` method. */
export const callgearListResult = z.object({ data: z.array(z.unknown()), metadata });

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

/** An error without `data`, which tells by its code alone what kind it is of. */
export const callgearBareError = z.object({ code: z.coerce.number().int() });

/** `data.mnemonic` is the stable key; codes and messages are neither unique nor stable. */
export const callgearError = z.object({
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
export type CallgearErrorData = z.infer<typeof callgearError>['data'];
