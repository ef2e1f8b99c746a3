import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchOf } from '../../../../src/federation/identity/match.ts';
import { compareNames } from '../../../../src/federation/identity/name-relation.ts';
import { nameWords } from '../../../../src/federation/identity/name-words.ts';
import { groupsOf, hashed, joinedOf, sharedAmong, type TestPerson } from './people.ts';

const relation = (one: string, other: string) => compareNames(hashed({ id: '1', name: one }).name, hashed({ id: '2', name: other }).name);
const confidence = (one: Omit<TestPerson, 'id'>, other: Omit<TestPerson, 'id'>, ...others: readonly TestPerson[]) => {
  const pair = [hashed({ id: '1', ...one }), hashed({ id: '2', ...other })] as const;
  return matchOf(...pair, sharedAmong([...pair, ...others.map((person) => hashed(person))]))?.confidence ?? null;
};

describe('names', () => {
  test.each([
    ['Anna Weber', 'Weber Anna'],
    ['Anna Weber', 'ANNA WEBER'],
    ['Anna Maria Weber', 'Anna Weber'],
    ['A. Weber', 'Anna Weber'],
    ['Dr. Jürgen Müller', 'Juergen Mueller'],
    ['Zoé Léger', 'Zoe Leger'],
    ['Юлия Щербакова', 'Julia Scherbakova'],
    ['Юлия Щербакова', 'Yulia Shcherbakova'],
    ['Сергей Хохлов', 'Sergey Khokhlov'],
    ['Дмитрий Кузнецов', 'Dmitry Kuznetsov'],
    ['Пётр Ильич Соловьёв', 'Соловьев Петр'],
    ['Jean-Luc O’Brien', 'Jean Luc OBrien'],
    ['Χρήστος Παπαδόπουλος', 'Christos Papadopoulos'],
    ['ΕΛΕΝΗ ΕΥΑΓΓΕΛΟΥ', 'Evangelou, Eleni'],
    ['Αγγελική Μπουλντάκη', 'Angeliki Boulntaki'],
    ['Μαρία Λευτέρη', 'Мария Lefteri'],
    ['ნინო გელაშვილი', 'Nino Gelashvili'],
    ['Արամ Սարգսյան', 'Aram Sargsyan'],
    ['Գուրգեն Հակոբյան', 'Gurgen Hakobyan'],
    ['דָּוִד כֹּהֵן', 'כהן דוד'],
    ['مُحَمَّد علي', 'علي محمد'],
    ['محـمد الحسن', 'محمد الحسن'],
  ])('%s fits %s', (one, other) => {
    expect(relation(one, other)).toBe('FITS');
    expect(relation(other, one)).toBe('FITS');
  });

  test.each([
    ['Anna Weber', 'Anna Schmidt', 'DIFFERS'],
    ['Anna Weber', 'Bernd Weber', 'DIFFERS'],
    ['B. Weber', 'Anna Weber', 'DIFFERS'],
    ['Anna Weber', 'Bernd Schmidt', 'CONTRADICTS'],
    // A father's name is no name in common.
    ['Анна Ивановна Вебер', 'Пётр Иванович Сидоров', 'CONTRADICTS'],
    ['Пётр Ильич Соловьёв', 'Иван Ильич Сидоров', 'CONTRADICTS'],
    ['Anna', 'Bernd Schmidt', 'DIFFERS'],
    ['+49 151 1234567', 'Anna Weber', 'MISSING'],
    ['', '', 'MISSING'],
    // One letter of four may be another, two may not.
    ['Paul Rtes', 'Anna Rtez', 'DIFFERS'],
    ['Paul Rtes', 'Anna Rzez', 'CONTRADICTS'],
    // Vowels that are not written may be any: that is too little to fit, and enough not to contradict.
    ['דוד כהן', 'David Cohen', 'DIFFERS'],
    ['יוסף מזרחי', 'Yosef Mizrahi', 'DIFFERS'],
    ['محمد علي', 'Mohammed Ali', 'DIFFERS'],
    ['أحمد حسن', 'Ahmed Hassan', 'DIFFERS'],
    ['فاطمه رضایی', 'Fatemeh Rezaei', 'DIFFERS'],
    ['محمد علي', 'محمود علي', 'DIFFERS'],
    ['محمد علي', 'Peter Fox', 'CONTRADICTS'],
    ['שרה לוי', 'Anna Kuznetsova', 'CONTRADICTS'],
    ['Χρήστος Παπαδόπουλος', 'Anna Weber', 'CONTRADICTS'],
    // Each initial stands for one word, whichever is looked at first.
    ['A. Anna Weber', 'A. Albert Weber', 'FITS'],
    ['A. Anna Weber', 'Alma Albert Weber', 'DIFFERS'],
  ])('%s and %s: %s', (one, other, expected) => {
    expect(relation(one, other)).toBe(expected);
    expect(relation(other, one)).toBe(expected);
  });

  test.each([
    ['Christos Papadopoulos', 'Χρήστος Παπαδόπουλος'],
    ['Aram Sargsyan', 'Արամ Սարգսյան'],
  ])('%s on a phone of their own is %s for certain', (one, other) => {
    expect(confidence({ name: one, phones: ['+491511234567'] }, { name: other, phones: ['+491511234567'] })).toBe('CERTAIN');
  });

  test('a name without vowels is no proof: one phone may be that of brothers', () => {
    const phones = ['+491511234567'];
    expect(confidence({ name: 'محمد علي', phones }, { name: 'Mahmoud Ali', phones })).toBe('POSSIBLE');
    expect(confidence({ name: 'محمد علي', emails: ['m@x.example'] }, { name: 'Mohammed Ali', emails: ['m@x.example'] })).toBe('LIKELY');
  });

  test('any text gives at most nine words, sorted, and the same again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        const words = nameWords(text);
        expect(words.length).toBeLessThanOrEqual(9);
        expect(words).toEqual([...new Set(words)].sort());
        expect(nameWords(text)).toEqual(words);
      }),
    );
  });

  test('a name of a million marks is read at once', () => {
    const begun = performance.now();
    nameWords(`A${'\u0301\u0327'.repeat(500_000)}`);
    expect(performance.now() - begun).toBeLessThan(500);
  });
});

describe('two contacts', () => {
  const phones = ['+4915112345678'];
  const emails = ['anna@weber.example'];

  test.each([
    ['a phone and a name that fits', { name: 'Anna Weber', phones }, { name: 'Weber Anna', phones }, 'CERTAIN'],
    ['an e-mail address and a name that fits', { name: 'Anna Weber', emails }, { name: 'A. Weber', emails }, 'CERTAIN'],
    ['a phone and an e-mail address', { name: 'Anna Weber', phones, emails }, { name: 'Anna Schmidt', phones, emails }, 'CERTAIN'],
    ['an e-mail address under another name', { name: 'Anna Weber', emails }, { name: 'Anna Schmidt', emails }, 'LIKELY'],
    ['a phone where one has no name', { name: 'Anna Weber', phones }, { phones }, 'LIKELY'],
    ['a phone under another name', { name: 'Anna Weber', phones }, { name: 'Paul Weber', phones }, 'POSSIBLE'],
    [
      'a role mailbox under one name',
      { name: 'Anna Weber', emails: ['info@x.example'] },
      { name: 'Anna Weber', emails: ['INFO@x.example'] },
      'POSSIBLE',
    ],
    [
      'a role mailbox under two names',
      { name: 'Anna Weber', emails: ['info@x.example'] },
      { name: 'Paul Abt', emails: ['info@x.example'] },
      null,
    ],
    ['a free-phone number', { name: 'Anna Weber', phones: ['+18005551234'] }, { name: 'Anna Abt', phones: ['+18005551234'] }, null],
    ['a key of the setting', { name: 'Anna Weber', emails: ['all@example.com'] }, { name: 'Anna Abt', emails: ['all@example.com'] }, null],
    [
      'a mailbox of the setting',
      { name: 'Anna Weber', emails: ['kitchen@a.example'] },
      { name: 'Anna Abt', emails: ['kitchen@a.example'] },
      null,
    ],
    ['a name alone', { name: 'Anna Weber' }, { name: 'Anna Weber' }, null],
    ['plus addresses', { name: 'Anna Weber', emails: ['a+x@b.example'] }, { name: 'Anna Weber', emails: ['a+y@b.example'] }, null],
    ['a company and a person', { name: 'Weber', kind: 'COMPANY' as const, emails }, { name: 'Weber', emails }, null],
  ])('with %s in common are %#', (_what, one, other, expected) => {
    expect(confidence(one, other)).toBe(expected);
    expect(confidence(other, one)).toBe(expected);
  });

  test('that a company shares its number with, or that two others have it, are not joined by it', () => {
    const one = { name: 'Anna Weber', phones };
    const other = { phones };
    expect(confidence(one, other, { id: '3', name: 'Weber GmbH', kind: 'COMPANY', phones })).toBe(null);
    expect(confidence(one, other, { id: '3', name: 'Paul Abt', phones }, { id: '4', name: 'Ida Ohm', phones })).toBe(null);
    // Spellings of one name are one.
    expect(confidence(one, other, { id: '3', name: 'Anna', phones }, { id: '4', name: 'A. Weber', phones })).toBe('LIKELY');
  });
});

describe('persons', () => {
  test('300 strangers on one mailbox and one reception number are 300 persons', () => {
    const people = Array.from({ length: 300 }, (_, index) => ({
      id: String(index),
      name: `First${letters(index)} Last${letters(index * 7 + 1)}`,
      phones: ['+49301234567'],
      emails: ['info@company.example'],
    }));

    expect(joinedOf(people)).toEqual([]);
  });

  test('two families that one phone chains are not one person, and the link that was cut is counted', () => {
    const people = [
      { id: '1', name: 'Anna Weber', phones: ['+4915112345678'], emails: ['a@x.example'] },
      { id: '2', phones: ['+4915112345678'], emails: ['b@x.example'] },
      { id: '3', name: 'Paul Abt', emails: ['b@x.example'] },
    ];
    const groups = groupsOf(people);

    expect(joinedOf(people)).toHaveLength(1);
    expect(groups.every(({ members }) => !(members.includes('a:contact:1') && members.includes('a:contact:3')))).toBe(true);
    expect(Math.max(...groups.map(({ cutLinks }) => cutLinks))).toBe(1);
  });

  test.each([
    ['a contact without a name', ''],
    ['the name of the family', 'Weber'],
    ['an initial that fits both', 'A. Weber'],
  ])('relatives on one phone are not one person by %s', (_what, name) => {
    const phones = ['+4915112345678'];
    const people = [
      { id: '1', name: 'Anna Weber', phones },
      { id: '2', name: 'Alfred Weber', phones },
      { id: '3', name, phones },
    ];

    expect(joinedOf(people).every((members) => !(members.includes('1') && members.includes('2')))).toBe(true);
    expect(joinedOf(people.toReversed())).toEqual(joinedOf(people));
  });

  test.each([
    [
      'namesakes',
      [
        { name: 'Anna Weber', phones: ['+4915112345671'] },
        { name: 'Anna Weber', phones: ['+4915112345672'] },
      ],
      false,
    ],
    [
      'namesakes at one reception',
      Array.from(['Anna Weber', 'Anna Weber', 'Paul Abt', 'Ida Ohm'], (name) => ({ name, phones: ['+49301234567'] })),
      false,
    ],
    [
      'a father and a son on one phone',
      [
        { name: 'Пётр Иванович Сидоров', phones: ['+79161234567'] },
        { name: 'Иван Петрович Сидоров', phones: ['+79161234567'] },
      ],
      false,
    ],
    [
      'strangers of one patronymic on one phone',
      [
        { name: 'Пётр Ильич Соловьёв', phones: ['+79161234567'] },
        { name: 'Иван Ильич Сидоров', phones: ['+79161234567'] },
      ],
      false,
    ],
    [
      'a number for a name, on two phones',
      [
        { name: '4711', phones: ['+4915112345671'] },
        { name: '4711', phones: ['+4915112345672'] },
      ],
      false,
    ],
    [
      'a number for a name, on one phone',
      [
        { name: '+49 151 12345671', phones: ['+4915112345671'] },
        { name: 'Anna Weber', phones: ['+4915112345671'] },
      ],
      true,
    ],
    [
      'a married name',
      [
        { name: 'Anna Weber', emails: ['anna@x.example'] },
        { name: 'Anna Abt', emails: ['anna@x.example'] },
      ],
      true,
    ],
    [
      'two scripts',
      [
        { name: 'Дмитрий Кузнецов', phones: ['+79161234567'] },
        { name: 'Dmitrii Kuznetsov', phones: ['+79161234567'] },
      ],
      true,
    ],
    [
      'plus addresses',
      [
        { name: 'Anna Weber', emails: ['a+shop@x.example'] },
        { name: 'Anna Weber', emails: ['a@x.example'] },
      ],
      false,
    ],
    [
      'a role mailbox and one name',
      [
        { name: 'Anna Weber', emails: ['sales@x.example'] },
        { name: 'Anna Weber', emails: ['sales@x.example'] },
      ],
      false,
    ],
  ])('%s: joined or not as people expect', (_what, contacts, isOne) => {
    const people = contacts.map((contact, index) => ({ id: String(index), ...contact }));
    expect(joinedOf(people).length > 0).toBe(isOne);
  });

  const people = fc.uniqueArray(
    fc.record({
      id: fc.integer({ min: 1, max: 1_000 }).map(String),
      name: fc.constantFrom('', 'Anna Weber', 'Anna Abt', 'Paul Weber', 'Paul Abt', 'Ida Ohm', 'A. Weber'),
      phones: fc.subarray(['+4915112345671', '+4915112345672', '+4915112345673']),
      emails: fc.subarray(['a@x.example', 'b@x.example', 'info@x.example']),
    }),
    { maxLength: 16, selector: ({ id }) => id },
  );

  test('are the same whatever the order of the rows, and none bears names that contradict, or has more than 12 members', () => {
    fc.assert(
      fc.property(
        people.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          expect(joinedOf(shuffled)).toEqual(joinedOf(all));
          const names = new Map(all.map(({ id, name }) => [id, name]));
          for (const members of joinedOf(all)) {
            expect(members.length).toBeLessThanOrEqual(12);
            for (const one of members)
              for (const other of members) expect(relation(names.get(one) ?? '', names.get(other) ?? '')).not.toBe('CONTRADICTS');
          }
        },
      ),
    );
  });
});

function letters(number: number): string {
  return Array.from(String(number), (digit) => 'abcdefghij'[Number(digit)]).join('');
}
