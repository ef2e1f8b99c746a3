import type { Member } from '../member.ts';
import type { AddressRecord } from './contact-info.ts';

/** What a custom field holds, whatever its CRM calls that. `OTHER`: a type that the gateway does not know. */
export const CUSTOM_FIELD_TYPES = [
  'TEXT',
  'TEXT_AREA',
  'NUMBER',
  'MONEY',
  'CHECKBOX',
  'SELECT',
  'MULTISELECT',
  'DATE',
  'DATE_TIME',
  'URL',
  'ADDRESS',
  'LEGAL_ENTITY',
  'FILE',
  'HEADING',
  'OTHER',
] as const;

export type CustomFieldType = (typeof CUSTOM_FIELD_TYPES)[number];

/** One of the choices of a custom field. */
export interface CustomFieldOptionRecord {
  /** Unique within the source; where the CRM has no option ids, the field's id and the label joined by `/`. */
  readonly idInSource: string;
  readonly code: Member<string | null>;
  readonly label: string;
  /** Set where a contact's row gives the option by its code or id alone, which is then the label; its name is among the definitions. */
  readonly lacksName?: true;
}

/** A custom field's definition. `undefined` members are not on the contact's row and are looked up among the definitions. */
export interface CustomFieldRecord {
  readonly idInSource: string;
  readonly code: Member<string | null>;
  readonly label: string;
  readonly type: CustomFieldType;
  /** The CRM's own name or number of the type. */
  readonly sourceType: string;
  readonly position: Member<number | null | undefined>;
  readonly mask: Member<string | null>;
  readonly options: Member<readonly CustomFieldOptionRecord[] | null | undefined>;
}

/** A value as far as it could be read as its type; one that could not be is `TEXT`. */
export type CustomFieldValueRecord =
  | { readonly kind: 'TEXT'; readonly text: string }
  | { readonly kind: 'NUMBER'; readonly number: number; readonly text: string }
  | { readonly kind: 'BOOLEAN'; readonly boolean: boolean }
  /** `date` is an RFC 3339 full-date. */
  | { readonly kind: 'DATE'; readonly date: string }
  | { readonly kind: 'DATE_TIME'; readonly dateTime: Date }
  | { readonly kind: 'SELECT'; readonly options: readonly CustomFieldOptionRecord[] }
  | { readonly kind: 'ADDRESS'; readonly address: AddressRecord }
  | {
      readonly kind: 'LEGAL_ENTITY';
      readonly name: string | null;
      readonly vatId: string | null;
      readonly postalAddress: string | null;
      readonly text: string;
    }
  | { readonly kind: 'FILE'; readonly name: string; readonly sizeBytes: number | null; readonly idInSource: string };

/** What one contact has in one custom field. */
export interface ContactCustomFieldRecord {
  readonly field: CustomFieldRecord;
  /** The value in one line, for people; null when there is none. */
  readonly text: string | null;
  readonly value: CustomFieldValueRecord | null;
}
