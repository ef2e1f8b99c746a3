import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, randomBytes, type KeyObject } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Says which key a text was sealed with, so that the right one of two is taken. */
const KEY_ID_BYTES = 4;
const NAME_LENGTH = 22;

/** No key at hand opens what was read: it was sealed with another STATE_KEY, or under another name, or it is damaged. */
export class SealError extends Error {
  override readonly name = 'SealError';
}

interface SealKey {
  readonly id: Buffer;
  /** Made once: it is much of the cost of a hash otherwise. */
  readonly key: KeyObject;
}

/**
 * Encrypts what leaves the process: AES-256-GCM with a random nonce, bound to the name that it is kept under. Each name has a key of its own, made
 * of STATE_KEY, so that one key never seals as many texts as random nonces allow (2³²).
 */
export class Seal {
  readonly #first: SealKey;
  readonly #keys: readonly SealKey[];

  /** @param stateKey Seals. @param stateKeyOld Opens what was sealed before STATE_KEY was changed; null: there is none. */
  constructor(stateKey: string, stateKeyOld: string | null) {
    this.#first = deriveKey(stateKey);
    this.#keys = stateKeyOld === null ? [this.#first] : [this.#first, deriveKey(stateKeyOld)];
  }

  /** Encrypts. @param name Where the text is kept: it opens under this name only. */
  seal(plain: Uint8Array, name: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, keyFor(this.#first, name), nonce);
    cipher.setAAD(Buffer.from(name));
    const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
    return Buffer.concat([this.#first.id, nonce, cipher.getAuthTag(), sealed]);
  }

  /** Decrypts. @throws SealError */
  open(sealed: Buffer, name: string): Buffer {
    const id = sealed.subarray(0, KEY_ID_BYTES);
    const known = this.#keys.find((key) => key.id.equals(id));
    if (known === undefined) throw new SealError('It was sealed with another STATE_KEY.');
    const tagAt = KEY_ID_BYTES + NONCE_BYTES;
    try {
      const decipher = createDecipheriv(CIPHER, keyFor(known, name), sealed.subarray(KEY_ID_BYTES, tagAt), { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(name));
      decipher.setAuthTag(sealed.subarray(tagAt, tagAt + TAG_BYTES));
      return Buffer.concat([decipher.update(sealed.subarray(tagAt + TAG_BYTES)), decipher.final()]);
    } catch (error) {
      throw new SealError('It is damaged, or was kept under another name.', { cause: error });
    }
  }

  /** What tells a sealed text from any other one, read without opening it. */
  static mark(sealed: Buffer): Buffer {
    return sealed.subarray(KEY_ID_BYTES, KEY_ID_BYTES + NONCE_BYTES);
  }

  /** Whether a text was sealed with the key that seals now, and not with the one before. */
  isOfFirstKey(sealed: Buffer): boolean {
    return this.#first.id.equals(sealed.subarray(0, KEY_ID_BYTES));
  }
}

function keyFor({ key }: SealKey, name: string): Buffer {
  return createHmac('sha256', key).update(`seal ${name}`).digest();
}

function deriveKey(stateKey: string): SealKey {
  const key = createSecretKey(Buffer.from(hkdfSync('sha256', stateKey, '', 'crm-gateway replicas', 32)));
  return { key, id: createHmac('sha256', key).update('key id').digest().subarray(0, KEY_ID_BYTES) };
}

/** Makes names for what is kept, from which nobody without the secret learns what they stand for: filters hold phone numbers. */
export class Names {
  readonly #secret: KeyObject;
  readonly #known = new Map<string, string>();

  constructor(secret: Buffer) {
    this.#secret = createSecretKey(secret);
  }

  /** As `of`, and remembers it: for names of which there are few. */
  ofFew(kind: string, what: string): string {
    const key = `${kind} ${what}`;
    let name = this.#known.get(key);
    if (name === undefined) this.#known.set(key, (name = this.of(kind, what)));
    return name;
  }

  /** @param kind Shown as it is. @param what Hidden. */
  of(kind: string, what: string): string {
    return `${KEY_PREFIX}${kind}:${createHmac('sha256', this.#secret).update(`${kind} ${what}`).digest('base64url').slice(0, NAME_LENGTH)}`;
  }
}

/** Before every key: one Redis may serve other programs too. The braces keep the keys of one script together in a cluster. */
export const KEY_PREFIX = '{crm-gateway}:';
/** What all replicas agree on. */
export const HELLO_KEY = `${KEY_PREFIX}hello`;
