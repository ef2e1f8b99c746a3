import { emptyContact } from '../../../../src/datasources/port/records/empty-contact.ts';
import type { HashedContact } from '../../../../src/datasources/port/identity/contact-index.ts';
import type { ContactRecord } from '../../../../src/datasources/port/records/contact.ts';
import { contactText, createIdentityKit, type IdentityKit } from '../../../../src/federation/identity/identity-kit.ts';
import { groupContacts, type Group } from '../../../../src/federation/identity/group.ts';
import { SharedKeys } from '../../../../src/federation/identity/match.ts';

/** What a test says of a contact. */
export interface TestPerson {
  readonly id: string;
  readonly name?: string;
  readonly kind?: 'PERSON' | 'COMPANY';
  readonly phones?: readonly string[];
  readonly emails?: readonly string[];
}

/** Makes what contacts are compared with, of a secret. */
export function kitOf(stateKey: string): IdentityKit {
  return createIdentityKit({
    identity: { sharedKeys: ['+49 30 901820', 'all@example.com'], sharedMailboxes: ['kitchen'], foldsPlusAddresses: false },
    stateKey,
    defaultCountry: undefined,
  });
}

export const kit = kitOf('a key of thirty-two characters at least');

export function recordOf({ id, name = '', kind = 'PERSON', phones = [], emails = [] }: TestPerson): ContactRecord {
  const [firstName = null, ...rest] = name.split(' ');
  const info = (type: 'PHONE' | 'EMAIL', value: string, normalizedValue: string) => ({
    idInSource: null,
    type,
    category: null,
    categoryName: null,
    value,
    normalizedValue,
    isPrimary: null,
  });
  return {
    ...emptyContact({ source: 'a', entity: 'contact', kind, idInSource: id }),
    displayName: name || id,
    firstName: kind === 'PERSON' ? firstName || null : null,
    lastName: kind === 'PERSON' ? rest.join(' ') || null : null,
    contactInfos: [
      ...phones.map((phone) => info('PHONE', phone, phone)),
      ...emails.map((email) => info('EMAIL', email, email.toLowerCase())),
    ],
  };
}

export function hashed(person: TestPerson, by = kit): HashedContact {
  return by.hashed(recordOf(person));
}

/** Puts people together; ids of each group. */
export function groupsOf(people: readonly TestPerson[], by = kit): readonly Group[] {
  const contacts = people.map((person) => hashed(person, by));
  return groupContacts(contacts, sharedAmong(contacts));
}

export function sharedAmong(contacts: readonly HashedContact[]): SharedKeys {
  return new SharedKeys((hash) => contacts.filter(({ keys }) => keys.some((key) => key.hash === hash)));
}

/** The ids of the members of each group that has more than one, sorted. */
export function joinedOf(people: readonly TestPerson[], by = kit): string[][] {
  return groupsOf(people, by)
    .map(({ members }) => members.map((text) => text.split(':').at(-1) ?? '').sort())
    .filter(({ length }) => length > 1)
    .sort((one, other) => ((one[0] ?? '') < (other[0] ?? '') ? -1 : 1));
}

export { contactText };
