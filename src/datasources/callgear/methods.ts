import type { CallgearMethod } from './reading/row-reader.ts';

/** All twelve fields, always: a call costs the same, and a row read once serves every later question. @see https://callgear.github.io/data_api/contact/get_contacts/ */
export const GET_CONTACTS: CallgearMethod = {
  name: 'get.contacts',
  fields: [
    'id',
    'first_name',
    'last_name',
    'patronymic',
    'full_name',
    'emails',
    'phone_numbers',
    'personal_manager_id',
    'personal_manager_full_name',
    'organization_id',
    'organization_name',
    'groups',
  ],
  sort: [
    { field: 'full_name', order: 'asc' },
    { field: 'last_name', order: 'asc' },
    { field: 'first_name', order: 'asc' },
  ],
};

/** The same contacts with names, phones and e-mail addresses only: of 10,000 in one reply the rest would be more than half. */
export const GET_CONTACT_KEYS: CallgearMethod = {
  ...GET_CONTACTS,
  fields: ['id', 'first_name', 'last_name', 'full_name', 'emails', 'phone_numbers'],
};

/** @see https://callgear.github.io/data_api/contact/get_contact_organizations/ */
export const GET_ORGANIZATIONS: CallgearMethod = {
  name: 'get.contact_organizations',
  fields: ['id', 'name'],
  sort: [{ field: 'name', order: 'asc' }],
};

/** Groups of contacts: the object is `group_contacts`. @see https://callgear.github.io/data_api/contact/get_group_contacts/ */
export const GET_GROUPS: CallgearMethod = {
  name: 'get.group_contacts',
  fields: ['id', 'name'],
  sort: [{ field: 'name', order: 'asc' }],
};

/** Employees are the users: personal managers are among them. @see https://callgear.github.io/data_api/employee/get_employees/ */
export const GET_EMPLOYEES: CallgearMethod = {
  name: 'get.employees',
  fields: ['id', 'full_name', 'first_name', 'last_name', 'email'],
  sort: [{ field: 'full_name', order: 'asc' }],
};
