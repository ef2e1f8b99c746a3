import { expect, test } from 'vitest';
import { fieldsOf } from '../../../../src/datasources/port/filter-fields.ts';
import { CONTACT_FILTER_FIELDS, type SourceFilter } from '../../../../src/datasources/port/list-query.ts';

const EVERY_MEMBER: Required<SourceFilter> = {
  search: 'ada',
  contactInfos: [
    { type: 'PHONE', value: '1', match: 'CONTAINS' },
    { type: 'EMAIL', value: 'a', match: 'EXACT' },
    { type: 'PHONE', value: '2', match: 'EXACT' },
  ],
  kind: 'PERSON',
  tags: ['vip'],
  statusIds: ['1'],
  typeIds: ['1'],
  responsibleIds: ['1'],
  groupIds: ['1'],
  companyIds: ['1'],
  hasLeads: false,
  isShared: false,
  createdAt: { from: new Date(0) },
  updatedAt: { from: new Date(0) },
  firstName: 'Ada',
  lastName: 'Lovelace',
};

test('each member of a filter has a field of its own, and each field a member', () => {
  expect(fieldsOf(EVERY_MEMBER)).toEqual(CONTACT_FILTER_FIELDS);
  expect(fieldsOf({})).toEqual([]);
});

test('contact infos are named by how they match', () => {
  const [contains, exact] = EVERY_MEMBER.contactInfos;
  expect(fieldsOf({ contactInfos: [contains!] })).toEqual(['CONTACT_INFO_CONTAINS']);
  expect(fieldsOf({ contactInfos: [exact!] })).toEqual(['CONTACT_INFO']);
});
