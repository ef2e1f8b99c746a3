import type { Person } from './person.ts';

/** One number, in ways in which people have typed it: whoever asks for any of them means all. */
export interface PhoneCase {
  readonly name: string;
  /** Where the number is: DEFAULT_COUNTRY of a gateway whose staff type it so. */
  readonly country: string;
  /** As it is dialled from abroad; nobody has typed it so. */
  readonly e164: string;
  readonly typed: readonly string[];
}

/** The numbers are made up. */
export const PHONE_CASES: readonly PhoneCase[] = [
  {
    name: 'with an extension',
    country: 'RU',
    e164: '+78123104455',
    typed: ['+7 812 310-44-55 доб. 207', '8 (812) 310-44-55 (207)', '78123104455 ext 207', '8 812 3104455#207'],
  },
  {
    name: 'beside another number in its field',
    country: 'RU',
    e164: '+73833104466',
    typed: [
      '+73833104466, +74957770001',
      '8 (383) 777-00-02; 8 (383) 310-44-66',
      '83833104466 / 89137770003',
      'раб. 83833104466, моб. 89137770004',
    ],
  },
  {
    name: 'without its ninth digit',
    country: 'BR',
    e164: '+5521991234567',
    typed: ['+55 21 9123-4567', '552191234567', '(21) 9123-4567', '+55 (21) 9 9123-4567', '021 99123-4567'],
  },
  {
    name: 'with a 1 behind the country code',
    country: 'MX',
    e164: '+523312345670',
    typed: ['+52 1 33 1234 5670', '5213312345670', '044 33 1234 5670', '33 1234 5670'],
  },
  {
    name: 'without its 9',
    country: 'AR',
    e164: '+5493514567890',
    typed: ['+54 351 456-7890', '543514567890', '0351 15 456-7890', '+54 9 351 456-7890'],
  },
  {
    name: 'behind a trunk prefix of former days',
    country: 'UA',
    e164: '+380671234509',
    typed: ['8 (067) 123-45-09', '80671234509', '067 123 45 09', '38 067 123-45-09'],
  },
];

/**
 * Writes each way of typing down as a contact of its own, in all CRMs. Their last names are the names of the cases.
 *
 * @param like One whose other members the new ones take.
 * @param index Of the first of them.
 */
export function inventPhoneCases(index: number, like: Person): readonly Person[] {
  return PHONE_CASES.flatMap(({ name, typed }) => typed.map((text) => ({ name, text }))).map(({ name, text }, at) => ({
    ...like,
    index: index + at,
    firstName: `Typed ${at}`,
    lastName: name,
    patronymic: null,
    employer: null,
    address: null,
    phones: [],
    phonesAsTyped: [text],
    emails: [],
    tags: [],
    crms: ['onlyoffice', 'kommo', 'callgear'],
  }));
}
