import { crc32 } from 'node:zlib';

const CHECKSUM_BYTES = 4;

/**
 * Writes bytes as base64url, with a CRC-32 at their end: a text in which anything was changed is noticed, as long as nobody means to deceive.
 * It is no signature: whoever knows the form can write another one.
 */
export function sealed(bytes: Uint8Array): string {
  const checksum = Buffer.alloc(CHECKSUM_BYTES);
  checksum.writeUInt32BE(crc32(bytes));
  return Buffer.concat([bytes, checksum]).toString('base64url');
}

/** Reads what `sealed` wrote. @returns The bytes without the checksum; null for a text that `sealed` cannot have made. */
export function unseal(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url');
  // Buffer skips what is no base64url, and takes either of its alphabets, padding, and bits beyond the last byte.
  if (bytes.length < CHECKSUM_BYTES || bytes.toString('base64url') !== text) return null;
  const content = bytes.subarray(0, -CHECKSUM_BYTES);
  return crc32(content) === bytes.readUInt32BE(content.length) ? content : null;
}
