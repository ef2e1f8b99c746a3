import type { Member } from '../member.ts';

/** A tag, on a contact or in the account's list of them. */
export interface TagRecord {
  /** Where the CRM has no tag ids, the case-folded title. */
  readonly idInSource: string;
  readonly name: string;
  readonly color: Member<string | null>;
}

/** A group that contacts are in. CallGear only. */
export interface ContactGroupRecord {
  readonly idInSource: string;
  readonly name: string;
}

/** One entry of a CRM's list of statuses or of contact types. */
export interface ListItemRecord {
  readonly idInSource: string;
  readonly name: string;
  readonly description: Member<string | null>;
  readonly color: Member<string | null>;
  readonly position: Member<number | null>;
}
