import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { digitsOf, toE164 } from '../contact-info-value.ts';
import type { ContactInfoCondition } from '../contact-source.ts';

/** The text for the parameter `data`, and one to try when nothing is found with it. */
export interface ContactInfoNeedle {
  readonly data: string;
  readonly fallback?: string;
}

/** Trunk prefixes and old area codes come before the last eight digits, so these stand in every spelling of a number. */
const PHONE_DIGITS_MAX = 8;

/**
 * Makes what `bycontactinfo` is asked for one condition. It finds at least all rows that match, and others too: check them.
 *
 * The portal compares by `LIKE '%…%'` and leaves wildcards alive. They are escaped here, but for phones: those are stored as typed, so the
 * digits are parted by `%`, which finds them whatever stands between.
 *
 * @see GET api/2.0/crm/contact/bycontactinfo
 */
export function toNeedle({ type, value, match }: ContactInfoCondition, defaultCountry: string | undefined): ContactInfoNeedle {
  if (type === 'PHONE') {
    const digits = match === 'EXACT' ? phoneDigits(value, defaultCountry) : containedDigits(value);
    if (digits !== '') return { data: digits.replace(/\d(?=\d)/g, '$&%'), fallback: escapeLike(value) };
  }
  // The column of an address holds JSON text.
  if (type === 'ADDRESS') return { data: escapeLike(JSON.stringify(value).slice(1, -1)) };
  const data = escapeLike(value);
  // Where the backslash is no escape, an underscore finds itself and any other character: safe, as the rows are checked.
  return data !== value && !/[%\\]/.test(value) ? { data, fallback: value } : { data };
}

function phoneDigits(value: string, defaultCountry: string | undefined): string {
  const e164 = toE164(value, defaultCountry);
  const number = e164 === null ? undefined : parsePhoneNumberFromString(e164, { extract: false });
  return (number?.nationalNumber ?? digitsOf(value)).slice(-PHONE_DIGITS_MAX);
}

/** The digits of a part of a phone number; '' when it holds more than digits and punctuation. */
function containedDigits(value: string): string {
  return /^[\d\s+().\-/]+$/.test(value) ? digitsOf(value) : '';
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
