import type { ContactAccessRecord, ShareType } from '../../port/records/contact.ts';
import type { UserReference } from '../../port/records/staff.ts';
import { Unreadable, type WireRow } from '../../wire/wire-value.ts';
import { readUser } from './user.ts';

const SHARE_TYPES: readonly ShareType[] = ['NONE', 'READ_WRITE', 'READ'];

/** Reads who may see a contact and change it; null where the row does not say. @throws Unreadable */
export function readAccess(wire: WireRow, portalUrl: string): ContactAccessRecord | null {
  const sharing = readSharing(wire);
  if (sharing === null) return null;
  return { ...sharing, members: wire.at('accessList').list((user) => readUser(user.object(), portalUrl)) };
}

/** Reads the responsible user, whom the rows of private contacts show: the first who may see it. @throws Unreadable */
export function readResponsible(wire: WireRow, portalUrl: string): UserReference | null {
  if (readSharing(wire)?.isPrivate !== true) return null;
  for (const user of wire.at('accessList').items()) {
    const reference = readUser(user.object(), portalUrl);
    if (reference !== null) return reference;
  }
  return null;
}

/** The three members are one fact: any one that is missing follows from the others, as far as they say. */
function readSharing(wire: WireRow): Omit<ContactAccessRecord, 'members'> | null {
  const number = wire.at('shareType').number();
  const told = number === null ? undefined : SHARE_TYPES[number];
  if (number !== null && told === undefined) throw new Unreadable(wire.at('shareType'));
  const isShared = wire.at('isShared').flag();
  const isPrivate = wire.at('isPrivate').flag() ?? (told !== undefined ? told === 'NONE' : isShared === null ? null : !isShared);
  const shareType = told ?? (isPrivate === true ? 'NONE' : undefined);
  if (isPrivate === null || shareType === undefined) return null;
  return { shareType, isPrivate, isShared: isShared ?? !isPrivate };
}
