import examples from 'libphonenumber-js/mobile/examples';
import { getCountries, getExampleNumber, type CountryCode } from 'libphonenumber-js/max';
import { describe, expect, test } from 'vitest';
import { phoneSpellings } from '../../../../../src/datasources/callgear/planning/contact-info-spelling.ts';
import { plannedContactInfos } from '../../../../../src/datasources/kommo/planning/plan-contact-info.ts';
import { toNeedles } from '../../../../../src/datasources/onlyoffice/planning/contact-info-needle.ts';
import { comparePhones, digitsOf, readPhones } from '../../../../../src/datasources/port/phone/phone.ts';
import { cpuMs } from '../../../../support/processes/cpu-time.ts';

/** As people write a number of their own country, and one of abroad. */
function spellingsOf(country: CountryCode): { national: string[]; international: string[] } {
  const example = getExampleNumber(country, examples);
  if (example === undefined) return { national: [], international: [] };
  const { number, nationalNumber, countryCallingCode: code } = example;
  const half = Math.ceil(nationalNumber.length / 2);
  const parted = `${nationalNumber.slice(0, half)}-${nationalNumber.slice(half)}`;
  return {
    national: [example.formatNational(), nationalNumber, parted, digitsOf(example.formatNational())],
    international: [
      number,
      number.slice(1),
      `00${number.slice(1)}`,
      example.formatInternational(),
      `+${code} (${parted.replace('-', ') ')}`,
      `${code} ${parted}`,
      `tel. ${example.formatInternational()}`,
      `${number} ext. 123`,
      `${example.formatInternational()} доб. 123`,
      `${number}, +12025550123`,
      `+12025550123 / ${example.formatInternational()}`,
    ],
  };
}

/** `stored LIKE '%needle%'` of digits that are parted by `%`. */
function isLike(stored: string, needle: string): boolean {
  return new RegExp(needle.replaceAll('%', '.*')).test(stored);
}

function isFoundByOnlyoffice(asked: string, stored: string, country: string | undefined): boolean {
  return toNeedles({ type: 'PHONE', value: asked, match: 'EXACT' }, country).some(({ data }) => isLike(stored, data));
}

function isFoundByKommo(asked: string, stored: string, country: string | undefined): boolean {
  const { queries } = plannedContactInfos([{ type: 'PHONE', value: asked, match: 'EXACT' }], country);
  return queries.some((query) => digitsOf(stored).includes(query));
}

const isFound = (asked: string, stored: string, country: string | undefined): boolean =>
  ['SAME', 'LIKELY'].includes(comparePhones(stored, asked, country)) &&
  isFoundByOnlyoffice(asked, stored, country) &&
  isFoundByKommo(asked, stored, country);

/** Numbers that the library's own tables take for another country's when they are written without `+`, or with a trunk prefix of the past. */
const pairs = getCountries().flatMap((country) => {
  const { national, international } = spellingsOf(country);
  const all = [...national, ...international];
  return all.flatMap((asked) => all.map((stored) => ({ country, asked, stored })));
});

describe('a sample of numbers over all countries, in fifteen spellings', () => {
  test('is found by each of them, from each of them, with its country as the default', () => {
    const missed = pairs.filter(({ country, asked, stored }) => !isFound(asked, stored, country));
    expect(pairs.length).toBeGreaterThan(40_000);
    expect(missed.map(({ country, asked, stored }) => `${country}: ${asked} | ${stored}`)).toEqual([]);
  }, 120_000);

  test('without a default country is found by its international spellings, and a national one is never said not to be it', () => {
    const wrong = getCountries().flatMap((country) => {
      const { national, international } = spellingsOf(country);
      const [asked] = international;
      if (asked === undefined) return [];
      const missed = international.filter((stored) => !isFound(asked, stored, undefined));
      const denied = national.filter((stored) => comparePhones(stored, asked, undefined) === 'DIFFERENT');
      return [...missed, ...denied].map((stored) => ({ country, asked, stored }));
    });
    expect(wrong.map(({ country, asked, stored }) => `${country}: ${asked} | ${stored}`)).toEqual([]);
  }, 60_000);

  test('is spelt for CallGear with its digits first', () => {
    for (const country of getCountries()) {
      const [number] = spellingsOf(country).international;
      if (number !== undefined) expect(phoneSpellings(number, country)).toContain(number.slice(1));
    }
  });
});

describe('a number that is stored otherwise', () => {
  test.each([
    [
      'a Brazilian mobile without its ninth digit',
      'BR',
      '+55 31 98765-4321',
      ['+55 31 8765-4321', '31 8765-4321', '553187654321', '(31) 98765-4321'],
    ],
    [
      'a Mexican mobile with the 1 of old',
      'MX',
      '+52 55 1234 5678',
      ['+52 1 55 1234 5678', '5215512345678', '044 55 1234 5678', '55 1234 5678'],
    ],
    [
      'an Argentine mobile without its 9, or with a 15',
      'AR',
      '+54 9 11 2345-6789',
      ['+54 11 2345-6789', '011 15-2345-6789', '11 2345-6789'],
    ],
    ['an Argentine mobile with a long area code', 'AR', '+54 9 2966 42-1234', ['+54 2966 42-1234', '02966 15-42-1234', '5492966421234']],
    [
      'two in one field',
      'RU',
      '+74951234567',
      ['+74957654321, +74951234567', '8 (495) 123-45-67; 8 (495) 765-43-21', '+74957654321 или +74951234567', '4957654321 4951234567'],
    ],
    [
      'one with an extension',
      'RU',
      '+74951234567',
      [
        '+7 (495) 123-45-67 доб. 12',
        '8 495 123-45-67 #12',
        '8 (495) 123-45-67 (вн. 12)',
        'tel:+74951234567;ext=12',
        '+7 495 123-45-67, 12',
      ],
    ],
    ['a national one', 'RU', '4951234567', ['74951234567', '8 (495) 123-45-67', '495 123-45-67', '+7 495 1234567']],
    ['one that is of two countries', 'RU', '4951234567', ['+49 51 234567', '+7 495 123-45-67']],
    ['one with brackets, dots and long dashes', 'US', '+12025550123', ['(202) 555.0123', '1–202–555–0123', '+1 (202) 555‑0123']],
    ['one with the 0 of home', 'GB', '+44 20 7946 0018', ['+44 (0)20 7946 0018', '020 7946 0018', '0044 20 79460018']],
  ] as const)('%s is found both ways, in each CRM', (_what, country, number, spellings) => {
    for (const stored of spellings) {
      expect([stored, isFound(number, stored, country)]).toEqual([stored, true]);
      expect([stored, isFound(stored, number, country)]).toEqual([stored, true]);
    }
  });

  test('is not found by another number, extension or landline', () => {
    const pairs = [
      ['+74951234567', '+74951234568', 'RU'],
      ['+74951234567 ext. 12', '+74951234567 ext. 13', 'RU'],
      ['+55 31 93456-7890', '+55 31 3456-7890', 'BR'],
      ['+7 495 123-45-67, +7 495 123-45-68', '+7 495 123-45-69', 'RU'],
      ['137120000000', '+37120000000', 'LV'],
    ] as const;
    for (const [one, other, country] of pairs) {
      expect([one, comparePhones(one, other, country)]).toEqual([one, 'DIFFERENT']);
      expect([one, comparePhones(other, one, country)]).toEqual([one, 'DIFFERENT']);
    }
  });
});

describe('whether a pair is certain', () => {
  test.each([
    ['SAME', '+7 495 123-45-67', '8 (495) 123-45-67', 'RU'],
    ['SAME', '+7 495 123-45-67 ext. 12', '8 (495) 123-45-67 доб. 12', 'RU'],
    // In Vietnam it is a number too.
    ['LIKELY', '84951234567', '+74951234567', 'RU'],
    ['SAME', '0037120000000', '+371 2000-0000', undefined],
    ['SAME', '+52 1 55 1234 5678', '+52 55 1234 5678', undefined],
    ['LIKELY', '4951234567', '+74951234567', 'RU'],
    ['LIKELY', '4951234567', '+4951234567', 'RU'],
    ['LIKELY', '4951234567', '4951234567', 'RU'],
    ['LIKELY', '37120000000', '+37120000000', undefined],
    ['LIKELY', '+55 31 8765-4321', '+55 31 98765-4321', undefined],
    ['LIKELY', '+54 11 2345-6789', '+54 9 11 2345-6789', undefined],
    ['LIKELY', '+7 495 123-45-67 ext. 12', '+7 495 123-45-67', undefined],
    ['UNKNOWN', '8 (495) 123-45-67', '+7 495 123-45-67', undefined],
    ['UNKNOWN', '123-45-67', '+7 495 123-45-67', undefined],
    ['SAME', '112', '112', undefined],
    ['DIFFERENT', '112', '+371 2000-0112', undefined],
    ['DIFFERENT', 'nobody', 'nothing', undefined],
  ] as const)('%s: %s and %s', (comparison, one, other, country) => {
    expect(comparePhones(one, other, country)).toBe(comparison);
    expect(comparePhones(other, one, country)).toBe(comparison);
  });
});

test('texts of any kind and length are read in no time', () => {
  const hostile = [
    '1'.repeat(120),
    '+'.repeat(120),
    '(1'.repeat(60),
    '1 '.repeat(60),
    'ext'.repeat(40),
    `+7495${' '.repeat(110)}x`,
    ',1'.repeat(60),
    `1${'a'.repeat(118)}1`,
    '9'.repeat(1_000_000),
  ];
  const tookMs = cpuMs(() => {
    for (const text of hostile)
      for (const country of [undefined, 'RU', 'ZZ', '']) expect(readPhones(text, country).numbers.length).toBeLessThan(10);
  });
  expect(tookMs).toBeLessThan(2_000);
});

test('a text is read once: five thousand phones of a list come from what was read before', () => {
  const texts = Array.from({ length: 5_000 }, (_, at) => `8 (495) ${1_000_000 + at * 37}`);
  const first = texts.map((text) => readPhones(text, 'RU'));
  expect(texts.filter((text, at) => readPhones(text, 'RU') !== first[at])).toEqual([]);
});

describe('a trunk prefix that a country has given up', () => {
  test.each<[CountryCode, string, string]>([
    ['UA', '8 (050) 123-45-67', '+380501234567'],
    ['UA', '80501234567', '+380501234567'],
    ['UZ', '8 90 123 45 67', '+998901234567'],
    ['GE', '8 555 12-34-56', '+995555123456'],
    ['AZ', '8 050 212 34 56', '+994502123456'],
  ])('is read in %s: %s finds %s both ways, and is never certain', (country, old, today) => {
    expect(readPhones(old, country).numbers).toMatchObject([{ e164: today, isCertain: false }]);
    const national = today.slice(4);
    for (const other of [today, national]) {
      expect([other, comparePhones(old, other, country), comparePhones(other, old, country)]).toEqual([other, 'LIKELY', 'LIKELY']);
      expect([other, isFound(old, other, country), isFound(other, old, country)]).toEqual([other, true, true]);
    }
  });

  test('leaves open what digits are where the country is not known', () => {
    const country = undefined;
    for (const text of ['8 (050) 123-45-67', '80501234567']) {
      expect(comparePhones(text, '+380501234567', country)).toBe('UNKNOWN');
      expect(comparePhones('+380501234567', text, country)).toBe('UNKNOWN');
      expect(isFoundByKommo(text, '+380501234567', country)).toBe(true);
    }
  });

  test('does not make one number of two that only share their last digits', () => {
    expect(comparePhones('80501234567', '+380671234567', 'UA')).toBe('DIFFERENT');
    expect(comparePhones('81501234567', '+380671234567', undefined)).toBe('DIFFERENT');
  });
});
