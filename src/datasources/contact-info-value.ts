import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/min';
import type { ContactInfoType } from './records.ts';

/** Longer texts are no phone number: reading them is a waste. */
const PHONE_LENGTH_MAX = 60;

/**
 * Reads a phone number as people write it.
 *
 * Digits without `+` are tried as they are in `defaultCountry`, then as an international number whose `+` was left out
 * (CallGear stores numbers so), so `371 20000000`, `(371)20000000` and `+371 2000-0000` are one number.
 *
 * @returns E.164, or null when it is not a possible number.
 */
export function toE164(text: string, defaultCountry: string | undefined): string | null {
  const trimmed = text.trim();
  if (trimmed.length > PHONE_LENGTH_MAX || !/\d/.test(trimmed)) return null;
  const national = read(trimmed, defaultCountry);
  if (national?.isValid()) return national.number;
  if (trimmed.startsWith('+')) return national?.number ?? null;
  const digits = digitsOf(trimmed);
  const international = read(`+${digits.replace(/^00/, '')}`, undefined);
  if (international?.isValid()) return international.number;
  return null;
}

function read(text: string, country: string | undefined) {
  const parsed = parsePhoneNumberFromString(text, {
    ...(country !== undefined && { defaultCountry: country as CountryCode }),
    extract: false,
  });
  return parsed?.isPossible() ? parsed : undefined;
}

export function digitsOf(text: string): string {
  return text.replace(/\D/g, '');
}

/** The form in which two contact infos of one type are compared; null where no rule applies or the value cannot be read. */
export function normalizeContactInfo(type: ContactInfoType, value: string, defaultCountry: string | undefined): string | null {
  if (type === 'PHONE') return toE164(value, defaultCountry);
  if (type === 'EMAIL' || type === 'GMAIL') return value.trim().toLowerCase();
  return null;
}
