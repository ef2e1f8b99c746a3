import type { ContactFilter } from './gql/graphql.ts';

const DIGITS_MIN = 6;

/** Whether a text is a phone number as people write it. */
export function isPhone(text: string): boolean {
  return /^[\d\s()+./-]+$/.test(text) && text.replaceAll(/\D/g, '').length >= DIGITS_MIN;
}

/** What is typed is looked for as a phone number in any spelling, as an e-mail address, or as text. */
export function toFilter(typed: string): ContactFilter | null {
  const text = typed.trim();
  if (text === '') return null;
  if (isPhone(text)) return { contactInfos: [{ type: 'PHONE', value: text }] };
  if (/^\S+@\S+\.\S+$/.test(text)) return { contactInfos: [{ type: 'EMAIL', value: text }] };
  return { search: text };
}
