import { inventIdentityCases } from './identity-cases.ts';
import { inventPhoneCases } from './phone-cases.ts';
import type { Organization, Person, Population, PostalAddress, StaffMember } from './person.ts';
import { CULTURES, ORGANIZATIONS, STAFF } from './population-names.ts';
import type { Culture } from './population-names.ts';
import { createRandom, shuffled } from './seeded-random.ts';

type Crm = Person['crms'][number];

/** How many people each CRM has written down, and the seed of it all. */
export interface PopulationOptions {
  readonly seed?: number;
  readonly onlyoffice?: number;
  readonly kommo?: number;
  readonly callgear?: number;
  /** People besides, who are hard to keep apart or to find again; none when left out. */
  readonly identityCases?: number;
  /** Whether there are people besides whose phones are typed as few people do: PHONE_CASES. Not when left out. */
  readonly phoneCases?: boolean;
}

const TAGS = ['Lead', 'Customer', 'Supplier', 'Staff', 'vip', 'Newsletter', 'trade fair', 'réseau', 'Оптом', 'a,b'];
const JOB_TITLES = ['Buyer', 'Manager', 'Head of Purchasing', 'Ingénieure', 'Geschäftsführer', 'Директор', 'Owner / CEO', 'Accountant'];
const FIRST_DAY_MS = Date.UTC(2023, 0, 2);
/** One day on which a list was imported: many people share this second. */
const IMPORT_MS = Date.UTC(2024, 2, 5, 14, 7, 31);

/**
 * Invents the people, organizations and staff that the sandbox CRMs are made of.
 *
 * Deterministic for its options; about a third of the people are in two or three CRMs. There are people without last name, phone, e-mail
 * or address, people of the same name, and people created in the same second.
 */
export function createPopulation(options: PopulationOptions = {}): Population {
  const random = createRandom(options.seed ?? 20);
  const organizations = ORGANIZATIONS.map(([name, city, country], index): Organization => ({ index, name, city, country }));
  const memberships = drawMemberships(
    { onlyoffice: options.onlyoffice ?? 300, kommo: options.kommo ?? 400, callgear: options.callgear ?? 250 },
    random,
  );
  const people: Person[] = [];
  for (const [index, crms] of memberships.entries()) people.push(invent(index, crms, people, organizations, random));
  const [like] = people;
  if (like !== undefined) people.push(...inventIdentityCases(options.identityCases ?? 0, people.length, like, random));
  if (like !== undefined && options.phoneCases === true) people.push(...inventPhoneCases(people.length, like));
  return { people, organizations, staff: STAFF.map(toStaffMember) };
}

function drawMemberships(left: Record<Crm, number>, random: () => number): (readonly Crm[])[] {
  const memberships: (readonly Crm[])[] = [];
  const open = (): Crm[] => (['onlyoffice', 'kommo', 'callgear'] as const).filter((crm) => left[crm] > 0);
  for (let choices = open(); choices.length > 0; choices = open()) {
    const roll = random();
    const wanted = roll < 1 / 12 ? 3 : roll < 1 / 3 ? 2 : 1;
    const chosen: Crm[] = [];
    while (chosen.length < wanted && choices.length > 0) {
      const crm = drawWeighted(choices, left, random);
      chosen.push(crm);
      choices = choices.filter((choice) => choice !== crm);
    }
    for (const crm of chosen) left[crm] -= 1;
    memberships.push(chosen);
  }
  return memberships;
}

function drawWeighted(choices: readonly Crm[], weight: Record<Crm, number>, random: () => number): Crm {
  let roll = random() * choices.reduce((sum, crm) => sum + weight[crm], 0);
  for (const crm of choices) {
    roll -= weight[crm];
    if (roll < 0) return crm;
  }
  return choices[0] ?? 'onlyoffice';
}

function invent(
  index: number,
  crms: readonly Crm[],
  earlier: readonly Person[],
  organizations: readonly Organization[],
  random: () => number,
): Person {
  const culture = pick(CULTURES, random);
  const namesake = index % 23 === 22 ? pick(earlier, random) : undefined;
  const firstName = namesake?.firstName ?? pick(culture.firstNames, random);
  const lastName = namesake?.lastName ?? (index % 41 === 17 ? '' : pick(culture.lastNames, random));
  const local = organizations.filter(({ country }) => country === culture.country);
  const employer = random() < 0.6 ? pick(random() < 0.8 ? local : organizations, random) : null;
  const createdAtMs = index % 19 === 3 ? IMPORT_MS : FIRST_DAY_MS + Math.floor(random() * 900 * 86_400) * 1_000;
  const colleague = index % 37 === 11 ? pick(earlier, random) : undefined;
  return {
    index,
    firstName,
    lastName,
    patronymic: inventPatronymic(firstName, culture, random),
    jobTitle: random() < 0.7 ? pick(JOB_TITLES, random) : null,
    employer,
    phones: inventPhones(culture, colleague, random),
    emails: inventEmails(index, firstName, lastName, employer, culture, random),
    address: random() < 0.6 ? inventAddress(culture, random) : null,
    tags: shuffled(TAGS, random).slice(0, Math.floor(random() ** 2 * 4)),
    createdAtMs,
    updatedAtMs: createdAtMs + (random() < 0.3 ? 0 : Math.floor(random() * 200 * 86_400) * 1_000),
    crms,
  };
}

function inventPatronymic(firstName: string, culture: Culture, random: () => number): string | null {
  const isFemale = /[ая]$/.test(firstName);
  const fitting = (culture.patronymics ?? []).filter((patronymic) => patronymic.endsWith('на') === isFemale);
  return fitting.length > 0 && random() < 0.7 ? pick(fitting, random) : null;
}

function inventPhones(culture: Culture, colleague: Person | undefined, random: () => number): string[] {
  const roll = random();
  const count = roll < 0.1 ? 0 : roll < 0.75 ? 1 : 2;
  const phones = Array.from({ length: count }, () => inventPhone(pick(culture.phones, random), random));
  // A few people answer the phone of someone else.
  const shared = colleague?.phones[0];
  return shared === undefined ? phones : [...phones, shared];
}

function inventPhone(pattern: string, random: () => number): string {
  return pattern.replaceAll('#', () => digit(0, random)).replaceAll('N', () => digit(2, random));
}

function digit(least: number, random: () => number): string {
  return String(least + Math.floor(random() * (10 - least)));
}

function inventEmails(
  index: number,
  firstName: string,
  lastName: string,
  employer: Organization | null,
  culture: Culture,
  random: () => number,
): string[] {
  if (random() < 0.12) return [];
  const [first, last] = [toAscii(firstName), toAscii(lastName)];
  const own = `${[first, last].filter(Boolean).join('.')}${index}@${culture.mailDomain}`;
  const work = employer ? `${first.slice(0, 1)}_${last || first}+${index}@${toAscii(employer.name) || 'office'}.example` : undefined;
  const emails = work && random() < 0.7 ? [work, own] : [own];
  return random() < 0.5 ? emails.slice(0, 1) : emails;
}

function inventAddress(culture: Culture, random: () => number): PostalAddress {
  return { ...pick(culture.cities, random), country: culture.country };
}

function toStaffMember([firstName, lastName, jobTitle, team]: (typeof STAFF)[number], index: number): StaffMember {
  const email = `${toAscii(firstName)}.${toAscii(lastName)}@portal.example.com`;
  return { index, firstName, lastName, jobTitle, email, team };
}

const CYRILLIC = 'абвгдеёжзийклмнопрстуфхцчшщъыьэюя';
const ROMAN = 'a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh sch  y  e yu ya'.split(' ');
const SPECIAL: Readonly<Record<string, string>> = { ß: 'ss', ł: 'l', ø: 'o', ð: 'd' };

/** What staff would type for a name in an e-mail address: lower-case ASCII letters and digits only. */
function toAscii(text: string): string {
  return Array.from(text.toLowerCase().normalize('NFC'))
    .map((letter) => (CYRILLIC.includes(letter) ? (ROMAN[CYRILLIC.indexOf(letter)] ?? '') : (SPECIAL[letter] ?? letter)))
    .join('')
    .normalize('NFKD')
    .replaceAll(/[^a-z0-9]/g, '');
}

function pick<T>(choices: readonly T[], random: () => number): T {
  const choice = choices[Math.floor(random() * choices.length)];
  if (choice === undefined) throw new RangeError('There is nothing to pick from.');
  return choice;
}
