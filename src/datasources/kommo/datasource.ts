import type { Call } from '../port/call.ts';
import type { ContactSource, SourceCapabilities, SourceFinding } from '../port/contact-source.ts';
import type { Deletion, DeletionTarget } from '../port/deletion.ts';
import type { Block } from '../port/list-plan.ts';
import type { Detail, ListQuery } from '../port/list-query.ts';
import type { SourceHealth } from '../port/source-health.ts';
import type { Log } from '../port/log.ts';
import type { TagRecord } from '../port/records/classification.ts';
import type { ContactEntity, ContactRecord } from '../port/records/contact.ts';
import type { Entity, RecordByEntity, RecordOf, ReferenceByKind, ReferenceKind } from '../port/records/entity.ts';
import { SourceError } from '../port/source-error.ts';
import type { SourceHttp } from '../http/source-http.ts';
import { KommoClient } from './client.ts';
import type { Credentials } from './credentials/credentials.ts';
import { FilterTrust } from './planning/filter-trust.ts';
import { KommoDirectory } from './reading/directory.ts';
import { IdReader } from './reading/id-reader.ts';
import { ListReader } from './reading/list-reader.ts';
import { References } from './reading/references.ts';
import { isDeleted, pageUrl, toContact, type AskedDetails, type MappingContext } from './mapping/contact.ts';
import { filterFields, planContacts, withParameters, type KommoPlan } from './planning/plan.ts';
import { kommoProfile } from './profile.ts';
import { KOMMO_ID } from './wire-types.ts';
import { Account } from './reading/account.ts';

const COMPANIES_PATH = '/companies';
const FILTERS_OFF: SourceFinding = {
  message: "The account lacks Kommo's API filter feature.",
  advice:
    'Filters by responsible user and by date have to read the list and check it, or are answered SKIPPED where KOMMO_SCANS is off, and nested data costs a call for each contact. Ask Kommo to switch the feature on, or choose a plan that has it.',
};

/** What one Kommo account is made of. */
export interface KommoDatasourceOptions {
  readonly name: string;
  /** Whole URL of the account, without a trailing slash. */
  readonly baseUrl: string;
  readonly http: SourceHttp;
  readonly credentials: Credentials;
  readonly log: Log;
  /** For phones written without a country code. */
  readonly defaultCountry: string | undefined;
  /** As in ListReaderOptions. */
  readonly scanBudget: number;
  /** Whether plans that may have to read the whole list are allowed. */
  readonly hasScans: boolean;
  /** How long what is found out about the account's rights and features holds, in milliseconds; 0: not at all. */
  readonly referenceTtlMs: number;
  /** The wall clock, Unix milliseconds. */
  readonly now: () => number;
}

/**
 * One Kommo (amoCRM) account, by its API v4.
 *
 * @see https://developers.kommo.com/reference/contacts-list
 */
export class KommoDatasource implements ContactSource<KommoPlan> {
  readonly #options: KommoDatasourceOptions;
  readonly #mapping: MappingContext;
  readonly #ids: IdReader;
  readonly #lists: ListReader;
  readonly #references: References;
  readonly #account: Account;
  readonly directory: KommoDirectory;

  constructor(options: KommoDatasourceOptions) {
    const { name: source, http, credentials, log, now, scanBudget, baseUrl, defaultCountry, referenceTtlMs: ttlMs } = options;
    this.#options = options;
    this.#mapping = { source, baseUrl, defaultCountry };
    const client = new KommoClient({ source, http, credentials, now });
    const account = new Account({ source, client, ttlMs, now });
    const trust = new FilterTrust({ source, account, ttlMs, now, hasScans: options.hasScans });
    this.#account = account;
    this.#ids = new IdReader({ source, client, trust, log });
    this.#references = new References({ source, baseUrl, client, ids: this.#ids, http, log, ttlMs, now });
    const findContacts = (ids: readonly string[], plan: KommoPlan, call: Call) => this.#findContacts('contact', ids, plan.asked, call);
    this.#lists = new ListReader({
      client,
      trust,
      account,
      log,
      mapping: this.#mapping,
      scanBudget,
      now,
      findContacts,
    });
    this.directory = new KommoDirectory({
      source,
      client,
      lists: this.#lists,
      log,
      planAll: (order) => {
        const plan = this.planList({ filter: {}, order, details: new Set() });
        if (plan.outcome !== 'runnable') throw new TypeError('a list without a filter can be read');
        return plan;
      },
      findContacts: (ids, call) => this.#findContacts('contact', ids, { leads: false, catalogElements: false }, call),
    });
  }

  get name(): string {
    return this.#options.name;
  }
  get kind(): string {
    return kommoProfile.kind;
  }
  get displayName(): string {
    return kommoProfile.displayName;
  }
  get url(): string {
    return this.#options.baseUrl;
  }

  get capabilities(): SourceCapabilities {
    return { ...kommoProfile.capabilities, filterFields: filterFields(this.#options.hasScans) };
  }

  planList(query: ListQuery) {
    return planContacts(query, this.#options);
  }

  readBlock(plan: KommoPlan, index: number, call: Call): Promise<Block> {
    return this.#lists.readBlock(plan, index, call);
  }

  /** Cost: see IdReader and References; nothing for `photoUrl`, which Kommo does not have. */
  async findByIds<E extends Entity>(
    entity: E,
    ids: readonly string[],
    details: ReadonlySet<Detail>,
    call: Call,
  ): Promise<ReadonlyMap<string, RecordOf<E> | SourceError>> {
    const asked: AskedDetails = { leads: details.has('leads'), catalogElements: details.has('catalogElements') };
    const readers: { [Each in Entity]: () => Promise<ReadonlyMap<string, RecordByEntity[Each] | SourceError>> } = {
      contact: () => this.#findContacts('contact', ids, asked, call),
      company: () => this.#findContacts('company', ids, asked, call),
      user: () => this.#references.findUsers(ids, call),
      lead: () => this.#references.findLeads(ids, call),
      catalogElement: () => this.#references.findCatalogElements(ids, call),
      tags: () => this.#findTags(ids, call),
      photoUrl: async () => new Map(),
    };
    return readers[entity]();
  }

  /** Users come all at once; companies by `filter[id]`, where the account heeds it. */
  readsManyAtOnce(entity: Entity): boolean {
    return entity === 'user' || (entity === 'company' && this.#ids.takesMany(COMPANIES_PATH));
  }

  async listReferences<K extends ReferenceKind>(kind: K, call: Call): Promise<readonly ReferenceByKind[K][]> {
    const readers: { [Each in ReferenceKind]: () => Promise<readonly ReferenceByKind[Each][]> } = {
      statuses: async () => [],
      types: async () => [],
      groups: async () => [],
      users: () => this.#references.listUsers(call),
      tags: () => this.#references.listTags(call),
      customFields: () => this.#references.listCustomFields(call),
    };
    return readers[kind]();
  }

  /** Kommo's public API has no deletion. Makes no call. */
  async deleteContacts(targets: readonly DeletionTarget[]): Promise<ReadonlyMap<string, Deletion>> {
    return new Map(targets.map((target) => [target.idInSource, this.previewDeletion()]));
  }

  previewDeletion(): Deletion {
    return { outcome: 'UNSUPPORTED' };
  }

  isContactId(_entity: ContactEntity, idInSource: string): boolean {
    return KOMMO_ID.test(idInSource) && idInSource !== '0';
  }

  contactUrl(entity: ContactEntity, idInSource: string): string | null {
    if (!this.isContactId(entity, idInSource)) return null;
    return pageUrl(this.#options.baseUrl, entity === 'company' ? 'companies' : 'contacts', idInSource);
  }

  health(): SourceHealth {
    return { ...this.#options.http.health(), tokenExpiry: this.#options.credentials.expiry };
  }

  /** Cost: 1 call. */
  async diagnose(call: Call): Promise<readonly SourceFinding[]> {
    return (await this.#account.hasFilterFeature(call)) === false ? [FILTERS_OFF] : [];
  }

  #findContacts(entity: ContactEntity, ids: readonly string[], asked: AskedDetails, call: Call) {
    const isPerson = entity === 'contact';
    return this.#ids.findByIds(
      {
        path: isPerson ? '/contacts' : COMPANIES_PATH,
        key: isPerson ? 'contacts' : 'companies',
        parameters: withParameters(asked),
        hasOrder: true,
        prefersSingle: isPerson,
        absentStatuses: [],
        readerOf: async (rows, shared) => {
          const zone = await this.#account.zoneFor(rows, shared);
          return (wire, bytes): ContactRecord | null => {
            const id = wire.at('id').requiredId();
            return isDeleted(wire) ? null : toContact({ wire, bytes, id, asked, context: this.#mapping, zone }, entity);
          };
        },
      },
      ids,
      call,
    );
  }

  async #findTags(ids: readonly string[], call: Call): Promise<ReadonlyMap<string, readonly TagRecord[] | SourceError>> {
    const contacts = await this.#findContacts('contact', ids, { leads: false, catalogElements: false }, call);
    return new Map([...contacts].map(([id, contact]) => [id, contact instanceof SourceError ? contact : (contact.tags ?? [])]));
  }
}
