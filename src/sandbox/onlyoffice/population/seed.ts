import { peopleOf, type Organization, type Person, type Population } from '../../person.ts';
import { createRandom } from '../../seeded-random.ts';
import { addCornerCases, addDanglingStatus } from './corner-cases.ts';
import { addContact, addressText } from '../portal.ts';
import type { NewContact, Portal, StoredContact, StoredFieldValue } from '../portal.ts';
import { FIELD, FIELDS, REMOVED_CREATOR_ID, STATUS, STATUSES, TYPE, TYPES, toUser } from '../portal-setup.ts';

/** What a portal is set up with besides people. */
export interface SeedOptions {
  readonly culture: string;
  readonly timeZone: string;
  readonly lineEnd: '\n' | '\r\n';
  readonly hasDanglingStatus: boolean;
}

const FIRST_ID = 10;
const FIRST_INFO_ID = 300;

/** Writes the population's people and organizations down as the portal's staff would have, and adds the corner cases. */
export function seedPortal(population: Population, { culture, timeZone, lineEnd, hasDanglingStatus }: SeedOptions): Portal {
  const portal: Portal = {
    contacts: [],
    statuses: [...STATUSES],
    types: [...TYPES],
    fields: [...FIELDS],
    users: population.staff.map(toUser),
    spareTags: ['Lead', 'Customer', 'Supplier', 'Staff', 'never used'],
    culture,
    timeZone,
    lineEnd,
    lastContactId: FIRST_ID,
    lastInfoId: FIRST_INFO_ID,
  };
  const random = createRandom(365);
  const companies = new Map<Organization, StoredContact>();
  const people = peopleOf(population, 'onlyoffice');
  for (const person of people.toSorted((a, b) => a.createdAtMs - b.createdAtMs)) {
    if (person.employer && !companies.has(person.employer)) {
      companies.set(person.employer, addContact(portal, toCompany(portal, person.employer, person.createdAtMs - 3_600_000, random)));
    }
    const company = person.employer ? companies.get(person.employer) : undefined;
    // Deletions have left holes in the numbers.
    if (random() < 0.1) portal.lastContactId += 1 + Math.floor(random() * 4);
    addContact(portal, toPerson(portal, person, company?.id ?? 0, random));
  }
  addCornerCases(portal);
  if (hasDanglingStatus) addDanglingStatus(portal);
  return portal;
}

function toCompany(portal: Portal, organization: Organization, createdAtMs: number, random: () => number): NewContact {
  const { index, name, city, country } = organization;
  const parts = { street: '', city, state: '', zip: '', country };
  return {
    isCompany: true,
    companyName: name,
    about: index % 3 === 0 ? 'Wholesale' : '',
    industry: index % 2 === 0 ? 'Food' : '',
    statusId: pickOr([STATUS.cold, STATUS.warm, STATUS.hot], 0.5, random),
    typeId: pickOr([TYPE.client, TYPE.supplier], 0.4, random),
    createBy: creatorOf(portal, random),
    createdAtMs,
    currency: index % 5 === 0 ? 'EUR' : null,
    tags: index % 4 === 0 ? ['Supplier'] : [],
    hasPhoto: index % 6 === 0,
    infos: [
      { type: 2, category: 1, data: `https://company-${index}.example`, isPrimary: true },
      { type: 1, category: 1, data: `Info@company-${index}.example`, isPrimary: true },
      { type: 7, category: 5, data: addressText(portal, parts), isPrimary: true },
    ],
    opportunityCount: index % 7 === 0 ? 1 : 0,
    ...accessOf(portal, random),
    shareType: 1,
  };
}

function toPerson(portal: Portal, person: Person, companyId: number, random: () => number): NewContact {
  const { index, firstName, lastName, jobTitle, createdAtMs, updatedAtMs } = person;
  return {
    isCompany: false,
    personIndex: index,
    firstName,
    lastName,
    title: jobTitle ?? '',
    about: index % 9 === 0 ? `Met at the fair.\nAsked for a call back, ${firstName}.` : '',
    companyId,
    statusId: pickOr([STATUS.cold, STATUS.warm, STATUS.hot, STATUS.parked], 0.6, random),
    typeId: pickOr([TYPE.client, TYPE.partner, TYPE.competitor], 0.3, random),
    createBy: creatorOf(portal, random),
    createdAtMs,
    currency: index % 8 === 0 ? 'USD' : null,
    tags: [...person.tags],
    infos: infosOf(portal, person),
    fieldValues: fieldValuesOf(person),
    opportunityCount: index % 10 === 0 ? 2 : 0,
    invoiceCount: index % 29 === 4 ? 1 : 0,
    taskCount: index % 6 === 1 ? 1 + (index % 3) : 0,
    hasLateTasks: index % 12 === 1,
    events: index % 15 === 0 ? [`Called about order ${index}`] : [],
    lastEventAtMs: index % 15 === 0 ? updatedAtMs : null,
    hasPhoto: index % 5 === 0,
    ...accessOf(portal, random),
  };
}

/** Most contacts are open to all; some read-only, a few private, with and without the ordinary user. */
function accessOf(portal: Portal, random: () => number): Pick<NewContact, 'shareType' | 'accessList'> {
  const roll = random();
  const ids = portal.users.map(({ id }) => id);
  const managers = [ids[0], ids[1 + Math.floor(random() * 8)]].filter((id) => id !== undefined);
  if (roll < 0.04) return { shareType: 0, accessList: managers };
  if (roll < 0.055) return { shareType: 0, accessList: managers.slice(1) };
  if (roll < 0.1) return { shareType: 2 };
  return { shareType: 1, accessList: roll < 0.3 ? managers.slice(1) : [] };
}

function infosOf(portal: Portal, { index, phones, phonesAsTyped = [], emails, address }: Person): NonNullable<NewContact['infos']> {
  return [
    ...emails.map((email, at) => ({ type: 1, category: at === 0 ? 1 : 0, data: writtenEmail(email, index), isPrimary: at === 0 })),
    ...[...phones.map((phone, at) => writtenPhone(phone, index + at)), ...phonesAsTyped].map((data, at) => ({
      type: 0,
      category: [2, 1, 4, 5][(index + at) % 4] ?? 2,
      data,
      isPrimary: at === 0,
    })),
    ...(address ? [{ type: 7, category: index % 6, data: addressText(portal, orderedAddress(address)), isPrimary: index % 2 === 0 }] : []),
  ];
}

function orderedAddress({ street, city, state, zip, country }: NonNullable<Person['address']>): Record<string, string> {
  return { street, city, state, zip, country };
}

/** Staff type addresses as they were told them: some in capitals, some with the initials in capitals. */
function writtenEmail(email: string, index: number): string {
  if (index % 7 === 0) return email.toUpperCase();
  return index % 4 === 1 ? email.slice(0, 1).toUpperCase() + email.slice(1) : email;
}

/** One number, many hands: international with and without plus, in groups, in brackets, with 00, national where it is usual. */
function writtenPhone(phone: string, index: number): string {
  const digits = phone.slice(1);
  const codeLength = digits.startsWith('1') || digits.startsWith('7') ? 1 : digits.startsWith('371') || digits.startsWith('971') ? 3 : 2;
  const [code, rest] = [digits.slice(0, codeLength), digits.slice(codeLength)];
  const [head, middle, tail] = [rest.slice(0, 3), rest.slice(3, -2), rest.slice(-2)];
  switch (index % 7) {
    case 0:
      return `+${code} ${rest.slice(0, 4)}-${rest.slice(4)}`;
    case 1:
      return `(${code})${rest}`;
    case 2:
      return `${code} ${rest}`;
    case 3:
      return code === '7' ? `8 (${head}) ${middle}-${tail}` : `+${code} (${head}) ${middle}-${tail}`;
    case 4:
      return `00${digits}`;
    case 5:
      return `+${code}.${head}.${middle}.${tail}`;
    default:
      return phone;
  }
}

function fieldValuesOf({ index }: Person): StoredFieldValue[] {
  const values: StoredFieldValue[] = [];
  if (index % 4 === 0) values.push({ fieldId: FIELD.loyaltyNumber, value: `LV-${700 + index}` });
  if (index % 5 === 0) values.push({ fieldId: FIELD.segment, value: ['A', 'B', 'C/D'][index % 3] ?? 'A' });
  if (index % 6 === 0) values.push({ fieldId: FIELD.newsletter, value: index % 12 === 0 ? 'true' : 'false' });
  // Short dates of the portal, month first; half of them could be read either way.
  if (index % 7 === 0) values.push({ fieldId: FIELD.birthdate, value: `${1 + (index % 12)}/${1 + (index % 28)}/${1950 + (index % 50)}` });
  return values;
}

function creatorOf(portal: Portal, random: () => number): string {
  return random() < 0.03 ? REMOVED_CREATOR_ID : (portal.users[Math.floor(random() * portal.users.length)]?.id ?? REMOVED_CREATOR_ID);
}

function pickOr(ids: readonly number[], share: number, random: () => number): number {
  return random() < share ? (ids[Math.floor(random() * ids.length)] ?? 0) : 0;
}
