import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CrmProfile } from '../../../src/datasources/port/crm-profile.ts';
import { fieldsOf } from '../../../src/datasources/port/filter-fields.ts';
import { CONTACT_FILTER_FIELDS, type ContactFilterField, type SourceFilter } from '../../../src/datasources/port/list-query.ts';
import { SOURCE_MODULES } from '../../../src/datasources/registry.ts';

const ROOT = join(import.meta.dirname, '../../..');
const NO = '–';

/** The table below a heading: by its first column, the cells of each CRM by the name in the head of its column. */
function tableIn(file: string, heading: string): ReadonlyMap<string, Readonly<Record<string, string>>> {
  const page = readFileSync(join(ROOT, file), 'utf8');
  const lines = page.slice(page.indexOf(heading)).split('\n');
  const start = lines.findIndex((line) => line.startsWith('|'));
  const end = lines.findIndex((line, at) => at > start && !line.startsWith('|'));
  const [head = [], , ...body] = lines.slice(start, end).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  return new Map(body.map(([name = '', ...values]) => [name, Object.fromEntries(values.map((value, at) => [head[at + 1] ?? '', value]))]));
}

/** As the heads of the tables call them. */
const CRMS = SOURCE_MODULES.map((module) => [module.displayName.replace(/ CRM$/, ''), module] as const);

describe('the table of filters in docs/filters.md', () => {
  const table = tableIn('docs/filters.md', '## What each member means');
  const FIELDS: Readonly<Record<string, readonly ContactFilterField[]>> = {
    '`contactInfos`, `EXACT`': ['CONTACT_INFO'],
    '`contactInfos`, `CONTAINS`': ['CONTACT_INFO_CONTAINS'],
    '`tags` (all of)': ['TAGS'],
    '`firstName`, `lastName`': ['FIRST_NAME', 'LAST_NAME'],
  };
  /** The fields that a row is about; none for a member of a member. */
  function fieldsOfRow(name: string): readonly ContactFilterField[] {
    const member = /^`([a-z]\w*)`$/i.exec(name)?.[1];
    return FIELDS[name] ?? (member === undefined ? [] : fieldsOf({ [member]: [] } as unknown as SourceFilter));
  }

  test('has every member', () => {
    expect([...table.keys()].flatMap(fieldsOfRow).toSorted()).toEqual([...CONTACT_FILTER_FIELDS].toSorted());
  });

  test.each(CRMS)('says of %s what its profile says', (name, { capabilities }) => {
    for (const [row, cells] of table) {
      for (const field of fieldsOfRow(row)) {
        expect([row, cells[name] !== NO]).toEqual([row, capabilities.filterFields.includes(field)]);
      }
    }
  });
});

describe('the table of CRMs in README.md', () => {
  const table = tableIn('README.md', '## What each CRM can do');
  const has = (list: readonly string[], words: Readonly<Record<string, string>>) =>
    Object.entries(words).flatMap(([member, word]) => (list.includes(member) ? [word] : []));
  const KINDS = { PERSON: 'persons', COMPANY: 'companies' };
  const FILTERS: Readonly<Partial<Record<ContactFilterField, string>>> = {
    SEARCH: 'search',
    KIND: 'kind',
    TAGS: 'tags',
    STATUS: 'status',
    TYPE: 'type',
    RESPONSIBLE: 'responsible',
    COMPANY: 'company',
    GROUP: 'group',
    HAS_LEADS: 'leads',
    IS_SHARED: 'shared',
    CREATED_AT: 'created',
    UPDATED_AT: 'updated',
    FIRST_NAME: 'names',
  };
  /** What a row has to say of a CRM, as a set of words. */
  const ROWS: Readonly<Record<string, (profile: CrmProfile) => readonly string[]>> = {
    'In the list': ({ capabilities }) => has(capabilities.kinds, KINDS),
    Orders: ({ capabilities }) =>
      has(capabilities.orderFields, {
        DISPLAY_NAME: 'display name',
        FIRST_NAME: 'first name',
        LAST_NAME: 'last name',
        CREATED_AT: 'created',
        UPDATED_AT: 'updated',
      }),
    'Total count': ({ capabilities }) => [capabilities.canCount ? 'yes' : 'no'],
    'Other filters': ({ capabilities }) => has(capabilities.filterFields, FILTERS),
    'Leads, list elements': ({ provides }) => (provides.contact.includes('leadIds') ? ['yes'] : [NO]),
    'Created, updated at': ({ provides }) => {
      const dates = has(provides.contact, { createdAt: 'created', updatedAt: 'updated' });
      return dates.length === 0 ? [NO] : dates;
    },
    Deletes: ({ capabilities }) => (capabilities.deletableKinds.length === 0 ? ['no'] : has(capabilities.deletableKinds, KINDS)),
  };
  const wordsOf = (cell = '') => cell.replace(/:.*$/, '').replaceAll('\\*', '').replaceAll('*', '').split(/, */).toSorted();

  test('has a row for each thing that a CRM can do', () => {
    expect([...table.keys()]).toEqual(expect.arrayContaining(Object.keys(ROWS)));
  });

  test.each(CRMS)('says of %s what its profile says', (name, profile) => {
    for (const [row, words] of Object.entries(ROWS)) {
      expect([row, wordsOf(table.get(row)?.[name])]).toEqual([row, words(profile).toSorted()]);
    }
    expect(table.get('By phone, e-mail')?.[name]).toMatch(/^yes/);
    expect(profile.capabilities.filterFields).toContain('CONTACT_INFO');
  });
});
