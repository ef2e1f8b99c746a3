import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { toCompany, toContact } from '../../../../../src/datasources/callgear/mapping/contact.ts';
import { toGroup, toUser } from '../../../../../src/datasources/callgear/mapping/reference.ts';
import { callgearListResult } from '../../../../../src/datasources/callgear/wire-types.ts';
import type { ContactRecord } from '../../../../../src/datasources/port/records/contact.ts';
import { plain, wireRow } from '../../../../support/read-record.ts';

const context = { source: 'callgear', defaultCountry: undefined };

async function firstContactOf(fixture: string): Promise<ContactRecord> {
  const body: { result: unknown } = JSON.parse(
    await readFile(new URL(`../../../../fixtures/callgear/${fixture}`, import.meta.url), 'utf8'),
  );
  return mapped(callgearListResult.parse(body.result).data?.[0]);
}

function rowOf(raw: unknown) {
  const { wire, damage } = wireRow(raw, 'callgear');
  return { row: { wire, bytes: 500, id: wire.at('id').requiredId() }, damage };
}

/** All members of a contact, read. */
function mapped(raw: unknown, defaultCountry?: string): ContactRecord {
  return plain(toContact(rowOf(raw).row, { source: 'callgear', defaultCountry }));
}

describe('a contact of CallGear', () => {
  it('fills every field that CallGear has', async () => {
    const contact = await firstContactOf('contacts.all-fields.json');

    expect(contact).toMatchObject({
      source: 'callgear',
      entity: 'contact',
      kind: 'PERSON',
      idInSource: '6152759362',
      displayName: "O'Brien Siobhán Aoife",
      firstName: 'Siobhán',
      lastName: "O'Brien",
      patronymic: 'Aoife',
      company: { entity: 'company', idInSource: '4300000001', displayName: 'Northwind' },
      responsible: { idInSource: '77', known: { displayName: 'Kalnina Ilze' } },
      groups: [
        { idInSource: '5', name: 'Suppliers' },
        { idInSource: '4294967299', name: '4294967299' },
      ],
    });
  });

  it('keeps phones and e-mails as stored, drops empty ones, and reads digits as an international number', async () => {
    const { contactInfos } = await firstContactOf('contacts.all-fields.json');

    expect(contactInfos.map(({ type, value, normalizedValue }) => [type, value, normalizedValue])).toEqual([
      ['PHONE', '37120000000', '+37120000000'],
      ['PHONE', '+442071838750', '+442071838750'],
      ['PHONE', '112', null],
      ['EMAIL', 'Siobhan.OBrien@Example.com', 'siobhan.obrien@example.com'],
      ['EMAIL', 's@example.org', 's@example.org'],
    ]);
    for (const info of contactInfos) expect(info).toMatchObject({ idInSource: null, category: null, categoryName: null, isPrimary: null });
  });

  it('says what CallGear does not have: null for one, an empty list for many, and asks for nothing further', async () => {
    const contact = await firstContactOf('contacts.one-row.json');

    expect(contact).toMatchObject({ company: null, responsible: null, url: null, viewerCanEdit: null, viewerCanDelete: null });
    expect(contact).toMatchObject({ createdAt: null, updatedAt: null, tags: [], leadIds: [], catalogElements: [], customFields: [] });
    expect(Object.entries(contact).filter(([, value]) => value === undefined)).toEqual([]);
  });

  it('is named by first and last name, else e-mail, else phone, else id when it has no full name', () => {
    expect(mapped({ id: 1, full_name: '  ', first_name: 'Anna', last_name: 'Ivanova' }).displayName).toBe('Anna Ivanova');
    expect(mapped({ id: 1, emails: ['a@example.com'], phone_numbers: ['37120000000'] }).displayName).toBe('a@example.com');
    expect(mapped({ id: 1, full_name: null, emails: [], phone_numbers: ['37120000000'] }).displayName).toBe('37120000000');
    expect(mapped({ id: 1, full_name: '' }).displayName).toBe('1');
  });

  it('reads a phone without country code only where a country is given', () => {
    const row = { id: 1, phone_numbers: ['20000000'] };
    expect(mapped(row).contactInfos[0]?.normalizedValue).toBeNull();
    expect(mapped(row, 'LV').contactInfos[0]?.normalizedValue).toBe('+37120000000');
  });

  it('takes ids and numbers as numbers or as text', () => {
    expect(mapped({ id: '6152759362', personal_manager_id: '', organization_id: '12', phone_numbers: [37120000000] })).toMatchObject({
      idInSource: '6152759362',
      responsible: null,
      company: { idInSource: '12', displayName: undefined },
      contactInfos: [{ value: '37120000000' }],
    });
  });

  it.each([
    [{ first_name: {} }, 'firstName', '$.first_name'],
    [{ patronymic: ['x'] }, 'patronymic', '$.patronymic'],
    [{ organization_id: -5 }, 'company', '$.organization_id'],
    [{ organization_id: 1e21 }, 'company', '$.organization_id'],
    [{ personal_manager_id: 'nobody' }, 'responsible', '$.personal_manager_id'],
  ] as const)('has an error for a member that cannot be read, and all the others: %j', (members, member, path) => {
    const { row, damage } = rowOf({ id: 1, full_name: 'Anna', emails: ['a@example.com'], ...members });
    const contact = plain(toContact(row, context));
    expect(contact[member]).toMatchObject({ code: 'BAD_RESPONSE', source: 'callgear' });
    expect(contact).toMatchObject({ displayName: 'Anna', contactInfos: [{ value: 'a@example.com' }], damaged: new Set([member]) });
    expect(damage).toEqual([path]);
  });

  it.each<[object, object, string[]]>([
    [{ groups: [null, { group_id: 5, group_name: 'VIP' }] }, { groups: [{ idInSource: '5', name: 'VIP' }] }, ['$.groups[0]']],
    [{ groups: [{ group_id: null }, { group_id: 5 }] }, { groups: [{ idInSource: '5', name: '5' }] }, ['$.groups[0].group_id']],
    [{ groups: [{ group_id: -7, group_name: 'x' }] }, { groups: [] }, ['$.groups[0].group_id']],
    [{ groups: [{ group_id: 7, group_name: {} }] }, { groups: [] }, ['$.groups[0].group_name']],
    [{ groups: [17] }, { groups: [] }, ['$.groups[0]']],
    [{ groups: 'VIP' }, { groups: [] }, ['$.groups']],
    [{ phone_numbers: [{ number: '1' }, '112'] }, { contactInfos: [{ value: '112' }] }, ['$.phone_numbers[0]']],
    [{ phone_numbers: {}, emails: [true, 'b@example.com'] }, { contactInfos: [{ value: 'b@example.com' }] }, ['$.emails[0]']],
    [{ phone_numbers: '112', emails: ['b@example.com'] }, { contactInfos: [{ value: 'b@example.com' }] }, ['$.phone_numbers']],
  ])('leaves out what cannot be read of a list, and nothing else: %j', (members, expected, paths) => {
    const { row, damage } = rowOf({ id: 1, full_name: 'Anna', ...members });
    expect(plain(toContact(row, context))).toMatchObject({ displayName: 'Anna', ...expected });
    expect(damage).toEqual(paths);
  });

  it('is named by what else it has when its full name cannot be read, and says so', () => {
    const { row, damage } = rowOf({ id: 1, full_name: {}, first_name: 'Anna', last_name: 7 });
    expect(plain(toContact(row, context))).toMatchObject({ displayName: 'Anna 7', damaged: new Set(['displayName']) });
    expect(damage).toEqual(['$.full_name']);
  });

  it('reads lists as maps, and "", false and [] as nothing, without damage', () => {
    const { row, damage } = rowOf({
      id: '1',
      full_name: false,
      first_name: '',
      patronymic: [],
      phone_numbers: { 0: '37120000000', 2: 112 },
      emails: false,
      personal_manager_id: false,
      organization_id: 0,
      groups: { 0: { group_id: '5', group_name: 'VIP' } },
    });
    expect(plain(toContact(row, context))).toMatchObject({
      displayName: '37120000000',
      firstName: null,
      patronymic: null,
      contactInfos: [{ value: '37120000000' }, { value: '112' }],
      responsible: null,
      company: null,
      groups: [{ idInSource: '5', name: 'VIP' }],
      damaged: new Set(),
    });
    expect(damage).toEqual([]);
  });

  it('reads a member when it is asked for, and no phone number before', () => {
    const { row, damage } = rowOf({ id: 1, full_name: 'Anna', first_name: {}, groups: [null], phone_numbers: ['37120000000'] });
    const contact = toContact(row, context);
    expect([contact.displayName, damage]).toEqual(['Anna', []]);
    const [phone = {}] = contact.contactInfos;
    expect(Object.hasOwn(phone, 'normalizedValue')).toBe(false);
  });
});

describe('a company, a group and a user of CallGear', () => {
  it('has a name, or at least its id', () => {
    const company = (raw: object) => plain(toCompany(rowOf(raw).row, context));
    expect(company({ id: 5, name: ' Northwind ' })).toMatchObject({ entity: 'company', kind: 'COMPANY', displayName: 'Northwind' });
    expect(company({ id: 5, name: null }).displayName).toBe('5');
    expect(company({ id: 5, name: {} })).toMatchObject({ displayName: '5', damaged: new Set(['displayName']) });
    expect(toGroup(rowOf({ id: 7, name: '' }).row)).toEqual({ idInSource: '7', name: '7' });
  });

  it('takes the user from the employee', () => {
    expect(toUser(rowOf({ id: '7', full_name: 'Kalnina Ilze', email: 'ilze@example.com' }).row)).toEqual({
      idInSource: '7',
      displayName: 'Kalnina Ilze',
      email: 'ilze@example.com',
      jobTitle: null,
      avatarUrl: null,
      profileUrl: null,
      group: null,
    });
    expect(toUser(rowOf({ id: 7, full_name: {}, first_name: 'Ilze', email: [] }).row)).toMatchObject({ displayName: 'Ilze', email: null });
    expect(toUser(rowOf({ id: 7, full_name: {}, email: {} }).row)).toMatchObject({
      displayName: { code: 'BAD_RESPONSE' },
      email: { code: 'BAD_RESPONSE' },
    });
  });
});
