import type { CustomFieldRecord } from './custom-field.ts';
import type { UserRecord } from './staff.ts';
import type { CatalogElementRecord, LeadRecord } from './sales.ts';
import type { ContactGroupRecord, ListItemRecord, TagRecord } from './classification.ts';
import type { ContactRecord } from './contact.ts';

/** What can be found by id, and the record that each finds. */
export interface RecordByEntity {
  contact: ContactRecord;
  company: ContactRecord;
  user: UserRecord;
  lead: LeadRecord;
  catalogElement: CatalogElementRecord;
  /** Keyed by contact id: the tags of a contact whose row came without them. */
  tags: readonly TagRecord[];
  /** Keyed by a key of PhotoReference: the picture's absolute http(s) address. Absent where the contact has no photo. */
  photoUrl: string;
}

/** A name for what can be found by id. */
export type Entity = keyof RecordByEntity;

/** The record that an entity is found as. */
export type RecordOf<E extends Entity> = RecordByEntity[E];

/** The reference data of an account, by kind, and the record that each holds. */
export interface ReferenceByKind {
  statuses: ListItemRecord;
  types: ListItemRecord;
  groups: ContactGroupRecord;
  users: UserRecord;
  tags: TagRecord;
  customFields: CustomFieldRecord;
}

/** A name for one kind of reference data. */
export type ReferenceKind = keyof ReferenceByKind;
