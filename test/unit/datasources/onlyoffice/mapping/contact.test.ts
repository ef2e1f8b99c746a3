import { describe, expect, test } from 'vitest';
import { toContact, type RowForm } from '../../../../../src/datasources/onlyoffice/mapping/contact.ts';
import { valueOr } from '../../../../../src/datasources/port/member.ts';
import { Unreadable } from '../../../../../src/datasources/wire/wire-value.ts';
import { plain, wireRow } from '../../../../support/read-record.ts';
import { responseOf } from '../fixture.ts';
import { aPerson } from '../stub-portal.ts';

const context = { source: 'onlyoffice', portalUrl: 'https://portal.example.com', defaultCountry: undefined };

function toRecord(row: unknown, form: RowForm = 'LIST') {
  return plain(toContact({ wire: wireRow(row, 'onlyoffice').wire, bytes: 1_000, form, context }));
}

/** What reading all members of a row finds damaged: the members, and the JSON paths. */
function damageOf(row: unknown) {
  const { wire, damage } = wireRow(row, 'onlyoffice');
  const { damaged } = plain(toContact({ wire, bytes: 1_000, form: 'LIST', context }));
  return { members: [...damaged], paths: [...new Set(damage)] };
}

describe('a person in the LIST form', () => {
  const [row] = responseOf('filter-page.json') as unknown[];

  test('has every member that the row holds', () => {
    expect(toRecord(row)).toMatchObject({
      source: 'onlyoffice',
      entity: 'contact',
      kind: 'PERSON',
      idInSource: '42',
      accountId: null,
      displayName: 'Anna Berzina',
      firstName: 'Anna',
      lastName: 'Berzina',
      patronymic: null,
      jobTitle: 'Buyer',
      about: null,
      industry: null,
      company: { entity: 'contact', idInSource: '11', displayName: 'Baltic Foods SIA' },
      groups: [],
      status: { idInSource: '17', name: 'Warm', description: null, color: '#ffd267', position: 2 },
      type: null,
      responsible: null,
      updatedBy: null,
      createdAt: new Date('2024-03-05T14:07:31Z'),
      updatedAt: null,
      currency: null,
      access: { shareType: 'READ', isPrivate: false, isShared: true, members: [] },
      taskSummary: { count: 2, hasOverdue: false, nextDueAt: null },
      leadIds: [],
      catalogElements: [],
      isUnsorted: null,
      url: 'https://portal.example.com/Products/CRM/Default.aspx?id=42&type=people',
      viewerCanEdit: true,
      viewerCanDelete: false,
      personCount: null,
    });
  });

  test('reads what a category means by the type of the info', () => {
    const { contactInfos, addresses } = toRecord(row);

    expect(contactInfos.map(({ idInSource, type, category, isPrimary }) => [idInSource, type, category, isPrimary])).toEqual([
      ['301', 'EMAIL', 'WORK', true],
      ['302', 'EMAIL', 'HOME', false],
      ['303', 'PHONE', 'MOBILE', true],
      ['304', 'WEBSITE', 'WORK', true],
    ]);
    expect(contactInfos[2]).toMatchObject({ value: '+371 2000 0000', normalizedValue: '+37120000000', categoryName: 'Mobile' });
    expect(addresses[0]).toEqual({
      street: 'Lubanas st. 125a-25',
      city: 'Riga',
      state: null,
      zip: 'LV-1021',
      country: 'Latvia',
      category: 'WORK',
      categoryName: 'Work',
      isPrimary: true,
      text: 'Lubanas st. 125a-25, Riga, LV-1021, Latvia',
    });
  });

  test('takes a missing category for Home and a missing mark for not primary', () => {
    expect(toRecord(row).addresses[1]).toMatchObject({ category: 'HOME', isPrimary: false, text: 'Jurmala, Latvia' });
  });

  test('knows all of its creator, so that nothing is left to look up', () => {
    expect(toRecord(row).createdBy).toEqual({
      idInSource: '293bb997-28d8-4be0-8547-6eb50add1f3c',
      known: {
        displayName: 'Mike Zanyatski',
        jobTitle: 'Manager',
        email: null,
        avatarUrl: 'https://portal.example.com/skins/default/images/default_user_photo_size_32-32.png',
        profileUrl: 'https://portal.example.com/Products/People/Profile.aspx?user=mike.zanyatski',
        group: null,
      },
    });
  });

  test('has its photo as the keys of a look-up, never as an address', () => {
    expect(toRecord(row).photo).toEqual({
      smallKey: '/Products/CRM/HttpHandlers/filehandler.ashx?action=contactphotoulr&cid=42&isc=False&ps=1',
      mediumKey: '/Products/CRM/HttpHandlers/filehandler.ashx?action=contactphotoulr&cid=42&isc=False&ps=2',
    });
  });
});

describe('a company', () => {
  const row = (responseOf('filter-page.json') as unknown[])[1];

  test('has a count of persons, a currency, and the first of its access list as responsible', () => {
    const record = toRecord(row);

    expect(record).toMatchObject({
      kind: 'COMPANY',
      displayName: 'Baltic Foods SIA',
      firstName: null,
      jobTitle: null,
      company: null,
      personCount: 3,
      tags: [],
      currency: { code: 'EUR', name: 'Euro', symbol: '€', cultureName: 'EU', isConvertible: true, isBasic: true },
      access: { shareType: 'NONE', isPrivate: true, isShared: false },
      url: 'https://portal.example.com/Products/CRM/Default.aspx?id=11',
    });
    expect(valueOr(record.responsible, null)?.idInSource).toBe('293bb997-28d8-4be0-8547-6eb50add1f3c');
    expect(valueOr(record.createdBy, null)?.known.displayName).toBe('Profile has been removed');
  });
});

describe('a person in the SINGLE form', () => {
  const row = responseOf('single-person.json');

  test('leaves its tags to be looked up, which the LIST form never does', () => {
    expect(toRecord(row, 'SINGLE').tags).toBeUndefined();
    expect(toRecord(row, 'LIST').tags).toEqual([]);
  });

  test('is trimmed, and has null for what is empty', () => {
    expect(toRecord(row, 'SINGLE')).toMatchObject({
      displayName: 'Cher',
      firstName: 'Cher',
      lastName: null,
      jobTitle: null,
      addresses: [],
    });
  });

  test('has its headings without text and value', () => {
    const [heading, ...rest] = toRecord(row, 'SINGLE').customFields;

    expect(heading).toMatchObject({ field: { label: 'Extra', type: 'HEADING' }, text: null, value: null });
    expect(rest.map(({ field, value }) => [field.label, field.sourceType, value])).toEqual([
      ['Nickname', 'TextField', { kind: 'TEXT', text: 'C' }],
      ['Notes', 'TextArea', { kind: 'TEXT', text: 'line 1\nline 2' }],
      ['Segment', 'SelectBox', { kind: 'SELECT', options: [{ idInSource: '7/B', code: null, label: 'B' }] }],
      ['Newsletter', 'CheckBox', { kind: 'BOOLEAN', boolean: true }],
      ['Birthdate', 'Date', { kind: 'DATE', date: '1946-05-20' }],
    ]);
  });
});

describe('odd rows', () => {
  test.each<[string, unknown]>([
    ['the vendor sample, whose id is 0', (responseOf('vendor-sample.json') as unknown[])[0]],
    ['no id', aPerson(7, { id: undefined })],
    ['a negative id', aPerson(7, { id: -7 })],
    ['an id in words', aPerson(7, { id: 'seven' })],
    ['nothing', null],
    ['a number', 42],
  ])('a row with %s is no contact', (_, row) => {
    expect(() => toRecord(row)).toThrow(Unreadable);
  });

  test('the vendor sample with an id of its own is read, its other ids of 0 being none', () => {
    const [row] = responseOf('vendor-sample.json') as object[];
    const record = toRecord({ ...row, id: 7 });

    expect(record).toMatchObject({ displayName: 'Tadjeddine Bachir', kind: 'PERSON', company: null, createdBy: null });
    expect(record.contactInfos).toMatchObject([{ idInSource: null, type: 'EMAIL', category: 'HOME', value: 'support@onlyoffice.com' }]);
    expect(record.customFields).toMatchObject([{ value: { kind: 'DATE', date: '2019-06-23' } }]);
  });

  test.each<[string, object, string, string]>([
    ['a text in place of infos', { commonData: 'none' }, 'contactInfos', '$.commonData'],
    ['an info without a type', { commonData: [{ data: 'a@b.example' }] }, 'contactInfos', '$.commonData[0].infoType'],
    ['an object for a name', { lastName: { first: 'Anna' } }, 'lastName', '$.lastName'],
    ['a time without an offset', { created: '2024-03-05T14:07:31' }, 'createdAt', '$.created'],
    ['a number for a date', { created: 1709647651 }, 'createdAt', '$.created'],
    ['a day that is not in the calendar', { created: '2024-02-30T17:07:31.0000000+03:00' }, 'createdAt', '$.created'],
    ['a currency without its letters', { currency: { title: 'Euro', symbol: '€' } }, 'currency', '$.currency.abbreviation'],
    ['a share type that does not exist', { shareType: 9 }, 'access', '$.shareType'],
    ['a half task', { taskCount: 1.5 }, 'taskSummary', '$.taskCount'],
    ['fewer tasks than none', { taskCount: -1 }, 'taskSummary', '$.taskCount'],
    ['a company without an id', { company: { displayName: 'Acme' } }, 'company', '$.company.id'],
    ['a creator without an id', { createBy: { displayName: 'Mike' } }, 'createdBy', '$.createBy.id'],
  ])('a row with %s is damaged there and nowhere else', (_, members, member, path) => {
    const { members: damaged, paths } = damageOf(aPerson(7, members));

    expect(paths).toEqual([path]);
    expect(damaged).toContain(member);
    expect(damaged.filter((name) => name !== member && name !== 'responsible')).toEqual([]);
  });

  test('a row without a flag for companies is a company if it has a company name', () => {
    expect(toRecord({ id: 7, companyName: 'Acme' })).toMatchObject({ kind: 'COMPANY', displayName: 'Acme' });
    expect(toRecord({ id: 7 })).toMatchObject({ kind: 'PERSON', displayName: '7' });
    expect(toRecord({ id: 7, isCompany: 'who knows', companyName: 'Acme' })).toMatchObject({ kind: 'COMPANY' });
  });

  test('numbers and flags written as text are read', () => {
    const record = toRecord(aPerson(7, { id: '7', isCompany: 'False', shareType: '2', canEdit: 1, taskCount: '3' }));

    expect(record).toMatchObject({ idInSource: '7', kind: 'PERSON', viewerCanEdit: true, taskSummary: { count: 3 } });
    expect(valueOr(record.access, null)?.shareType).toBe('READ');
  });

  test.each([
    [{ displayName: ' ', firstName: ' Anna', lastName: '' }, 'Anna'],
    [
      { displayName: '', firstName: '', lastName: '', commonData: [{ id: 1, infoType: 1, category: 1, data: 'a@b.example' }] },
      'a@b.example',
    ],
    [{ displayName: null, firstName: '', lastName: '' }, '7'],
  ])('a contact always has a name to show (%#)', (members, displayName) => {
    expect(toRecord(aPerson(7, members)).displayName).toBe(displayName);
  });

  test('infos and addresses without a value are left out, and unknown numbers are OTHER', () => {
    const record = toRecord(
      aPerson(7, {
        commonData: [
          { id: 1, infoType: 1, category: 1, data: '  ' },
          { id: 2, infoType: 99, category: 7, data: 'somewhere' },
          { id: 3, infoType: 17, category: 2, data: 'vk' },
        ],
        addresses: [{}, { city: '', street: ' ' }],
      }),
    );

    expect(record.contactInfos.map(({ type, category, value }) => [type, category, value])).toEqual([
      ['OTHER', 'OTHER', 'somewhere'],
      ['VK', 'OTHER', 'vk'],
    ]);
    expect(record.addresses).toEqual([]);
  });

  test('an address of another kind than http is not handed out', () => {
    const createBy = { id: '293bb997-28d8-4be0-8547-6eb50add1f3c', avatarSmall: 'javascript:alert(1)', profileUrl: 'data:text/html,x' };

    expect(valueOr(toRecord(aPerson(7, { createBy })).createdBy, null)?.known).toMatchObject({ avatarUrl: null, profileUrl: null });
  });

  test('the Guid of zeros is nobody', () => {
    expect(toRecord(aPerson(7, { createBy: { id: '00000000-0000-0000-0000-000000000000' } })).createdBy).toBeNull();
  });

  test('a mask that cannot be read leaves the options unknown and keeps the value', () => {
    const customFields = [{ entityId: 7, label: 'Segment', fieldValue: 'B', fieldType: 2, position: 3, mask: '["A"', id: 7 }];

    expect(toRecord(aPerson(7, { customFields })).customFields[0]).toMatchObject({
      field: { options: null },
      value: { kind: 'SELECT', options: [{ idInSource: '7/B', label: 'B' }] },
    });
  });

  test('a custom field of an unknown type keeps its text', () => {
    const customFields = [{ entityId: 7, label: '', fieldValue: 'x', fieldType: 42, position: 0, mask: '', id: 9 }];

    expect(toRecord(aPerson(7, { customFields })).customFields[0]).toMatchObject({
      field: { label: '9', type: 'OTHER', sourceType: '42', mask: null, options: null },
      text: 'x',
      value: { kind: 'TEXT', text: 'x' },
    });
  });
});

test('tags are one whatever their case, and keep the first spelling', () => {
  expect(toRecord(aPerson(7, { tags: [' VIP', 'vip', '', 'a,b'] })).tags).toEqual([
    { idInSource: 'vip', name: 'VIP', color: null },
    { idInSource: 'a,b', name: 'a,b', color: null },
  ]);
});
