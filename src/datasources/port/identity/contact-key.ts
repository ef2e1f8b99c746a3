import { domainToASCII } from 'node:url';
import type { ContactRecord } from '../records/contact.ts';

/** What two records of one person have in common as a rule. */
export type ContactKeyType = 'PHONE' | 'EMAIL';

/** A phone or an e-mail address, in the form in which two of them are compared. */
export interface ContactKey {
  readonly type: ContactKeyType;
  /** A phone in E.164; an e-mail address in lower case, with its domain in ASCII. */
  readonly value: string;
}

/** How keys are made of what the CRMs store. */
export interface KeyOptions {
  /** Whether `name+tag@example.com` and `name@example.com` are one address. */
  readonly foldsPlusAddresses: boolean;
}

/** No CRM lets people write longer ones; what is longer is no key. */
const EMAIL_LENGTH_MAX = 254;
/** Of one contact. Whoever has more is no person but a list. */
const KEYS_MAX = 50;
const NOT_IN_ADDRESS = /[\s<>(),;"]/;

/** Makes the one text of a key; two keys are equal if and only if these are. */
export function keyText({ type, value }: ContactKey): string {
  return `${type} ${value}`;
}

/** Reads the keys of a contact: each once, at most 50. Phones without a country code are none, unless the gateway knows the country. */
export function keysOf(record: ContactRecord, options: KeyOptions): readonly ContactKey[] {
  const keys = new Map<string, ContactKey>();
  for (const { type, value, normalizedValue } of record.contactInfos) {
    if (keys.size >= KEYS_MAX) break;
    const key = type === 'PHONE' ? toPhoneKey(normalizedValue) : type === 'EMAIL' || type === 'GMAIL' ? toEmailKey(value, options) : null;
    if (key !== null) keys.set(keyText(key), key);
  }
  return [...keys.values()];
}

function toPhoneKey(e164: string | null): ContactKey | null {
  return e164 === null ? null : { type: 'PHONE', value: e164 };
}

/** Makes the key of an e-mail address; null for what is none. */
export function toEmailKey(text: string, { foldsPlusAddresses }: KeyOptions): ContactKey | null {
  const address = text.trim().toLowerCase().normalize('NFC');
  const at = address.lastIndexOf('@');
  if (at <= 0 || address.length > EMAIL_LENGTH_MAX || NOT_IN_ADDRESS.test(address)) return null;
  const domain = domainToASCII(address.slice(at + 1));
  const plus = foldsPlusAddresses ? address.indexOf('+') : -1;
  const local = address.slice(0, plus > 0 && plus < at ? plus : at);
  return domain === '' ? null : { type: 'EMAIL', value: `${local}@${domain}` };
}
