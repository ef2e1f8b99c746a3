import { z } from 'zod';

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
/** A value that people typed, which a lenient writer may have turned into a number or a flag. */
const wireValue = z.union([z.string(), z.number().transform(String), z.boolean().transform(String)]).nullish();

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

/** The id of something inside a row; 0, as in the vendor's samples, is none. */
const wireInnerId = z.union([wireId, z.literal([0, '0']).transform(() => null)]);

/**
 * The envelope around every JSON answer; `response` is checked apart from it.
 *
 * @see https://api.onlyoffice.com/workspace/api-backend/get-started/basic-concepts
 */
export const envelopeSchema = z.object({
  /** 0 is success. Left out by none, and not relied on: the HTTP status says the same. */
  status: wireInteger.nullish(),
  total: wireInteger.nullish(),
  /** One too high, so it is only a flag that more rows exist. */
  nextIndex: wireInteger.nullish(),
  response: z.unknown().optional(),
});
export type OnlyofficeEnvelope = z.infer<typeof envelopeSchema>;

/** The envelope of the API's own errors, which tells them from those of whatever stands before it. */
export const errorEnvelopeSchema = z.object({ error: z.object({ message: wireText }) });

/** The answer to a log-in. `token` is null for accounts that need a second factor. */
export const tokenSchema = z.object({
  token: wireText,
  expires: wireText,
  sms: wireFlag.nullish(),
  tfa: wireFlag.nullish(),
});

const userSchema = z.object({
  /** A Guid. */
  id: z.string().trim().min(1),
  displayName: wireText,
  title: wireText,
  avatarSmall: wireText,
  profileUrl: wireText,
});
export type OnlyofficeUser = z.infer<typeof userSchema>;

/** One entry of the list of statuses or of contact types. */
export const listItemSchema = z.object({
  id: wireId,
  title: wireText,
  description: wireText,
  color: wireText,
  sortOrder: wireInteger.nullish(),
});
export type OnlyofficeListItem = z.infer<typeof listItemSchema>;

const contactInfoSchema = z.object({
  id: wireInnerId.nullish(),
  infoType: wireInteger,
  category: wireInteger.nullish(),
  data: wireValue,
  categoryName: wireText,
  isPrimary: wireFlag.nullish(),
});
export type OnlyofficeContactInfo = z.infer<typeof contactInfoSchema>;

const addressSchema = z.object({
  street: wireText,
  city: wireText,
  state: wireText,
  zip: wireValue,
  country: wireText,
  category: wireInteger.nullish(),
  categoryName: wireText,
  isPrimary: wireFlag.nullish(),
});
export type OnlyofficeAddress = z.infer<typeof addressSchema>;

/** A custom field with a contact's value in it, or, among the definitions, with `" "`. `id` is the definition's. */
export const customFieldSchema = z.object({
  id: wireInnerId.transform((id) => id ?? '0'),
  label: wireText,
  fieldValue: wireValue,
  fieldType: wireInteger,
  position: wireInteger.nullish(),
  /** JSON text, or "". */
  mask: wireText,
});
export type OnlyofficeCustomField = z.infer<typeof customFieldSchema>;

const currencySchema = z.object({
  title: wireText,
  symbol: wireText,
  abbreviation: wireText,
  cultureName: wireText,
  isConvertable: wireFlag.nullish(),
  isBasic: wireFlag.nullish(),
});
export type OnlyofficeCurrency = z.infer<typeof currencySchema>;

/** The company inside a person is a reduced object, without `companyName`. */
const employerSchema = z.object({
  id: wireInnerId,
  displayName: wireText,
});

/** A person or company, in the LIST form or the SINGLE form. */
export const contactSchema = z
  .object({
    id: wireId,
    isCompany: wireFlag.nullish(),
    displayName: wireText,
    companyName: wireText,
    firstName: wireText,
    lastName: wireText,
    title: wireText,
    about: wireText,
    industry: wireText,
    company: employerSchema.nullish(),
    addresses: z.array(addressSchema).nullish(),
    createBy: userSchema.nullish(),
    created: wireText,
    contactStatus: listItemSchema.extend({ id: wireInnerId }).nullish(),
    contactType: listItemSchema.extend({ id: wireInnerId }).nullish(),
    commonData: z.array(contactInfoSchema).nullish(),
    customFields: z.array(customFieldSchema).nullish(),
    tags: z.array(z.string()).nullish(),
    taskCount: wireInteger.nullish(),
    haveLateTasks: wireFlag.nullish(),
    personsCount: wireInteger.nullish(),
    smallFotoUrl: wireText,
    mediumFotoUrl: wireText,
    accessList: z.array(userSchema).nullish(),
    isPrivate: wireFlag.nullish(),
    isShared: wireFlag.nullish(),
    shareType: wireInteger.nullish(),
    currency: currencySchema.nullish(),
    canEdit: wireFlag.nullish(),
    canDelete: wireFlag.nullish(),
  })
  .refine((row) => typeof row.isCompany === 'boolean' || typeof row.companyName === 'string' || typeof row.firstName === 'string', {
    path: ['isCompany'],
    message: 'neither a person nor a company',
  });
export type OnlyofficeContact = z.infer<typeof contactSchema>;

/** The tags of one contact. */
export const contactTagsSchema = z.array(z.string());

/** One entry of the portal's list of tags. */
export const tagSchema = z.union([z.string(), z.object({ title: z.string() }).transform(({ title }) => title)]);

/** A row of which only the identity matters. */
export const rowIdSchema = z.object({ id: wireId });

/** The answer to a DELETE, as far as it matters. */
export const deletedContactSchema = z.object({ id: wireId });
