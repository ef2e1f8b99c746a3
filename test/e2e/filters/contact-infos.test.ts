import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectTruth, type TruthOptions } from '../../support/filters/expect-truth.ts';
import { internationalDigits, type AskedInfo } from '../../support/filters/filter-truth.ts';
import { startTestGateway, type SourceName, type TestGateway } from '../../support/gateway.ts';
import { storedContacts } from '../../support/filters/stored-contacts.ts';
import { ALL } from '../../support/sources.ts';

const SPELLINGS = ['+371 2000-0000', '371 20000000', '(371)20000000', '+37120000000', '0037120000000', '37120000000', '20000000'];
const EMAIL = 'ada.lovelace+crm@example.com';
const CASINGS = [EMAIL, EMAIL.toUpperCase(), 'Ada.Lovelace+Crm@Example.Com', 'Ada.lovelace+crm@example.com'];
/** With DEFAULT_COUNTRY=LV. */
const phoneKey = (phone: string) => internationalDigits(/^\d{4}\D*\d{4}$/.test(phone) ? `371${phone}` : phone);

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({
    population: { seed: 32, onlyoffice: 120, kommo: 150, callgear: 90 },
    environment: { DEFAULT_COUNTRY: 'LV' },
  });
  for (const spelling of SPELLINGS) addPerson(gateway, spelling);
});
afterAll(() => gateway[Symbol.asyncDispose]());

/** One person in each CRM, whose phone and e-mail are written like that. */
function addPerson({ onlyoffice, kommo, callgear }: TestGateway, phone: string): void {
  const ordinal = SPELLINGS.indexOf(phone);
  const email = CASINGS[ordinal % CASINGS.length] ?? EMAIL;
  onlyoffice.addContact({
    isCompany: false,
    firstName: 'Ada',
    lastName: phone,
    infos: [
      { type: 0, category: ordinal % 6, data: phone, isPrimary: ordinal % 2 === 0 },
      { type: 1, category: ordinal % 3, data: email, isPrimary: ordinal % 2 === 1 },
    ],
  });
  const sample = kommo.data.contacts.find(({ isTrashed }) => !isTrashed);
  if (sample === undefined) throw new Error('Kommo is empty.');
  const code = ['MOB', 'WORK', 'WORKDD', 'FAX', 'HOME', 'OTHER'][ordinal % 6];
  kommo.data.contacts.push({
    ...structuredClone(sample),
    id: 900_001 + ordinal,
    name: `Ada ${ordinal}`,
    first_name: 'Ada',
    last_name: String(ordinal),
    custom_fields_values: [
      {
        field_id: 7001,
        field_name: 'Phone',
        field_code: 'PHONE',
        field_type: 'multitext',
        values: [{ value: phone, enum_id: 1, enum_code: code }],
      },
      {
        field_id: 7003,
        field_name: 'Email',
        field_code: 'EMAIL',
        field_type: 'multitext',
        values: [{ value: email, enum_id: 2, enum_code: 'PRIV' }],
      },
      // Found by a search for the phone, and yet nobody's phone.
      { field_id: 7016, field_name: 'Notes', field_code: null, field_type: 'textarea', values: [{ value: `Not 1${phone}` }] },
    ],
  });
  callgear.contacts.push({
    id: 7_000_000_001 + ordinal,
    first_name: 'Ada',
    last_name: String(ordinal),
    patronymic: null,
    emails: [email],
    phone_numbers: [phone],
    personal_manager_id: null,
    organization_id: null,
    group_ids: [],
    refusesDeletion: null,
    personIndex: null,
  });
}

function ask(info: AskedInfo | readonly AskedInfo[], options: TruthOptions = {}) {
  return expectTruth(gateway, { contactInfos: [info].flat() }, { phoneKey, ...options });
}

const NOT_CALLGEAR = { callgear: ['CONTACT_INFO'] };

describe('a phone', () => {
  test.each(SPELLINGS)('%s finds every spelling of it in every CRM', async (value) => {
    const found = await ask({ type: 'PHONE', value });
    for (const source of ALL) {
      expect(found.idsOf(source).length).toBeGreaterThanOrEqual(SPELLINGS.length);
    }
  });

  test('that everyone has written down finds everyone who has it', async () => {
    for (const source of ['onlyoffice', 'callgear'] as const) {
      const phones = storedContacts(gateway, [source]).flatMap(({ infos }) => infos.filter(({ type }) => type === 'PHONE'));
      for (const { value } of phones.slice(0, 12)) await ask({ type: 'PHONE', value });
    }
  });

  test('may be written in ways that Kommo and CallGear miss, so their parts are never said to be complete', async () => {
    const { pages, reportsOf } = await ask({ type: 'PHONE', value: SPELLINGS[0] ?? '' });
    const isComplete = (source: SourceName) => reportsOf(source)[0]?.isComplete;
    expect([isComplete('onlyoffice'), isComplete('kommo'), isComplete('callgear')]).toEqual([true, false, false]);
    expect(pages[0]).toMatchObject({ isComplete: false, totalCount: null });
  });

  test('is not found in a note', async () => {
    const found = await ask({ type: 'PHONE', value: '137120000000' });
    expect(found.idsOf('kommo')).toEqual([]);
  });

  test('is found by any of several, in one question', async () => {
    await ask([
      { type: 'PHONE', value: '+371 2000 0001' },
      { type: 'PHONE', value: '20000000' },
      { type: 'EMAIL', value: EMAIL },
      { type: 'PHONE', value: '112' },
    ]);
  });
});

describe('an e-mail address', () => {
  test.each([...CASINGS, ` ${EMAIL} `, 'ADA.lovelace+CRM@EXAMPLE.com'])('%s is found in any case', async (value) => {
    const { pages, idsOf, reportsOf } = await ask({ type: 'EMAIL', value });
    expect(idsOf('callgear')).toHaveLength(SPELLINGS.length);
    expect(pages[0]?.isComplete).toBe(false);
    expect(reportsOf('callgear')[0]?.isComplete).toBe(false);
    expect(reportsOf('onlyoffice')[0]?.isComplete).toBe(true);
  });

  test('with wildcards in it finds itself and nothing else', async () => {
    expect((await ask({ type: 'EMAIL', value: '100%_SURE\\@percent.example' })).idsOf('onlyoffice')).toHaveLength(1);
    expect((await ask({ type: 'EMAIL', value: '100__sure\\@percent.example' })).idsOf('onlyoffice')).toHaveLength(0);
    expect((await ask({ type: 'EMAIL', value: '%' })).pages[0]?.nodes).toEqual([]);
    expect((await ask({ type: 'EMAIL', value: '_%@%' })).pages[0]?.nodes).toEqual([]);
  });

  test('with quotes, commas and accents in it is found', async () => {
    expect((await ask({ type: 'EMAIL', value: '"quoted, comma" <QUOTED@corner.example>' })).idsOf('onlyoffice')).toHaveLength(1);
    expect((await ask({ type: 'EMAIL', value: 'rené@corner.example' })).idsOf('onlyoffice')).toHaveLength(1);
    expect((await ask({ type: 'EMAIL', value: 'rene@corner.example' })).idsOf('onlyoffice')).toHaveLength(0);
    expect((await ask({ type: 'EMAIL', value: 'quote"back\\slash@example.com' })).idsOf('callgear')).toHaveLength(1);
  });
});

describe('category and primary mark', () => {
  test.each(['HOME', 'WORK', 'MOBILE', 'FAX', 'DIRECT', 'OTHER'])('a %s phone is found where the CRM has categories', async (category) => {
    await ask({ type: 'PHONE', value: '20000000', category }, { skipped: NOT_CALLGEAR });
    await ask({ type: 'PHONE', value: '(371)20000000', category }, { skipped: NOT_CALLGEAR });
  });

  test.each(['HOME', 'WORK', 'OTHER'])('a %s e-mail address is found where the CRM has categories', async (category) => {
    await ask({ type: 'EMAIL', value: EMAIL, category }, { skipped: NOT_CALLGEAR });
  });

  test('a category that a type cannot have is nobody’s', async () => {
    const { pages } = await ask({ type: 'EMAIL', value: EMAIL, category: 'MOBILE' }, { skipped: NOT_CALLGEAR });
    expect(pages[0]?.nodes).toEqual([]);
  });

  test.each([true, false])('isPrimary: %s is known to ONLYOFFICE alone', async (isPrimary) => {
    const skipped = { ...NOT_CALLGEAR, kommo: ['CONTACT_INFO'] };
    await ask({ type: 'PHONE', value: '20000000', isPrimary }, { skipped });
    await ask({ type: 'EMAIL', value: EMAIL, isPrimary, category: 'WORK' }, { skipped });
  });
});

describe('CONTAINS', () => {
  const skipped = { callgear: ['CONTACT_INFO_CONTAINS'] };

  test.each(['20000000', '2000-00', '+371 2000', 'example.com', '@EXAMPLE', 'lovelace+', '%', '_', '\\', '"', '@', 'é'])(
    '%s',
    async (value) => {
      const { pages } = await ask(
        { type: /^[+\d\s-]+$/.test(value) ? 'PHONE' : 'EMAIL', value, match: 'CONTAINS' },
        { skipped, mayMiss: ['kommo'] },
      );
      expect(pages[0]?.isComplete).toBe(false);
    },
  );

  test('goes together with EXACT', async () => {
    await ask(
      [
        { type: 'EMAIL', value: 'lovelace', match: 'CONTAINS' },
        { type: 'PHONE', value: '112' },
      ],
      { skipped },
    );
  });
});

describe('other infos', () => {
  const skipped = { kommo: ['CONTACT_INFO'], ...NOT_CALLGEAR };

  test('messengers and networks are found where the CRM has them', async () => {
    await ask({ type: 'SKYPE', value: 'LIVE:prado.ana' }, { skipped: NOT_CALLGEAR });
    await ask({ type: 'JABBER', value: 'ana@jabber.example' }, { skipped: NOT_CALLGEAR });
    await ask({ type: 'VK', value: 'EVERY-17' }, { skipped: NOT_CALLGEAR });
    await ask({ type: 'WEBSITE', value: 'https://every.example/?a=1&b="2"' }, { skipped: NOT_CALLGEAR });
    await ask({ type: 'GTALK', value: 'nobody' }, { skipped: NOT_CALLGEAR });
    await ask({ type: 'OTHER', value: '@anaprado' }, { skipped: NOT_CALLGEAR });
    await ask({ type: 'SKYPE', value: 'walk.in', category: 'HOME' }, { skipped });
  });

  test.each([
    'Rīga',
    'riga',
    'LV-1021',
    'Latvia',
    'Jūrmala',
    '18 "The" \\ Mews',
    'city',
    'street',
    ':',
    '{',
    'São Paulo',
    'Rua Augusta 1, Apto 12',
    'Invalidenstraße 1, 10115 Berlin',
  ])('an address is found by its part %s', async (value) => {
    await ask({ type: 'ADDRESS', value }, { skipped: NOT_CALLGEAR });
  });

  test.each(['iga', '"The"', 'Mews', 'LV-', 'ity', '%'])('an address is found by %s in it', async (value) => {
    await ask({ type: 'ADDRESS', value, match: 'CONTAINS' }, { skipped: { callgear: ['CONTACT_INFO_CONTAINS'] } });
  });

  test('an address is found by its category and its primary mark', async () => {
    await ask({ type: 'ADDRESS', value: 'Latvia', category: 'BILLING' }, { skipped });
    await ask({ type: 'ADDRESS', value: 'Latvia', category: 'HOME' }, { skipped });
    await ask({ type: 'ADDRESS', value: 'Latvia', category: 'WORK', isPrimary: true }, { skipped });
  });
});
