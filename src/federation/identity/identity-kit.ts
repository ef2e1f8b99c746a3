import { createHmac, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import type { HashedContact, HashedKey, SharedBecause } from '../../datasources/port/identity/contact-index.ts';
import { keysOf, keyText, toEmailKey, type ContactKey } from '../../datasources/port/identity/contact-key.ts';
import { isCompanyNumber } from '../../datasources/port/identity/number-kind.ts';
import { normalizeContactInfo } from '../../datasources/port/contact-info-value.ts';
import type { ContactRecord } from '../../datasources/port/records/contact.ts';
import { NameDigests } from './name-digests.ts';
import { nameWordsOf } from './name-words.ts';

/** How contacts are compared; docs/identity.md describes each. */
export interface IdentityOptions {
  /** Of keyed hashes: equal ones make equal hashes. */
  readonly secret: Uint8Array;
  /** Phones and e-mail addresses that many use, as people write them. */
  readonly sharedKeys: readonly string[];
  /** Local parts of role mailboxes, besides those that the gateway knows. */
  readonly sharedMailboxes: readonly string[];
  readonly foldsPlusAddresses: boolean;
  readonly defaultCountry: string | undefined;
}

/** RFC 2142, and what companies call their mailboxes besides. @see https://www.rfc-editor.org/rfc/rfc2142 */
const ROLE_MAILBOXES =
  'info marketing sales support abuse noc security postmaster hostmaster usenet news webmaster www uucp ftp admin administrator office contact hello hi mail email team service services help helpdesk reception accounting accounts billing invoice invoices finance orders order shop booking jobs hr career careers press media legal privacy enquiries inquiries noreply no-reply donotreply kontakt buero büro empfang vertrieb verkauf rechnung bewerbung sekretariat zentrale post contacto ventas ventes compta direction secretariat biuro sklep zakaz zakupki otdel buh'.split(
    ' ',
  );

/** A key with what matching knows of it. */
export interface KnownKey {
  readonly key: ContactKey;
  readonly hashed: HashedKey;
}

/** Turns contacts into what matching compares. Pure but for its secret. */
export class IdentityKit {
  readonly #options: IdentityOptions;
  readonly #mailboxes: ReadonlySet<string>;
  readonly #shared: ReadonlySet<string>;
  /** Made once: it is most of the cost of a hash otherwise. */
  readonly #secret: KeyObject;
  /** Made when a first name is read: it takes some milliseconds. */
  #madeNames: NameDigests | null = null;

  constructor(options: IdentityOptions) {
    this.#options = options;
    this.#secret = createSecretKey(options.secret);
    this.#mailboxes = new Set([...ROLE_MAILBOXES, ...options.sharedMailboxes.map((name) => name.toLowerCase())]);
    this.#shared = new Set(options.sharedKeys.flatMap((text) => this.toKey(text) ?? []).map(keyText));
  }

  /** Names the secret and the settings: kits with equal ones make equal hashes. Shows nothing of them. */
  get fingerprint(): string {
    const { secret: _secret, ...settings } = this.#options;
    return this.#hmac(JSON.stringify(settings)).toString('base64url');
  }

  get #names(): NameDigests {
    this.#madeNames ??= new NameDigests(this.#options.secret);
    return this.#madeNames;
  }

  /** Reads a phone or an e-mail address as people write it; null for what is neither. */
  toKey(text: string): ContactKey | null {
    if (text.includes('@')) return toEmailKey(text, this.#options);
    const value = normalizeContactInfo('PHONE', text, this.#options.defaultCountry);
    return value === null ? null : { type: 'PHONE', value };
  }

  /** The keys of a contact, with their hashes. */
  keys(record: ContactRecord): readonly KnownKey[] {
    return keysOf(record, this.#options).map((key) => this.known(key));
  }

  known(key: ContactKey): KnownKey {
    return { key, hashed: { hash: this.hashKey(key), type: key.type, sharedBecause: this.#sharedBecause(key) } };
  }

  hashKey(key: ContactKey): bigint {
    return this.#hmac(keyText(key)).readBigUInt64BE(0);
  }

  /** What matching compares of a contact. Cost: some 30 µs, and 0.1 ms for each phone that was not read before. */
  hashed(record: ContactRecord): HashedContact {
    const { source, entity, idInSource, kind } = record;
    const name = nameWordsOf(record)
      .map((word) => this.#names.digest(word))
      .sort((one, other) => one - other);
    return { source, entity, idInSource, kind, name, keys: this.keys(record).map(({ hashed }) => hashed) };
  }

  #hmac(text: string): Buffer {
    return createHmac('sha256', this.#secret).update(text).digest();
  }

  #sharedBecause(key: ContactKey): SharedBecause | null {
    if (this.#shared.has(keyText(key))) return 'BY_SETTING';
    if (key.type === 'PHONE') return isCompanyNumber(key.value) ? 'NUMBER_KIND' : null;
    const local = key.value.slice(0, key.value.lastIndexOf('@'));
    const [mailbox = ''] = local.split('+');
    return this.#mailboxes.has(mailbox) ? 'ROLE_MAILBOX' : null;
  }
}

/** The settings that a kit is made of. */
export interface IdentitySettings {
  readonly identity: Pick<IdentityOptions, 'sharedKeys' | 'sharedMailboxes' | 'foldsPlusAddresses'>;
  /** null: hashes are of use to this process alone. */
  readonly stateKey: string | null;
  readonly defaultCountry: string | undefined;
}

/** Makes what contacts are compared with. */
export function createIdentityKit({ identity, stateKey, defaultCountry }: IdentitySettings): IdentityKit {
  const secret = stateKey === null ? randomBytes(32) : createHmac('sha256', stateKey).update('contact index').digest();
  return new IdentityKit({ ...identity, secret, defaultCountry });
}

/** Makes one text for each contact, by which contacts are distinguished. */
export function contactText({ source, entity, idInSource }: Pick<HashedContact, 'source' | 'entity' | 'idInSource'>): string {
  return `${source}:${entity}:${idInSource}`;
}
