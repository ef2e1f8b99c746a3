import type { Organization, StaffMember } from '../../person.ts';
import type { FieldPen } from './fields.ts';
import { companyIdOf } from './people.ts';
import type { KommoCatalogRow, KommoCompanyRow, KommoElementRow, KommoNamed, KommoUserRow } from '../rows.ts';

const FIRST_USER_ID = 9001;
const ACCOUNT_BEGAN_AT = 1_672_531_200;

/** Makes the groups that the staff's teams become; the first team stays in the default group and gets none. */
export function createUserGroups(staff: readonly StaffMember[]): KommoNamed[] {
  const teams = [...new Set(staff.map(({ team }) => team))];
  return teams.slice(1).map((name, index) => ({ id: 437_001 + index, name }));
}

/** Makes the users: the first is the administrator, the last one is switched off. */
export function createUsers(staff: readonly StaffMember[], groups: readonly KommoNamed[]): KommoUserRow[] {
  return staff.map((member, index) => ({
    id: FIRST_USER_ID + index,
    name: `${member.firstName} ${member.lastName}`,
    email: member.email,
    lang: 'en',
    isAdmin: index === 0,
    isActive: index < staff.length - 1,
    groupId: groups.find(({ name }) => name === member.team)?.id ?? null,
    roleId: index % 4 === 3 ? 55_001 : null,
  }));
}

/** Writes the organizations down as companies. One has no custom fields, one an escaped name, and one more lies in the trash. */
export function createCompanies(organizations: readonly Organization[], users: readonly KommoUserRow[], pen: FieldPen): KommoCompanyRow[] {
  const rows = organizations.map((organization, index): KommoCompanyRow => {
    const user = users[index % users.length];
    const createdAt = ACCOUNT_BEGAN_AT + index * 7200;
    return {
      id: companyIdOf(organization),
      name: index === 3 ? `${organization.name} &amp; Partners` : organization.name,
      responsible_user_id: user?.id ?? 0,
      group_id: user?.groupId ?? 0,
      created_by: index % 6 === 0 ? 0 : (user?.id ?? 0),
      updated_by: 0,
      created_at: createdAt,
      updated_at: createdAt + (index % 4) * 86_400,
      closest_task_at: null,
      custom_fields_values:
        index === 1
          ? null
          : [
              pen.label(7101, [`+1 212 555 0${String(100 + index)}`, 8099]),
              pen.label(7103, [`office@company-${index + 1}.example`, 8110]),
              pen.write(7105, { value: `https://company-${index + 1}.example` }),
              pen.write(7106, { value: `${organization.city}, ${organization.country}` }),
              pen.write(7109, { value: String((index + 1) * 12) }),
            ],
      tags: index % 5 === 0 ? [{ id: 411, name: 'partner', color: null }] : [],
      catalogElements: [],
      isTrashed: false,
    };
  });
  const [first] = rows;
  return first === undefined ? rows : [...rows, { ...first, id: first.id + 1001, name: 'Closed long ago', isTrashed: true }];
}

/** Makes the lists of the account. */
export function createCatalogs(): KommoCatalogRow[] {
  return [
    { id: 4521, name: 'Products', type: 'products', created_at: ACCOUNT_BEGAN_AT },
    { id: 4522, name: 'Memberships', type: 'regular', created_at: ACCOUNT_BEGAN_AT + 60 },
  ];
}

/** Makes the elements of the lists. `is_deleted` comes as null or false, as in Kommo. */
export function createElements(): KommoElementRow[] {
  const names: readonly (readonly [number, number, readonly string[]])[] = [
    [
      4521,
      525_439,
      ['Router', 'Router, 19&quot; rack', 'Cable 5 m', 'Headset', 'Licence, per seat', 'Installation', 'Стойка', 'Service visit'],
    ],
    [4522, 530_001, ['Bronze', 'Silver', 'Gold', 'Founders’ circle']],
  ];
  return names.flatMap(([catalog_id, firstId, elements]) =>
    elements.map((name, index) => ({
      id: firstId + index,
      name,
      created_by: 9001,
      updated_by: 0,
      created_at: ACCOUNT_BEGAN_AT + index,
      updated_at: ACCOUNT_BEGAN_AT + 3600 + index,
      is_deleted: index % 2 === 0 ? null : false,
      custom_fields_values: null,
      catalog_id,
    })),
  );
}
