import { textOrNull } from '../../wire/wire-reply.ts';
import { Unreadable, type WireValue } from '../../wire/wire-value.ts';

/** The numbers that GraphQL's Int can hold. */
const INT_MAX = 2_147_483_647;

/** Reads a whole number of 32 bits; null where there is none. @throws Unreadable */
export function readInteger(value: WireValue): number | null {
  const number = value.number();
  if (number !== null && (!Number.isInteger(number) || Math.abs(number) > INT_MAX)) throw new Unreadable(value);
  return number;
}

/** Reads how many there are of something; 0 where it is left out. @throws Unreadable for less than none too. */
export function readCount(value: WireValue): number {
  const count = readInteger(value) ?? 0;
  if (count < 0) throw new Unreadable(value);
  return count;
}

/** Reads a number that stands for one of a list of things. @throws Unreadable also for what is empty. */
export function readRequiredNumber(value: WireValue): number {
  const number = value.number();
  if (number === null) throw new Unreadable(value);
  return number;
}

/** Reads the id of something inside a row; null for 0, as in the vendor's samples, and where there is none. @throws Unreadable */
export function readInnerId(value: WireValue): string | null {
  const id = value.id();
  return id === '0' ? null : id;
}

/** Reads what people typed, which a lenient writer may have turned into a number or a flag. @throws Unreadable */
export function readTyped(value: WireValue): string | null {
  return typeof value.raw === 'boolean' ? String(value.raw) : value.text();
}

/** Reads the title of a tag, which is a text, or an object in the list of all tags; null for a blank one. @throws Unreadable for one without a title. */
export function readTagTitle(tag: WireValue): string | null {
  if (typeof tag.raw === 'string') return textOrNull(tag.raw);
  return typeof tag.raw === 'number' ? tag.text() : tag.object().at('title').requiredText();
}
