import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { toCompany, toContact, toUser } from '../../../../../src/datasources/callgear/mapping/contact.ts';
import { callgearContact, callgearListResult } from '../../../../../src/datasources/callgear/wire-types.ts';
import type { ContactRecord } from '../../../../../src/datasources/port/records.ts';

const context = { source: 'callgear', defaultCountry: undefined };

async function firstContactOf(fixture: string): Promise<ContactRecord> {
  const body: { result: unknown } = JSON.parse(
    await readFile(new URL(`../../../../fixtures/callgear/${fixture}`, import.meta.url), 'utf8'),
  );
  return mapped(callgearListResult.parse(body.result).data[0]);
}

function mapped(row: unknown, defaultCountry?: string): ContactRecord {
  return toContact(callgearContact.parse(row), { source: 'callgear', defaultCountry });
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

  it.each([{}, { id: null }, { id: -1 }, { id: 1.5 }, { id: 'abc' }, { id: 1, groups: [{ group_name: 'x' }] }, { id: 1, first_name: {} }])(
    'is odd when it does not fit the contract: %j',
    (row) => {
      expect(callgearContact.safeParse(row).success).toBe(false);
    },
  );
});

describe('a company and a user of CallGear', () => {
  it('has a name, or at least its id', () => {
    expect(toCompany({ id: '5', name: ' Northwind ' }, context)).toMatchObject({
      entity: 'company',
      kind: 'COMPANY',
      displayName: 'Northwind',
    });
    expect(toCompany({ id: '5', name: null }, context).displayName).toBe('5');
  });

  it('takes the user from the employee', () => {
    expect(toUser({ id: '7', full_name: 'Kalnina Ilze', email: 'ilze@example.com' })).toEqual({
      idInSource: '7',
      displayName: 'Kalnina Ilze',
      email: 'ilze@example.com',
      jobTitle: null,
      avatarUrl: null,
      profileUrl: null,
      group: null,
    });
  });
});
