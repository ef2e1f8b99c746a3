import { peopleOf, type Person, type Population } from '../person.ts';
import type { CallgearContact, CallgearData, CallgearEmployee, CallgearGroup } from './callgear-data.ts';

/** Id of the system group, which cannot be deleted. */
const BLACKLIST_ID = 1;
/** Ids of managers who left. */
const FORMER_MANAGER_IDS = [2_999_000_001, 2_999_000_002] as const;
const FIRST_CONTACT_ID = 2_150_000_017;
/** Half of the contacts have ids that do not fit into 32 bits even without a sign. */
const FIRST_LONG_CONTACT_ID = 6_152_759_362;
const FIRST_ORGANIZATION_ID = 3_100_000_001;
const FIRST_EMPLOYEE_ID = 2_300_000_007;

const GROUPS: readonly CallgearGroup[] = [
  { id: BLACKLIST_ID, name: 'Blacklist', is_system: true },
  { id: 17, name: 'VIP', is_system: false },
  { id: 18, name: 'Partners', is_system: false },
  { id: 19, name: 'Поставщики', is_system: false },
  { id: 2_200_000_021, name: 'Key "A" accounts, 10%', is_system: false },
  { id: 23, name: 'Nobody yet', is_system: false },
];

/**
 * Writes people down as the staff of a CallGear account would.
 *
 * Phones are digits (with a plus for `e164`), some e-mails are in capitals, some names incomplete. Each corner case of the wire
 * occurs: missing first names, managers and organizations, empty lists, ten numbers, no, one and several groups, hostile names,
 * managers who left, contacts that refuse deletion.
 */
export function writeDownContacts(population: Population, phoneFormat: 'digits' | 'e164'): CallgearData {
  const people = peopleOf(population, 'callgear');
  const employees = population.staff.map((member, index): CallgearEmployee => ({
    id: FIRST_EMPLOYEE_ID + index * 11,
    login: member.email,
    first_name: member.firstName,
    last_name: member.lastName,
    patronymic: null,
    email: index % 5 === 4 ? null : member.email,
    team: member.team,
    phone_number: index % 4 === 3 ? null : `3716700${String(1000 + index)}`,
    extension: index % 3 === 2 ? null : String(101 + index),
  }));
  const contacts = people.map((person, position) => writeDown(person, position, people.length, employees, phoneFormat));
  addCorners(contacts, people, phoneFormat);
  return {
    contacts,
    groups: GROUPS.map((group) => ({ ...group })),
    organizations: population.organizations.map(({ index, name }) => ({ id: FIRST_ORGANIZATION_ID + index, name })),
    employees,
    formerEmployees: [
      { id: FORMER_MANAGER_IDS[0], full_name: 'Gone Gertrude' },
      { id: FORMER_MANAGER_IDS[1], full_name: null },
    ],
    customerUsers: [
      { id: 2_400_000_011, login: 'customer-user-1', description: null, name: 'Customer user one', customer_id: 7001 },
      { id: 2_400_000_012, login: 'customer-user-2', description: 'second', name: 'Customer user two', customer_id: 7001 },
    ],
    account: { app_id: 1103, name: 'Sandbox account', timezone: 'Europe/Riga' },
  };
}

function writeDown(
  person: Person,
  position: number,
  total: number,
  employees: readonly CallgearEmployee[],
  phoneFormat: 'digits' | 'e164',
): CallgearContact {
  const half = Math.ceil(total / 2);
  // The last name is the only one required, so a lone name ends up there.
  const hasFirstName = person.lastName !== '' && position % 17 !== 4;
  return {
    id: position < half ? FIRST_CONTACT_ID + position * 977 : FIRST_LONG_CONTACT_ID + (position - half) * 1013,
    first_name: hasFirstName ? person.firstName : null,
    last_name: person.lastName === '' ? person.firstName : person.lastName,
    patronymic: person.patronymic,
    emails: person.emails.map((email) => (position % 5 === 1 ? email.toUpperCase() : email)),
    phone_numbers: [...person.phones.map((phone) => writePhone(phone, phoneFormat)), ...(person.phonesAsTyped ?? [])],
    personal_manager_id: managerOf(position, employees),
    organization_id: person.employer === null ? null : FIRST_ORGANIZATION_ID + person.employer.index,
    group_ids: groupsOf(position),
    refusesDeletion: null,
    personIndex: person.index,
  };
}

function writePhone(phone: string, format: 'digits' | 'e164'): string {
  return format === 'e164' ? phone : phone.replace('+', '');
}

function managerOf(position: number, employees: readonly CallgearEmployee[]): number | null {
  if (position % 50 === 13) return FORMER_MANAGER_IDS[0];
  if (position % 50 === 38) return FORMER_MANAGER_IDS[1];
  return position % 6 === 0 ? null : (employees[position % employees.length]?.id ?? null);
}

function groupsOf(position: number): number[] {
  const own = [[], [17], [18], [19, 17], [2_200_000_021, 18, 19], []][position % 6] ?? [];
  return position % 41 === 7 ? [...own, BLACKLIST_ID] : own;
}

/** Gives the first people whom only CallGear knows the rarest corner cases, so that matches across CRMs stay as they are. */
function addCorners(contacts: readonly CallgearContact[], people: readonly Person[], phoneFormat: 'digits' | 'e164'): void {
  const lone = contacts.filter((_contact, position) => people[position]?.crms.length === 1);
  const [full, hostile, depended, locked, bare, odd] = lone;
  if (full !== undefined) {
    full.phone_numbers = Array.from({ length: 10 }, (_, index) => writePhone(`+3712000000${index}`, phoneFormat));
    full.emails = Array.from({ length: 10 }, (_, index) => `box${index}@many.example.com`);
    full.group_ids = [17, 18, 19, 2_200_000_021];
  }
  if (hostile !== undefined) {
    Object.assign(hostile, { last_name: 'Per_cent 100%\\"O\'Neil"', first_name: '[a-z]+(.*)', emails: ['quote"back\\slash@example.com'] });
  }
  if (depended !== undefined) depended.refusesDeletion = 'dependency_error';
  if (locked !== undefined) locked.refusesDeletion = 'forbidden';
  if (bare !== undefined) {
    Object.assign(bare, { first_name: null, patronymic: null, emails: [], phone_numbers: [], group_ids: [] });
    Object.assign(bare, { personal_manager_id: null, organization_id: null });
  }
  // A number that is too short to be one, an address in mixed case, and a first name that was cleared rather than never given.
  if (odd !== undefined) Object.assign(odd, { first_name: '', phone_numbers: ['112'], emails: ['Mixed.Case@Example.COM'] });
}
