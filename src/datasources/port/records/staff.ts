import type { Member } from '../member.ts';

/** A team of users. Kommo only. */
export interface UserGroupRecord {
  readonly idInSource: string;
  /** undefined: the row knows the group's id only; the user's own record has the name. */
  readonly name: Member<string | null | undefined>;
}

/** Somebody on the staff who works with the CRM. All but the id may be hidden from the configured account: `group` is undefined then. */
export interface UserRecord {
  readonly idInSource: string;
  readonly displayName: Member<string | null>;
  readonly jobTitle: Member<string | null>;
  readonly email: Member<string | null>;
  readonly avatarUrl: Member<string | null>;
  readonly profileUrl: Member<string | null>;
  readonly group: Member<UserGroupRecord | null | undefined>;
}

/** A user as a contact's row knows it: members left out of `known` need another call. */
export interface UserReference {
  readonly idInSource: string;
  readonly known: Partial<Omit<UserRecord, 'idInSource'>>;
  /** What the row says of the user's group, which counts only where the user's own record does not say. */
  readonly groupOnRow?: Member<UserGroupRecord | null>;
}
