/**
 * What Kommo's API v4 sends, as far as the gateway reads it. Tolerant: unknown members are ignored, everything but ids may be missing or null,
 * numbers may come as strings. What still does not fit makes a row odd.
 */
import { z } from 'zod';

/** Kommo's ids are whole numbers; longer digits than these are no id. */
export const KOMMO_ID = /^(0|[1-9]\d{0,17})$/;

const id = z.union([z.int().nonnegative(), z.string().regex(KOMMO_ID)]).transform(String);
const optionalId = id.nullish();
const rowId = id.refine((text) => text !== '0');

const optionalText = z.union([z.string(), z.number()]).transform(String).nullish();

const optionalNumber = z
  .union([z.number(), z.string().regex(/^[+-]?\d+(\.\d+)?$/)])
  .transform(Number)
  .nullish();

/** Unix time, seconds. */
const optionalSeconds = optionalNumber;

const FLAGS = new Map<unknown, boolean>([
  [true, true],
  [1, true],
  ['1', true],
  ['true', true],
  [false, false],
  [0, false],
  ['0', false],
  ['false', false],
]);
const optionalFlag = z.preprocess((value) => FLAGS.get(value) ?? value, z.boolean().nullish());

/** PHP writes an empty object as `[]`. */
function embedded<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.preprocess((value) => (Array.isArray(value) && value.length === 0 ? {} : value), z.object(shape).nullish());
}

/** One of the phones, e-mails or messengers in a field, or the one job title. */
export const kommoMultitextItem = z.object({
  value: optionalText,
  // An odd category is no reason to lose the value.
  enum_code: z.string().nullish().catch(null),
  // Older bodies call it so.
  enum: z.string().nullish().catch(null),
});

/** Predefined fields, which are no custom fields to us: their values have to be such items. */
const MULTITEXT_CODES: ReadonlySet<string | undefined> = new Set(['PHONE', 'EMAIL', 'IM', 'POSITION']);

/** A custom field on a row of a contact or company, with what is in it. */
export const kommoFieldValues = z
  .object({
    field_id: optionalId,
    field_name: optionalText,
    field_code: optionalText,
    field_type: optionalText,
    /** One shape for each field type, and none at all for some: read by the mapping. */
    values: z.array(z.unknown()).nullish(),
  })
  .superRefine(({ field_code, values }, context) => {
    if (!MULTITEXT_CODES.has(field_code?.toUpperCase())) return;
    for (const [index, item] of (values ?? []).entries()) {
      const [issue] = kommoMultitextItem.nullish().safeParse(item).error?.issues ?? [];
      if (issue) context.addIssue({ code: 'custom', path: ['values', index, ...issue.path] });
    }
  });
/** What one contact has in one custom field. */
export type KommoFieldValues = z.infer<typeof kommoFieldValues>;

/** A tag, on a row or in the list of tags. */
export const kommoTag = z.object({ id: rowId, name: optionalText, color: optionalText });
export type KommoTag = z.infer<typeof kommoTag>;

const catalogElementLink = z.object({
  id: rowId,
  metadata: embedded({ quantity: optionalNumber, catalog_id: optionalId, price_id: optionalId }),
  // Kommo's page documents these two here; real answers have them in `metadata`.
  quantity: optionalNumber,
  catalog_id: optionalId,
});

const link = z.object({ id: rowId });

/** A contact or a company; companies have no `first_name`, `last_name`, `is_unsorted`. */
export const kommoContact = z.object({
  id: rowId,
  name: optionalText,
  first_name: optionalText,
  last_name: optionalText,
  responsible_user_id: optionalId,
  group_id: optionalId,
  created_by: optionalId,
  updated_by: optionalId,
  created_at: optionalSeconds,
  updated_at: optionalSeconds,
  closest_task_at: optionalSeconds,
  is_deleted: optionalFlag,
  is_unsorted: optionalFlag,
  custom_fields_values: z.array(kommoFieldValues).nullish(),
  account_id: optionalId,
  _embedded: embedded({
    tags: z.array(kommoTag).nullish(),
    companies: z.array(link).nullish(),
    /** With `with=leads` only: an absent member is not "none". */
    leads: z.array(link).nullish(),
    catalog_elements: z.array(catalogElementLink).nullish(),
    /** On companies, with `with=contacts` only. */
    contacts: z.array(link).nullish(),
  }),
});
export type KommoContact = z.infer<typeof kommoContact>;

/** A row of the list of leads. */
export const kommoLead = z.object({
  id: rowId,
  name: optionalText,
  price: optionalNumber,
  price_with_minor_units: optionalNumber,
  responsible_user_id: optionalId,
  group_id: optionalId,
  status_id: optionalId,
  pipeline_id: optionalId,
  created_at: optionalSeconds,
  updated_at: optionalSeconds,
  closed_at: optionalSeconds,
  is_deleted: optionalFlag,
});
export type KommoLead = z.infer<typeof kommoLead>;

/** A row of the list of one catalog's elements. */
export const kommoCatalogElement = z.object({ id: rowId, name: optionalText, catalog_id: optionalId, is_deleted: optionalFlag });
export type KommoCatalogElement = z.infer<typeof kommoCatalogElement>;

/** A row of the list of users; the names of groups come with `with=group` only. */
export const kommoUser = z.object({
  id: rowId,
  name: optionalText,
  email: optionalText,
  rights: embedded({ group_id: optionalId }),
  _embedded: embedded({ groups: z.array(z.object({ id, name: optionalText })).nullish() }),
});
export type KommoUser = z.infer<typeof kommoUser>;

/** The definition of a custom field of contacts or of companies. */
export const kommoFieldDefinition = z.object({
  id: rowId,
  name: optionalText,
  type: optionalText,
  code: optionalText,
  sort: optionalNumber,
  enums: z.array(z.object({ id: rowId, value: optionalText, code: optionalText })).nullish(),
});
export type KommoFieldDefinition = z.infer<typeof kommoFieldDefinition>;

/** The account itself, with `with=is_api_filter_enabled`. */
export const kommoAccount = z.object({ is_api_filter_enabled: optionalFlag });

/** One page of a HAL collection: its rows, unread, and whether there is a next page. */
export interface KommoPage {
  readonly rows: readonly unknown[];
  readonly hasNext: boolean;
}

/** The envelope of a collection whose rows are in `_embedded[key]`. `next` is a flag: its address is never called. */
export function kommoPage(key: string): z.ZodType<KommoPage> {
  return z
    .object({
      _links: embedded({ next: z.unknown().optional() }),
      _embedded: z.record(z.string(), z.unknown()).refine((members) => Array.isArray(members[key]), { path: [key] }),
    })
    .transform(({ _links, _embedded }) => {
      const rows = _embedded[key];
      return { rows: Array.isArray(rows) ? rows : [], hasNext: isLink(_links?.next) };
    });
}

/** The JSON path of a page's rows. */
export function rowsPath(key: string): string {
  return `$._embedded.${key}`;
}

function isLink(next: unknown): boolean {
  if (typeof next === 'string') return next !== '';
  return typeof next === 'object' && next !== null && 'href' in next && typeof next.href === 'string' && next.href !== '';
}

/** No token of Kommo's lives longer; a pair whose end is beyond the calendar could not be stored. */
const TOKEN_LIFE_SECONDS_MAX = 10 * 365 * 86_400;

/** The answer to a grant. */
export const kommoTokens = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1),
  /** Seconds. */
  expires_in: z
    .union([z.number(), z.string().regex(/^\d+$/)])
    .transform(Number)
    .refine((seconds) => seconds > 0)
    .transform((seconds) => Math.min(seconds, TOKEN_LIFE_SECONDS_MAX)),
});
