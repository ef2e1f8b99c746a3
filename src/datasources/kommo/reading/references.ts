import type { Call } from '../../port/call.ts';
import type { Log } from '../../port/log.ts';
import type { TagRecord } from '../../port/records/classification.ts';
import type { CustomFieldRecord } from '../../port/records/custom-field.ts';
import type { CatalogElementRecord, LeadRecord } from '../../port/records/sales.ts';
import type { UserRecord } from '../../port/records/staff.ts';
import { ReadCache } from '../../cache/read-cache.ts';
import { SourceError } from '../../port/source-error.ts';
import type { SourceHttp } from '../../http/source-http.ts';
import { inParallel } from '../../wire/in-parallel.ts';
import type { KommoClient } from '../client.ts';
import { readCollection } from './collection-reader.ts';
import { readFieldDefinition } from '../mapping/custom-field.ts';
import type { IdReader } from './id-reader.ts';
import { isDeleted, readTag } from '../mapping/contact.ts';
import { KOMMO_ID } from '../wire-types.ts';
import { readCatalogElement, readLead, readUser, userWithoutRights } from '../mapping/reference.ts';

const CALLS_AT_ONCE = 8;

/** With what an account is asked for what its contacts refer to. */
export interface ReferencesOptions {
  readonly source: string;
  readonly baseUrl: string;
  readonly client: KommoClient;
  readonly ids: IdReader;
  readonly http: SourceHttp;
  readonly log: Log;
  /** How long reference data is cached by those who ask for it, in milliseconds; 0: not at all. */
  readonly ttlMs: number;
  /** The wall clock, Unix milliseconds. */
  readonly now: () => number;
}

/** How long a lack of rights is taken for granted, so that each page with other users does not ask anew. */
const REFUSAL_MS = 60_000;

/** The account's users; or why they may not be seen. */
type Users = ReadonlyMap<string, UserRecord> | SourceError;

/** What Kommo's contacts refer to by id alone: users, leads, list elements; and the account's tags and field definitions. */
export class References {
  readonly #options: ReferencesOptions;
  /** Keeps nothing: it makes equal reads under way one. */
  readonly #users: ReadCache<Users>;
  #refusal: { readonly error: SourceError; readonly at: number } | null = null;

  constructor(options: ReferencesOptions) {
    this.#options = options;
    this.#users = new ReadCache({ ...options, ttlMs: 0 });
  }

  /**
   * Finds users, and gives all others with them: Kommo has no filter by id.
   * Without admin rights, a user is its id alone; health says why.
   * Cost: 1 call for each 250 users of the account; without rights none for a minute after the first.
   *
   * @see https://developers.kommo.com/reference/users-list GET /api/v4/users
   */
  async findUsers(ids: readonly string[], call: Call): Promise<ReadonlyMap<string, UserRecord>> {
    const known = ids.filter((id) => KOMMO_ID.test(id));
    if (known.length === 0) return new Map();
    const users = await this.#readUsers(call);
    return users instanceof SourceError ? new Map(known.map((id) => [id, userWithoutRights(id)])) : users;
  }

  /** @throws SourceError FORBIDDEN when the token's user is no admin. */
  async listUsers(call: Call): Promise<readonly UserRecord[]> {
    const users = await this.#readUsers(call);
    if (users instanceof SourceError) throw users;
    return [...users.values()];
  }

  /** Tags of contacts; none where the account's API does not have the list. GET /api/v4/contacts/tags */
  async listTags(call: Call): Promise<readonly TagRecord[]> {
    const route = { path: '/contacts/tags', key: 'tags', readRow: readTag, parameters: [], expectedStatuses: [404, 405] };
    const rows = await readCollection(this.#options.client, route, this.#options, call);
    return rows instanceof SourceError ? [] : rows;
  }

  /**
   * The custom fields of contacts and of companies, which share one range of ids; of contacts alone where the account's API keeps the others back.
   * Cost: 2 calls.
   *
   * @see https://developers.kommo.com/reference/custom-fields GET /api/v4/contacts/custom_fields, GET /api/v4/companies/custom_fields
   */
  async listCustomFields(call: Call): Promise<readonly CustomFieldRecord[]> {
    const [ofContacts, ofCompanies] = await Promise.all([
      this.#readFieldDefinitions('/contacts/custom_fields', [], call),
      this.#readFieldDefinitions('/companies/custom_fields', [403, 404, 405], call),
    ]);
    if (ofContacts instanceof SourceError) throw ofContacts;
    const known = new Set(ofContacts.map(({ idInSource }) => idInSource));
    const added = ofCompanies instanceof SourceError ? [] : ofCompanies.filter(({ idInSource }) => !known.has(idInSource));
    return [...ofContacts, ...added];
  }

  findLeads(ids: readonly string[], call: Call): Promise<ReadonlyMap<string, LeadRecord | SourceError>> {
    const { baseUrl } = this.#options;
    return this.#options.ids.findByIds(
      {
        path: '/leads',
        key: 'leads',
        parameters: [],
        hasOrder: true,
        prefersSingle: false,
        absentStatuses: [],
        readerOf: async () => (row) => (isDeleted(row) ? null : readLead(row, baseUrl)),
      },
      ids,
      call,
    );
  }

  /** @param keys `catalogId/elementId`: Kommo finds elements by id within one catalog. Cost: 1 call for each catalog and 100 ids. */
  async findCatalogElements(keys: readonly string[], call: Call): Promise<ReadonlyMap<string, CatalogElementRecord | SourceError>> {
    const idsByCatalog = Map.groupBy(
      new Set(keys.filter((key) => /^[1-9]\d{0,18}\/[1-9]\d{0,18}$/.test(key))),
      (key) => key.split('/')[0] ?? '',
    );
    const parts = await inParallel([...idsByCatalog], CALLS_AT_ONCE, async ([catalogId, keysOfCatalog]) => {
      try {
        const ids = keysOfCatalog.map((key) => key.slice(catalogId.length + 1));
        const found = await this.#findElementsOf(catalogId, ids, call);
        return [...found].map(([id, element]): [string, CatalogElementRecord | SourceError] => [`${catalogId}/${id}`, element]);
      } catch (error) {
        if (!(error instanceof SourceError) || idsByCatalog.size === 1) throw error;
        return keysOfCatalog.map((key): [string, SourceError] => [key, error]);
      }
    });
    return new Map(parts.flat());
  }

  #findElementsOf(catalogId: string, ids: readonly string[], call: Call): Promise<ReadonlyMap<string, CatalogElementRecord | SourceError>> {
    return this.#options.ids.findByIds(
      {
        path: `/catalogs/${catalogId}/elements`,
        key: 'elements',
        parameters: [],
        hasOrder: false,
        prefersSingle: false,
        // A catalogue that was deleted takes its elements with it.
        absentStatuses: [404],
        readerOf: async () => (row) => (isDeleted(row) ? null : readCatalogElement(row, catalogId)),
      },
      ids,
      call,
    );
  }

  #readFieldDefinitions(path: string, expectedStatuses: readonly number[], call: Call) {
    const parameters = [['order[sort]', 'asc']] as const;
    const route = { path, key: 'custom_fields', readRow: readFieldDefinition, parameters, expectedStatuses };
    return readCollection(this.#options.client, route, this.#options, call);
  }

  async #readUsers(call: Call): Promise<Users> {
    const { client, http, now, source } = this.#options;
    if (this.#refusal !== null && this.#isRecent(this.#refusal.at, call)) return this.#refusal.error;
    return this.#users.get('users', call, async (shared) => {
      const route = { path: '/users', key: 'users', readRow: readUser, parameters: [['with', 'group']] as const, expectedStatuses: [403] };
      const rows = await readCollection(client, route, this.#options, shared);
      if (!(rows instanceof SourceError)) {
        if (this.#refusal !== null) http.noteLimitation(null);
        this.#refusal = null;
        return new Map(rows.map((user) => [user.idInSource, user]));
      }
      const error = new SourceError(source, 'FORBIDDEN', `The user of ${source}'s token lacks admin rights, so users have no names.`, {
        httpStatus: rows.httpStatus,
      });
      http.noteLimitation(error);
      this.#refusal = { error, at: now() };
      return error;
    });
  }

  #isRecent(at: number, { freshAfter = -Infinity }: Call): boolean {
    return at >= freshAfter && this.#options.now() - at < Math.min(REFUSAL_MS, this.#options.ttlMs);
  }
}
