import { describe, expect, test } from 'vitest';
import type { ContactFilterField, ContactInfoCondition, SourceFilter } from '../../../src/datasources/port/list-query.ts';
import type { ContactRecord } from '../../../src/datasources/port/records/contact.ts';
import type { ContactInfoRecord } from '../../../src/datasources/port/records/contact-info.ts';
import { matches, verdictOn } from '../../../src/federation/filter-match.ts';
import { contactRecord } from '../../support/in-memory-source.ts';

function info(type: ContactInfoRecord['type'], value: string, more: Partial<ContactInfoRecord> = {}): ContactInfoRecord {
  return { idInSource: null, type, category: null, categoryName: null, value, normalizedValue: null, isPrimary: null, ...more };
}

const FIELD_BY_MEMBER: Readonly<Record<keyof SourceFilter, ContactFilterField>> = {
  search: 'SEARCH',
  contactInfos: 'CONTACT_INFO',
  kind: 'KIND',
  tags: 'TAGS',
  statusIds: 'STATUS',
  typeIds: 'TYPE',
  responsibleIds: 'RESPONSIBLE',
  groupIds: 'GROUP',
  companyIds: 'COMPANY',
  hasLeads: 'HAS_LEADS',
  isShared: 'IS_SHARED',
  createdAt: 'CREATED_AT',
  updatedAt: 'UPDATED_AT',
  firstName: 'FIRST_NAME',
  lastName: 'LAST_NAME',
};

/** The verdict when every member given is to be checked. */
function verdict(record: Partial<ContactRecord>, filter: SourceFilter, country?: string): string {
  const members = new Map(
    Object.entries(FIELD_BY_MEMBER)
      .filter(([member]) => member in filter)
      .map(([, field]) => [field, 'CHECKED' as const]),
  );
  return verdictOn(contactRecord('crm', '1', record), filter, members, country);
}

function verdictOnInfo(stored: ContactInfoRecord, condition: Partial<ContactInfoCondition>, country?: string): string {
  const wanted: ContactInfoCondition = { type: stored.type, value: stored.value, match: 'EXACT', ...condition };
  return verdict({ contactInfos: [info('EMAIL', 'other@example.com'), stored] }, { contactInfos: [wanted] }, country);
}

describe('phones', () => {
  test.each(['+371 2000-0000', '371 20000000', '(371)20000000', '+37120000000', '00371 20000000'])('%s is +37120000000', (spelling) => {
    const stored = info('PHONE', '+371 2000 0000', { normalizedValue: '+37120000000' });
    expect(verdictOnInfo(stored, { value: spelling })).toBe('yes');
    expect(verdictOnInfo(info('PHONE', spelling), { value: '+37120000000' })).toBe('yes');
  });

  test('a national spelling is read with the default country', () => {
    const stored = info('PHONE', '+49 1512 3456789', { normalizedValue: '+4915123456789' });
    expect(verdictOnInfo(stored, { value: '01512 3456789' }, 'DE')).toBe('yes');
    // Without one it may be any country's.
    expect(verdictOnInfo(stored, { value: '01512 3456789' })).toBe('unknown');
    expect(verdictOnInfo(stored, { value: '01512 3456780' })).toBe('no');
  });

  test('numbers that cannot be read are compared by their digits', () => {
    expect(verdictOnInfo(info('PHONE', '12-34'), { value: '1234' })).toBe('yes');
    expect(verdictOnInfo(info('PHONE', '12-34'), { value: '123' })).toBe('no');
  });

  test('texts without any digit are not all equal', () => {
    expect(verdictOnInfo(info('PHONE', 'ask Ada'), { value: 'none' })).toBe('no');
    expect(verdictOnInfo(info('PHONE', 'ask Ada'), { value: 'none', match: 'CONTAINS' })).toBe('no');
  });

  test('CONTAINS looks for the digits in a row, in the stored and in the international form', () => {
    const stored = info('PHONE', '8 (912) 345-67-89', { normalizedValue: '+79123456789' });
    expect(verdictOnInfo(stored, { value: '912-34', match: 'CONTAINS' })).toBe('yes');
    expect(verdictOnInfo(stored, { value: '+7 912', match: 'CONTAINS' })).toBe('yes');
    expect(verdictOnInfo(stored, { value: '913', match: 'CONTAINS' })).toBe('no');
  });

  test('CONTAINS without a digit looks at what is stored, not at the plus of the international form', () => {
    const stored = info('PHONE', '371 2000 0000', { normalizedValue: '+37120000000' });
    expect(verdictOnInfo(stored, { value: '+', match: 'CONTAINS' })).toBe('no');
    expect(verdictOnInfo(info('PHONE', '+371 2000 0000'), { value: '+', match: 'CONTAINS' })).toBe('yes');
  });

  test('a phone is found among phones only', () => {
    expect(
      verdict(
        { contactInfos: [info('OTHER', '+37120000000')] },
        { contactInfos: [{ type: 'PHONE', value: '+37120000000', match: 'EXACT' }] },
      ),
    ).toBe('no');
  });
});

describe('other contact infos', () => {
  test('e-mails ignore case', () => {
    expect(verdictOnInfo(info('EMAIL', 'Ada@Example.com'), { value: 'ada@example.COM' })).toBe('yes');
    expect(verdictOnInfo(info('EMAIL', 'ada@example.com.mt'), { value: 'ada@example.com' })).toBe('no');
    expect(verdictOnInfo(info('EMAIL', 'Ada@Example.com'), { value: '@example', match: 'CONTAINS' })).toBe('yes');
  });

  test('wildcards and patterns are plain text', () => {
    expect(verdictOnInfo(info('EMAIL', 'ada@example.com'), { value: 'a%' })).toBe('no');
    expect(verdictOnInfo(info('EMAIL', 'ada@example.com'), { value: '.*', match: 'CONTAINS' })).toBe('no');
  });

  test('category and primary mark have to be on the info that has the value', () => {
    const contactInfos = [
      info('EMAIL', 'home@example.com', { category: 'HOME', isPrimary: false }),
      info('EMAIL', 'work@example.com', { category: 'WORK', isPrimary: true }),
    ];
    const home = { type: 'EMAIL', value: 'home@example.com', match: 'EXACT' } as const;
    expect(verdict({ contactInfos }, { contactInfos: [{ ...home, category: 'HOME', isPrimary: false }] })).toBe('yes');
    expect(verdict({ contactInfos }, { contactInfos: [{ ...home, category: 'WORK' }] })).toBe('no');
    expect(verdict({ contactInfos }, { contactInfos: [{ ...home, isPrimary: true }] })).toBe('no');
  });

  test('any of several is enough', () => {
    const wanted = ['x@example.com', 'ada@example.com'].map((value) => ({ type: 'EMAIL', value, match: 'EXACT' }) as const);
    expect(verdict({ contactInfos: [info('EMAIL', 'ada@example.com')] }, { contactInfos: wanted })).toBe('yes');
  });

  test.each([
    ['riga', 'EXACT', 'yes'],
    ['Brivibas 1, Riga, Latvia', 'EXACT', 'yes'],
    ['Rig', 'EXACT', 'no'],
    ['rig', 'CONTAINS', 'yes'],
    ['1, Riga', 'CONTAINS', 'yes'],
  ] as const)('an address is found by %s (%s): %s', (value, match, expected) => {
    const address = {
      street: 'Brivibas 1',
      city: 'Riga ',
      state: null,
      zip: null,
      country: 'Latvia',
      category: 'HOME',
      categoryName: null,
      isPrimary: false,
      text: 'Brivibas 1, Riga, Latvia',
    } as const;
    expect(verdict({ addresses: [address] }, { contactInfos: [{ type: 'ADDRESS', value, match }] })).toBe(expected);
  });
});

const user = (idInSource: string) => ({ idInSource, known: {} });
const item = (idInSource: string) => ({ idInSource, name: 'x', description: null, color: null, position: null });
const tags = ['VIP', 'Élite'].map((name) => ({ idInSource: name, name, color: null }));
const access = { shareType: 'READ', isPrivate: true, isShared: false, members: [user('1'), user('2')] } as const;
const noon = new Date('2024-05-01T12:00:00Z');

describe('the other members', () => {
  test.each<[string, Partial<ContactRecord>, SourceFilter, string]>([
    ['kind', { kind: 'COMPANY' }, { kind: 'PERSON' }, 'no'],
    ['all tags, ignoring case and composition', { tags }, { tags: ['vip', 'e\u0301LITE'] }, 'yes'],
    ['a tag that is missing', { tags }, { tags: ['vip', 'new'] }, 'no'],
    ['tags that this form of the row does not show', { tags: undefined }, { tags: ['vip'] }, 'unknown'],
    ['any of the statuses', { status: item('2') }, { statusIds: ['1', '2'] }, 'yes'],
    ['no status', {}, { statusIds: ['1'] }, 'no'],
    ['the type', { type: item('2') }, { typeIds: ['1'] }, 'no'],
    ['the responsible user', { responsible: user('1') }, { responsibleIds: ['1'] }, 'yes'],
    ['any member with access', { responsible: user('1'), access }, { responsibleIds: ['2'] }, 'yes'],
    ['nobody responsible', {}, { responsibleIds: ['2'] }, 'no'],
    ['any of the groups', { groups: [{ idInSource: '3', name: 'x' }] }, { groupIds: ['3', '4'] }, 'yes'],
    ['the company', { company: { entity: 'company', idInSource: '5', displayName: undefined } }, { companyIds: ['5'] }, 'yes'],
    ['no company', {}, { companyIds: ['5'] }, 'no'],
    ['leads', { leadIds: ['1'] }, { hasLeads: true }, 'yes'],
    ['no leads', { leadIds: [] }, { hasLeads: false }, 'yes'],
    ['leads that were not asked for', { leadIds: undefined }, { hasLeads: false }, 'unknown'],
    ['not shared', { access }, { isShared: false }, 'yes'],
    ['a CRM without sharing', {}, { isShared: false }, 'unknown'],
    ['a range that begins at the moment', { createdAt: noon }, { createdAt: { from: noon } }, 'yes'],
    ['a range that ends at the moment', { updatedAt: noon }, { updatedAt: { to: noon } }, 'yes'],
    ['a range that ends a millisecond before', { createdAt: noon }, { createdAt: { to: new Date(noon.getTime() - 1) } }, 'no'],
    ['no date', {}, { createdAt: { from: noon } }, 'no'],
    ['names ignoring case, composition and blanks', { firstName: ' E\u0301VA' }, { firstName: 'éva' }, 'yes'],
    ['names with sharp s', { lastName: 'Strauß' }, { lastName: 'STRAUSS' }, 'yes'],
    ['another accent', { lastName: 'Eva' }, { lastName: 'Éva' }, 'no'],
    ['a search', {}, { search: 'ada' }, 'unknown'],
    ['one yes and one no', { kind: 'PERSON', leadIds: [] }, { kind: 'PERSON', hasLeads: true }, 'no'],
  ])('%s', (_case, record, filter, expected) => {
    expect(verdict(record, filter)).toBe(expected);
  });
});

describe('what is checked', () => {
  const filter: SourceFilter = { kind: 'COMPANY', tags: ['vip'] };

  test('a member that is only pushed is left to the CRM', () => {
    const members = new Map([
      ['KIND', 'PUSHED'],
      ['TAGS', 'CHECKED'],
    ] as const);
    expect(matches(contactRecord('crm', '1', { kind: 'PERSON', tags }), filter, members, undefined)).toBe(true);
  });

  test.each(['CHECKED', 'PUSHED_AND_CHECKED'] as const)('a row that does not show a %s member is left out', (memberPlan) => {
    const members = new Map([['TAGS', memberPlan]] as const);
    expect(matches(contactRecord('crm', '1', { tags: undefined }), filter, members, undefined)).toBe(false);
  });
});
