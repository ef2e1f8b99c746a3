import { isDamaged, type Member } from '../../port/member.ts';
import type { ContactGroupRecord } from '../../port/records/classification.ts';
import type { UserRecord } from '../../port/records/staff.ts';
import type { WireRow } from '../../wire/wire-value.ts';
import { readGroup } from './contact.ts';

/** A row of which the id was read. */
interface ReferenceRow {
  readonly id: string;
  readonly wire: WireRow;
}

/** Reads a row of `get.group_contacts`. @throws Unreadable for one whose name cannot be read. */
export function toGroup({ wire }: ReferenceRow): ContactGroupRecord {
  return readGroup(wire, 'id', 'name');
}

/** Reads a row of `get.employees`. */
export function toUser({ id, wire }: ReferenceRow): UserRecord {
  return { ...unknownUser(id), displayName: readName(wire), email: wire.at('email').member((email) => email.text()) };
}

/** A user of whom nothing may be read but the id. */
export function unknownUser(idInSource: string): UserRecord {
  return { idInSource, displayName: null, jobTitle: null, email: null, avatarUrl: null, profileUrl: null, group: null };
}

/** The full name, or what there is of its parts; an error where there is nothing, and one of them cannot be read. */
function readName(wire: WireRow): Member<string | null> {
  const [fullName, ...parts] = ['full_name', 'first_name', 'last_name'].map((key) => wire.at(key).member((name) => name.text()));
  if (typeof fullName === 'string') return fullName;
  const names = parts.filter((name) => typeof name === 'string').join(' ');
  return names === '' ? ([fullName, ...parts].find(isDamaged) ?? null) : names;
}
