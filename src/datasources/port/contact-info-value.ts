import { readPhones } from './phone/phone.ts';
import type { ContactInfoType } from './records/contact-info.ts';

/**
 * Reads the one phone number of a text, as `readPhones` does.
 *
 * @returns E.164, without an extension; null when it is no number, or more than one.
 */
export function toE164(text: string, defaultCountry: string | undefined): string | null {
  return readPhones(text, defaultCountry).e164;
}

/** The form in which two contact infos of one type are compared; null where no rule applies or the value cannot be read. */
export function normalizeContactInfo(type: ContactInfoType, value: string, defaultCountry: string | undefined): string | null {
  if (type === 'PHONE') return toE164(value, defaultCountry);
  if (type === 'EMAIL' || type === 'GMAIL') return value.trim().toLowerCase();
  return null;
}
