import { createHash, createHmac, createPublicKey, sign, timingSafeEqual, type KeyObject } from 'node:crypto';
import { keyText, type ContactKey } from '../../datasources/port/identity/contact-key.ts';
import { canonicalJson, type CanonicalValue } from './canonical-json.ts';

const KEY_ID_LENGTH = 16;

/** A signed text that others can check. */
export interface SignedDocument {
  readonly document: string;
  readonly sha256: string;
  /** Ed25519, base64. */
  readonly signature: string;
  readonly keyId: string;
}

/** Signs plans for this gateway alone, and receipts for everybody. */
export class ErasureSigner {
  readonly #planSecret: Buffer;
  readonly #receiptKey: () => KeyObject;

  /** @param receiptKey An Ed25519 private key; made or read at the first use. */
  constructor(planSecret: Buffer, receiptKey: () => KeyObject) {
    this.#planSecret = planSecret;
    this.#receiptKey = receiptKey;
  }

  /** Seals a plan: whoever changes it is found out. It is not encrypted. */
  seal(plan: CanonicalValue): string {
    const text = Buffer.from(canonicalJson(plan), 'utf8').toString('base64url');
    return `${text}.${this.#mac(text).toString('base64url')}`;
  }

  /** Reads a sealed plan; null for a text that this gateway has not sealed. */
  unseal(token: string): unknown {
    const [text = '', mac = '', ...rest] = token.split('.');
    const expected = this.#mac(text);
    const given = Buffer.from(mac, 'base64url');
    if (rest.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
    try {
      return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    } catch {
      return null;
    }
  }

  /** A keyed hash of a phone or an e-mail address: the same in every receipt of one key, and of no use to others. */
  fingerprint(key: ContactKey): string {
    return this.#keyed(`key ${keyText(key)}`);
  }

  /** A keyed hash of what a contact holds. */
  digest(content: CanonicalValue): string {
    return this.#keyed(`contact ${canonicalJson(content)}`);
  }

  /** Signs a document with Ed25519. Its member `seal` lets this gateway know it again without the signature. */
  sign(content: Readonly<Record<string, CanonicalValue>>): SignedDocument {
    const document = canonicalJson({ ...content, seal: this.#keyed(`seal ${canonicalJson(content)}`) });
    const signature = sign(null, Buffer.from(document, 'utf8'), this.#receiptKey()).toString('base64');
    return { document, sha256: sha256(document), signature, keyId: this.keyId };
  }

  /** Whether this gateway's key has signed a document, just as it is. */
  isSigned(document: string): boolean {
    try {
      const { seal, ...content } = JSON.parse(document) as Readonly<Record<string, CanonicalValue>>;
      const expected = this.#keyed(`seal ${canonicalJson(content)}`);
      return typeof seal === 'string' && areEqual(seal, expected) && canonicalJson({ ...content, seal }) === document;
    } catch {
      return false;
    }
  }

  /** Names the public key: the beginning of the SHA-256 of its DER form. */
  get keyId(): string {
    const der = createPublicKey(this.#receiptKey()).export({ type: 'spki', format: 'der' });
    return createHash('sha256').update(der).digest('hex').slice(0, KEY_ID_LENGTH);
  }

  /** The public key in PEM, with which anybody can check a receipt. */
  get publicKey(): string {
    return createPublicKey(this.#receiptKey()).export({ type: 'spki', format: 'pem' }).toString();
  }

  #mac(text: string): Buffer {
    return createHmac('sha256', this.#planSecret).update(`plan ${text}`).digest();
  }

  #keyed(text: string): string {
    const secret = this.#receiptKey().export({ type: 'pkcs8', format: 'der' });
    return createHmac('sha256', secret).update(text).digest('base64url');
  }
}

/** Takes as long wherever the first difference is. */
function areEqual(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one, 'utf8'), Buffer.from(other, 'utf8')];
  return left.length === right.length && timingSafeEqual(left, right);
}

export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
