import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { ALL } from '../../support/sources.ts';
import { PHONE_SEARCH, type PhoneSearch } from '../../support/filters/phone-search.ts';

/** Spellings of one number each; all of a kind find all of it. */
const KINDS = {
  national: {
    country: 'RU',
    spellings: ['74951234567', '8 (495) 123-45-67', '495 123-45-67', '4951234567', '+7 495 123-45-67'],
  },
  'of two countries': { country: 'RU', spellings: ['4951234567', '+49 51 234567'] },
  'with an extension': {
    country: 'RU',
    spellings: ['+7 812 123-45-67', '+7 (812) 123-45-67 доб. 12', '8 (812) 123-45-67 (12)'],
  },
  'two in a field': {
    country: 'RU',
    spellings: ['+73431234567', '+73437654321, +73431234567', '8 (343) 123-45-67; 8 (343) 000-11-22'],
  },
  Brazilian: { country: 'BR', spellings: ['+55 31 98765-4321', '+55 31 8765-4321', '553187654321', '(31) 98765-4321'] },
  Mexican: { country: 'MX', spellings: ['+52 55 1234 5678', '+52 1 55 1234 5678', '5215512345678', '55 1234 5678'] },
  Argentine: { country: 'AR', spellings: ['+54 9 11 2345-6789', '+54 11 2345-6789', '011 15-2345-6789', '5491123456789'] },
} as const;

/** One person with the phone in each CRM. */
function addPerson({ onlyoffice, kommo, callgear }: TestGateway, phone: string, ordinal: number): void {
  onlyoffice.addContact({
    isCompany: false,
    firstName: 'Ada',
    lastName: phone,
    infos: [{ type: 0, category: 1, data: phone, isPrimary: true }],
  });
  const sample = kommo.data.contacts.find(({ isTrashed }) => !isTrashed);
  if (sample === undefined) throw new Error('Kommo is empty.');
  const field = { field_id: 7001, field_name: 'Phone', field_code: 'PHONE', field_type: 'multitext' };
  kommo.data.contacts.push({
    ...structuredClone(sample),
    id: 900_001 + ordinal,
    name: `Ada ${ordinal}`,
    custom_fields_values: [{ ...field, values: [{ value: phone, enum_id: 1, enum_code: 'WORK' }] }],
  });
  callgear.contacts.push({
    id: 7_000_000_001 + ordinal,
    first_name: 'Ada',
    last_name: String(ordinal),
    patronymic: null,
    emails: [],
    phone_numbers: [phone],
    personal_manager_id: null,
    organization_id: null,
    group_ids: [],
    refusesDeletion: null,
    personIndex: null,
  });
}

describe.each(Object.entries(KINDS))('a phone %s', (_kind, { country, spellings }) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({
      population: { seed: 41, onlyoffice: 20, kommo: 20, callgear: 20 },
      environment: { DEFAULT_COUNTRY: country },
    });
    spellings.forEach((spelling, ordinal) => addPerson(gateway, spelling, ordinal));
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  test.each([...spellings])('asked as %s finds each spelling in each CRM, or says that it may have missed one', async (value) => {
    const { contacts } = await gateway.ask<PhoneSearch>(PHONE_SEARCH, { value });
    for (const source of ALL) {
      const found = new Set(
        contacts.nodes.filter((node) => node.source.name === source).flatMap(({ phones }) => phones.map((phone) => phone.value)),
      );
      const report = contacts.sourceReports.find((one) => one.source.name === source);
      expect(report?.status).toBe('OK');
      for (const spelling of spellings) {
        // CallGear stores digits with the country code; what else may be there can be listed only in part.
        const mayMiss = source === 'callgear' && !/^\d+$/.test(spelling);
        if (mayMiss && !found.has(spelling)) expect([source, spelling, report?.isComplete]).toEqual([source, spelling, false]);
        else expect([source, spelling, found.has(spelling)]).toEqual([source, spelling, true]);
      }
    }
  });
});

/** Whether a spelling says its country; others are read as numbers of the default country. */
const isInternational = (spelling: string) => /^\+|^\d{12,}$/.test(spelling);

describe.each(['', 'RU'])('phones of all kinds, with the default country %j,', (country) => {
  let gateway: TestGateway;
  const kinds = Object.entries(KINDS).map(([name, kind]): [string, string[]] => [
    name,
    kind.spellings.filter((spelling) => country === '' || country === kind.country || isInternational(spelling)),
  ]);
  const spellings = kinds.flatMap(([, ofKind]) => ofKind);
  beforeAll(async () => {
    gateway = await startTestGateway({
      population: { seed: 41, onlyoffice: 20, kommo: 20, callgear: 20 },
      environment: { DEFAULT_COUNTRY: country },
    });
    spellings.forEach((spelling, ordinal) => addPerson(gateway, spelling, ordinal));
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  test.each(kinds)('%s: each spelling finds the others, or the report says that it may have missed one', async (_, ofKind) => {
    // Two national numbers at once, of a country that is not known, are no question.
    for (const value of ofKind.filter((spelling) => country !== '' || !spelling.includes(';'))) {
      const { contacts } = await gateway.ask<PhoneSearch>(PHONE_SEARCH, { value });
      for (const source of ALL) {
        const found = new Set(
          contacts.nodes.filter((node) => node.source.name === source).flatMap(({ phones }) => phones.map((phone) => phone.value)),
        );
        const report = contacts.sourceReports.find((one) => one.source.name === source);
        const missed = ofKind.filter((spelling) => !found.has(spelling));
        expect([source, value, found.has(value) || report?.isComplete === false]).toEqual([source, value, true]);
        if (missed.length > 0) expect([source, value, missed, report?.isComplete]).toEqual([source, value, missed, false]);
      }
    }
  });
});
