import { decodeSourceId } from '../source-id.ts';

const PREFIX = 'person:';

/** Makes the id of a person: it names one of its contacts, so that it holds as long as that one is there, whoever belongs to it by then. */
export function encodeIdentityId(contactId: string): string {
  return Buffer.from(`${PREFIX}${contactId}`, 'utf8').toString('base64url');
}

/** Reads the id of a person, or of a contact. @returns The contact's id; null for any other text. */
export function decodeIdentityId(text: string): string | null {
  if (decodeSourceId(text) !== null) return text;
  if (text.length > 8_192) return null;
  const plain = Buffer.from(text, 'base64url').toString('utf8');
  if (!plain.startsWith(PREFIX) || Buffer.from(plain, 'utf8').toString('base64url') !== text) return null;
  const contactId = plain.slice(PREFIX.length);
  return decodeSourceId(contactId) === null ? null : contactId;
}
