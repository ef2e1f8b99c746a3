/**
 * The envelopes of ONLYOFFICE's API, and what is taken or refused as a whole. What is in its rows is read by the mapping, member by member: see
 * docs/adr/0020.
 */
import { z } from 'zod';
import { rowsOf } from '../wire/numbered-rows.ts';

// ONLYOFFICE leaves out members that are null, 0 or false, so nearly everything may be missing; members not named here are ignored.

/** Numbers and flags are also taken as text where that leaves no doubt. */
const wireInteger = z.union([
  z.int(),
  z
    .string()
    .trim()
    .regex(/^-?\d{1,15}$/)
    .transform(Number),
]);
const wireFlag = z.union([
  z.boolean(),
  z.literal([0, 1]).transform((flag) => flag === 1),
  z
    .string()
    .regex(/^(true|false)$/i)
    .transform((text) => text.toLowerCase() === 'true'),
]);
const wireText = z.string().nullish();

/** The portal counts ids from 1. */
const wireId = z
  .union([
    z.int().positive(),
    z
      .string()
      .trim()
      .regex(/^[1-9]\d*$/),
  ])
  .transform(String);

/**
 * The envelope around every JSON answer; `response` is checked apart from it.
 *
 * @see https://api.onlyoffice.com/workspace/api-backend/get-started/basic-concepts
 */
export const envelopeSchema = z.object({
  /** 0 is success. Left out by none, and not relied on: the HTTP status says the same. */
  status: wireInteger.nullish(),
  total: wireInteger.nullish().catch(null),
  /** One too high, so it is only a flag that more rows exist. */
  nextIndex: wireInteger.nullish().catch(null),
  response: z.unknown().optional(),
});
/** The envelope, and roughly what its `response` takes in memory, in bytes. */
export type OnlyofficeEnvelope = z.infer<typeof envelopeSchema> & { readonly bytes: number };

/** The envelope of the API's own errors, which tells them from those of whatever stands before it. */
export const errorEnvelopeSchema = z.object({ error: z.object({ message: wireText }) });

/** The answer to a log-in. `token` is null for accounts that need a second factor. */
export const tokenSchema = z.object({
  token: wireText,
  expires: wireText,
  sms: wireFlag.nullish(),
  tfa: wireFlag.nullish(),
});

/** A list whose items are read one by one. A map whose keys are numbers is the list of its values. */
export const unreadListSchema = z.preprocess((value) => rowsOf(value) ?? value, z.array(z.unknown()));

/** The answer to a DELETE, as far as it matters. */
export const deletedContactSchema = z.object({ id: wireId });
