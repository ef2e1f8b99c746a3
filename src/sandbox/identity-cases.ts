import type { Person } from './person.ts';

type Crm = Person['crms'][number];
const PAIRS: readonly (readonly [Crm, Crm])[] = [
  ['onlyoffice', 'kommo'],
  ['kommo', 'callgear'],
  ['onlyoffice', 'callgear'],
];

const RUSSIAN: readonly (readonly [cyrillic: string, latin: string])[] = [
  ['Юлия Щербакова', 'Julia Scherbakova'],
  ['Дмитрий Кузнецов', 'Dmitry Kuznetsov'],
  ['Наталья Жукова', 'Natalya Zhukova'],
  ['Сергей Хохлов', 'Sergey Khokhlov'],
  ['Алексей Цветаев', 'Alexey Tsvetaev'],
];
const FIRST_NAMES = ['Greta', 'Ivo', 'Lena', 'Marek', 'Nadine', 'Oskar', 'Petra', 'Rolf', 'Selma', 'Tomas', 'Ulla', 'Viktor'];
const LAST_NAMES = ['Abend', 'Birk', 'Castell', 'Dorn', 'Eibl', 'Falk', 'Gruber', 'Hainz', 'Imhof', 'Jost', 'Kern', 'Lenz', 'Moser'];

/**
 * Invents people who are hard to keep apart or to find again: strangers on one role mailbox, families on one phone, a company's number on each of
 * its staff, namesakes, people whose name has changed, people written in two scripts, and contacts whose only name is a number.
 *
 * @param like One whose other members the new ones take.
 * @param index Of the first of them.
 */
export function inventIdentityCases(count: number, index: number, like: Person, random: () => number): readonly Person[] {
  const people: Person[] = [];
  const add = (person: Partial<Person>) => {
    people.push({
      ...like,
      index: index + people.length,
      patronymic: null,
      employer: null,
      address: null,
      phones: [],
      emails: [],
      tags: [],
      createdAtMs: like.createdAtMs + people.length * 1_000,
      updatedAtMs: like.createdAtMs + people.length * 1_000,
      ...person,
    });
  };
  for (let number = 0; people.length < count; number += 1) CASES[number % CASES.length]?.(number, add, random);
  return people.slice(0, count);
}

type Case = (number: number, add: (person: Partial<Person>) => void, random: () => number) => void;

const CASES: readonly Case[] = [strangersOnRoleMailbox, family, reception, namesakes, marriedName, twoScripts, numberForName];

function strangersOnRoleMailbox(number: number, add: (person: Partial<Person>) => void): void {
  for (let at = 0; at < 2; at += 1)
    add({ ...nameOf(number, at * 5), emails: [`info@house${number}.example`], crms: pairOf(number).slice(at, at + 1) });
}

function family(number: number, add: (person: Partial<Person>) => void, random: () => number): void {
  const phones = [phoneOf(random)];
  const { lastName } = nameOf(number, 0);
  const [one, other] = pairOf(number);
  add({ ...nameOf(number, 1), lastName, phones, emails: [`a${number}@family.example`], crms: [one] });
  add({ ...nameOf(number, 2), lastName, phones, emails: [`b${number}@family.example`], crms: [other] });
}

function reception(number: number, add: (person: Partial<Person>) => void, random: () => number): void {
  const phone = phoneOf(random);
  for (let at = 0; at < 4; at += 1) {
    add({
      ...nameOf(number, at * 3 + 1),
      phones: [phone],
      emails: [`staff${number}.${at}@company.example`],
      crms: pairOf(number + at).slice(0, 1),
    });
  }
}

function namesakes(number: number, add: (person: Partial<Person>) => void, random: () => number): void {
  const [one, other] = pairOf(number);
  for (const crm of [one, other]) {
    add({ ...nameOf(number, 0), phones: [phoneOf(random)], emails: [`same${number}.${crm}@mail.example`], crms: [crm] });
  }
}

function marriedName(number: number, add: (person: Partial<Person>) => void): void {
  const [one, other] = pairOf(number);
  const { lastName } = nameOf(number, 7);
  add({ ...nameOf(number, 3), emails: [`married${number}@mail.example`], crms: [one, other], as: { [other]: { lastName } } });
}

function twoScripts(number: number, add: (person: Partial<Person>) => void, random: () => number): void {
  const [cyrillic, latin] = RUSSIAN[number % RUSSIAN.length] ?? ['', ''];
  const [one, other] = pairOf(number);
  const [firstName = '', lastName = ''] = cyrillic.split(' ');
  const [asFirst = '', asLast = ''] = latin.split(' ');
  add({ firstName, lastName, phones: [phoneOf(random)], crms: [one, other], as: { [other]: { firstName: asFirst, lastName: asLast } } });
}

function numberForName(number: number, add: (person: Partial<Person>) => void, random: () => number): void {
  const [one, other] = pairOf(number);
  const phone = phoneOf(random);
  add({ ...nameOf(number, 4), phones: [phone], crms: [one, other], as: { [other]: { firstName: phone, lastName: '' } } });
}

function nameOf(number: number, at: number): { readonly firstName: string; readonly lastName: string } {
  return {
    firstName: FIRST_NAMES[(number + at) % FIRST_NAMES.length] ?? '',
    lastName: LAST_NAMES[(number * 5 + at * 2) % LAST_NAMES.length] ?? '',
  };
}

function pairOf(number: number): readonly [Crm, Crm] {
  return PAIRS[number % PAIRS.length] ?? ['onlyoffice', 'kommo'];
}

/** A mobile number in Germany that nobody else has. */
function phoneOf(random: () => number): string {
  return `+49151${String(10_000_000 + Math.floor(random() * 89_999_999))}`;
}
