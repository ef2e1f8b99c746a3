import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const FILE_NAME = 'receipt-key.pem';

/** Whether a text is a key that receipts can be signed with. */
export function isReceiptKey(text: string): boolean {
  try {
    toReceiptKey(text);
    return true;
  } catch {
    return false;
  }
}

/** Reads an Ed25519 private key, in PEM (line breaks may be written as \n) or as base64 of PKCS #8. @throws Error for anything else. */
export function toReceiptKey(text: string): KeyObject {
  const key = text.includes('-----BEGIN')
    ? createPrivateKey(text.replaceAll('\\n', '\n'))
    : createPrivateKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'pkcs8' });
  if (key.asymmetricKeyType !== 'ed25519') throw new TypeError('not an Ed25519 key');
  return key;
}

/** Reads the key that is kept beside the tokens, or makes one there that only its owner can read. @throws Error when the folder cannot be written to. */
export function keptReceiptKey(tokenStorePath: string): KeyObject {
  const folder = dirname(resolve(tokenStorePath));
  const path = join(folder, FILE_NAME);
  try {
    return toReceiptKey(readFileSync(path, 'utf8'));
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { privateKey } = generateKeyPairSync('ed25519');
  try {
    writeFileSync(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    // Another process was first.
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return toReceiptKey(readFileSync(path, 'utf8'));
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
