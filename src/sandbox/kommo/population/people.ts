import type { Person } from '../../person.ts';
import { localMidnight } from './fields.ts';
import type { FieldPen } from './fields.ts';
import type { KommoContactRow, KommoFieldValues, KommoTag, KommoUserRow } from '../rows.ts';
import { spellEmail, spellPhone } from './spelling.ts';

const PHONE_LABELS = [8101, 8099, 8103, 8100, 8104, 8102] as const;
const EMAIL_LABELS = [8110, 8111, 8112] as const;
const SEGMENTS = [8201, 8202, 8203] as const;
const FIRST_CONTACT_ID = 501_001;
const FIRST_COMPANY_ID = 600_001;

/** What contacts refer to, and the writers of their fields. */
export interface ContactSurroundings {
  readonly pen: FieldPen;
  readonly users: readonly KommoUserRow[];
  readonly tagByName: ReadonlyMap<string, KommoTag>;
}

/** The id of the company that an organization of the population becomes. */
export function companyIdOf(organization: { readonly index: number }): number {
  return FIRST_COMPANY_ID + organization.index * 2;
}

function at<T>(choices: readonly T[], index: number): T {
  const choice = choices[index % choices.length];
  if (choice === undefined) throw new RangeError('No choices');
  return choice;
}

/** Writes the address down in the parts of a smart_address, the empty ones left out. */
export function smartAddressOf(address: NonNullable<Person['address']>): (readonly [string, number])[] {
  const parts: (readonly [string, number])[] = [
    [address.street, 1],
    [address.city, 3],
    [address.state, 4],
    [address.zip, 5],
    [address.country, 6],
  ];
  return parts.filter(([text]) => text !== '');
}

function fieldsOf(person: Person, ordinal: number, pen: FieldPen): KommoFieldValues[] | null {
  const fields: KommoFieldValues[] = [];
  if (person.jobTitle !== null) fields.push(pen.write(7007, { value: person.jobTitle }));
  const phones = [...person.phones.map((phone, index) => spellPhone(phone, ordinal + index)), ...(person.phonesAsTyped ?? [])];
  if (phones.length > 0) {
    fields.push(pen.label(7001, ...phones.map((phone, index) => [phone, at(PHONE_LABELS, ordinal + index)] as const)));
  }
  if (person.emails.length > 0) {
    fields.push(
      pen.label(
        7003,
        ...person.emails.map((email, index) => [spellEmail(email, ordinal + index), at(EMAIL_LABELS, ordinal + index)] as const),
      ),
    );
  }
  if (ordinal % 6 === 0) fields.push(pen.choose(7011, at(SEGMENTS, ordinal / 6)));
  if (ordinal % 5 === 0) fields.push(pen.write(7010, { value: `${(ordinal % 40) * 50}${ordinal % 2 === 0 ? '.50' : ''}` }));
  if (ordinal % 7 === 0) fields.push(pen.write(7012, { value: true }));
  if (ordinal % 9 === 0)
    fields.push(pen.write(7013, { value: localMidnight(1950 + (ordinal % 55), 1 + (ordinal % 12), 1 + (ordinal % 28)) }));
  if (person.address !== null && ordinal % 3 === 0) fields.push(pen.label(7019, ...smartAddressOf(person.address)));
  if (person.address !== null && ordinal % 8 === 1)
    fields.push(pen.write(7018, { value: `${person.address.street}, ${person.address.city}` }));
  return fields.length > 0 ? fields : null;
}

/** Some staff write the patronymic into the first name, some leave it out, some fill nothing but the display name. */
function namesOf(person: Person, ordinal: number): Pick<KommoContactRow, 'name' | 'first_name' | 'last_name'> {
  const first = person.patronymic !== null && ordinal % 3 === 0 ? `${person.firstName} ${person.patronymic}` : person.firstName;
  const name = [first, person.lastName].filter((part) => part !== '').join(' ');
  return ordinal % 17 === 4 ? { name, first_name: '', last_name: '' } : { name, first_name: first, last_name: person.lastName };
}

/** The moment of a bulk edit, which many rows share; else the person's own. */
function updatedAtOf(person: Person, ordinal: number): number {
  const own = Math.floor(person.updatedAtMs / 1000);
  return ordinal % 10 < 3 ? own - (own % (30 * 86_400)) + 30 * 86_400 : own;
}

/** Writes one person down as the contact number `ordinal` of the account; a higher number was created later. */
export function toContactRow(person: Person, ordinal: number, { pen, users, tagByName }: ContactSurroundings): KommoContactRow {
  const responsible = at(users, ordinal * 7 + 1);
  const updatedAt = updatedAtOf(person, ordinal);
  return {
    id: FIRST_CONTACT_ID + ordinal * 3,
    ...namesOf(person, ordinal),
    responsible_user_id: responsible.id,
    group_id: responsible.groupId ?? 0,
    created_by: ordinal % 8 === 0 ? 0 : at(users, ordinal).id,
    updated_by: ordinal % 5 === 0 ? 0 : at(users, ordinal + 2).id,
    created_at: Math.floor(person.createdAtMs / 1000),
    updated_at: updatedAt,
    closest_task_at: ordinal % 5 === 2 ? updatedAt + 86_400 * (ordinal % 30) : null,
    is_unsorted: ordinal % 23 === 0,
    custom_fields_values: fieldsOf(person, ordinal, pen),
    tags: [...new Set(person.tags)].flatMap((tag) => tagByName.get(tag) ?? []),
    companyId: person.employer === null ? null : companyIdOf(person.employer),
    leadIds: [],
    catalogElements: [],
    isTrashed: false,
    personIndex: person.index,
  };
}
