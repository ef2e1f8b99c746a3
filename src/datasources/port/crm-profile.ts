import type { SourceCapabilities } from './contact-source.ts';
import type { ContactFilterField, ContactOrderField } from './list-query.ts';
import type { TagRecord } from './records/classification.ts';
import type { CompanyReference, ContactKind, ContactRecord, TaskSummaryRecord } from './records/contact.ts';
import type { AddressRecord, ContactInfoRecord } from './records/contact-info.ts';
import type { CustomFieldOptionRecord, CustomFieldRecord, CustomFieldValueRecord } from './records/custom-field.ts';
import type { ReferenceKind } from './records/entity.ts';
import type { UserRecord } from './records/staff.ts';

/** The members of a record that may be null, left out or empty: those that a CRM may not have. */
type Optional<R> = {
  [K in keyof R & string]: null extends R[K] ? K : undefined extends R[K] ? K : R[K] extends readonly unknown[] ? K : never;
}[keyof R & string];

/** What a CRM has, by record: whatever is not listed is null or empty on every one of its contacts. */
export interface ProvidedMembers {
  readonly contact: readonly Optional<ContactRecord>[];
  readonly contactInfo: readonly Optional<ContactInfoRecord>[];
  readonly address: readonly Optional<AddressRecord>[];
  readonly tag: readonly Optional<TagRecord>[];
  readonly taskSummary: readonly Optional<TaskSummaryRecord>[];
  readonly user: readonly Optional<UserRecord>[];
  /** What a person's row knows of the company without another call. */
  readonly companyReference: readonly Optional<CompanyReference>[];
  readonly customField: readonly Optional<CustomFieldRecord>[];
  readonly customFieldOption: readonly Optional<CustomFieldOptionRecord>[];
  /** The kinds of value that its custom fields have. */
  readonly customFieldValue: readonly CustomFieldValueRecord['kind'][];
  /** The reference data that it lists. */
  readonly references: readonly ReferenceKind[];
}

type ProvidedFeature = { [R in keyof ProvidedMembers]: `${R}.${ProvidedMembers[R][number]}` }[keyof ProvidedMembers];

/** Something that some CRMs have and others do not. `deletion` is that of any contact. */
export type Feature = ProvidedFeature | `filter.${ContactFilterField}` | `order.${ContactOrderField}` | `list.${ContactKind}` | 'deletion';

/** What is known of one kind of CRM without an account of it. The schema's sentences about availability are made of nothing else. */
export interface CrmProfile {
  /** The SourceKind enum value, for example `KOMMO`. */
  readonly kind: string;
  /** What people call it. */
  readonly displayName: string;
  /** The most that an account can do; settings of an account may leave less. */
  readonly capabilities: SourceCapabilities;
  readonly provides: ProvidedMembers;
  /** How a feature differs here from what the schema says of it: the rest of a sentence that begins with the CRM's name and a colon. */
  readonly remarks?: Readonly<Partial<Record<Feature, string>>>;
}

/** Whether a kind of CRM has a feature. */
export function hasFeature({ capabilities, provides }: CrmProfile, feature: Feature): boolean {
  if (feature === 'deletion') return capabilities.deletableKinds.length > 0;
  const dot = feature.indexOf('.');
  const [group, member] = [feature.slice(0, dot), feature.slice(dot + 1)];
  const lists: Readonly<Record<string, readonly string[]>> = {
    ...provides,
    filter: capabilities.filterFields,
    order: capabilities.orderFields,
    list: capabilities.kinds,
  };
  return lists[group]?.includes(member) ?? false;
}
