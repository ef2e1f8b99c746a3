import type { Call, WriteCall } from '../port/call.ts';
import type { ContactSource } from '../port/contact-source.ts';
import type { Deletion, DeletionTarget } from '../port/deletion.ts';
import type { Block, ListPlan, RunnablePlan } from '../port/list-plan.ts';
import type { Detail, ListQuery } from '../port/list-query.ts';
import type { ContactEntity, ContactRecord } from '../port/records/contact.ts';
import type { CustomFieldRecord } from '../port/records/custom-field.ts';
import type { Entity, RecordOf, ReferenceByKind, ReferenceKind } from '../port/records/entity.ts';
import { SourceError } from '../port/source-error.ts';
import type { SourceHttp } from '../http/source-http.ts';
import type { SourceDependencies } from '../source-module.ts';
import { valueOr } from '../port/member.ts';
import { readLoneRow, readRows } from '../wire/wire-rows.ts';
import type { WireRow } from '../wire/wire-value.ts';
import type { OnlyofficeCredential } from './credentials.ts';
import { OnlyofficeClient } from './client.ts';
import { contactPath, isPortalId } from './reading/contact-path.ts';
import { readCustomField } from './mapping/custom-field.ts';
import { deleteContact, previewDeletion } from './deletion.ts';
import { findEach } from './reading/id-reader.ts';
import { inParallel } from '../wire/in-parallel.ts';
import { readBlock, type ListReadingDependencies } from './reading/list-reader.ts';
import { readPages } from './reading/page-reader.ts';
import { readListItem, toContact, toContactUrl } from './mapping/contact.ts';
import { OnlyofficeDirectory } from './reading/directory.ts';
import { readPhotoUrl, toPhotoPath } from './mapping/photo.ts';
import { readReply, type Reply } from './reply.ts';
import { FilterTrust } from './planning/filter-trust.ts';
import { planList, type OnlyofficePlan } from './planning/plan.ts';
import { onlyofficeProfile } from './profile.ts';
import { readTagRows, readTags, tagsAlone, withTags } from './reading/tag-reader.ts';

const RATE_WINDOW_MS = 10_000;
const CALLS_AT_ONCE = 12;
const DELETES_AT_ONCE = 4;
/** Entries of one kind of reference data that are read; far more than a portal has. */
const REFERENCES_MAX = 10_000;

/** Which portal is called, and as whom. */
export interface OnlyofficeSettings {
  /** The portal, without a trailing slash. */
  readonly url: string;
  readonly credential: OnlyofficeCredential;
  /** Calls that it takes in ten seconds. */
  readonly rateLimit: number;
}

type FoundById<E extends Entity> = ReadonlyMap<string, RecordOf<E> | SourceError>;
type Finders = { readonly [E in Entity]: (ids: readonly string[], details: ReadonlySet<Detail>, call: Call) => Promise<FoundById<E>> };
type ReferenceReaders = { readonly [K in ReferenceKind]: (call: Call) => Promise<readonly ReferenceByKind[K][]> };

/** One ONLYOFFICE portal's CRM: persons and companies in one list, under ids that do not tell them apart. */
export class OnlyofficeDatasource implements ContactSource<OnlyofficePlan> {
  readonly kind = onlyofficeProfile.kind;
  readonly displayName = onlyofficeProfile.displayName;
  readonly capabilities = onlyofficeProfile.capabilities;
  readonly name: string;
  readonly url: string;
  readonly #portalUrl: string;
  readonly #http: SourceHttp;
  readonly #reading: ListReadingDependencies;
  readonly #defaultCountry: string | undefined;
  readonly #finders: Finders;
  readonly #references: ReferenceReaders;
  readonly directory: OnlyofficeDirectory;

  constructor(name: string, { url, credential, rateLimit }: OnlyofficeSettings, dependencies: SourceDependencies) {
    const { log, now, scanBudget, defaultCountry } = dependencies;
    this.name = name;
    this.url = `${url}/Products/CRM/Default.aspx`;
    this.#portalUrl = url;
    this.#defaultCountry = defaultCountry;
    this.#http = dependencies.createHttp({
      source: name,
      baseUrl: url,
      credential: `${url} ${credential.kind === 'token' ? credential.token : credential.username}`,
      rateLimits: [{ window: 'TEN_SECONDS', windowMs: RATE_WINDOW_MS, limit: rateLimit }],
      concurrencyMax: CALLS_AT_ONCE,
    });
    this.#reading = {
      client: new OnlyofficeClient(name, this.#http, credential, now),
      trust: new FilterTrust(name, dependencies.referenceTtlMs, now),
      context: { source: name, portalUrl: url, defaultCountry },
      log,
      scanBudget,
      now,
    };
    this.directory = new OnlyofficeDirectory({
      reading: this.#reading,
      referenceTtlMs: dependencies.referenceTtlMs,
      findContact: (id, call) => this.#findContact(id, call),
      toContact: (id, { status, text }) => this.#toContact(id, readReply(name, { status, text, headers: {} }, now())),
      defaultCountry,
    });
    const findNone = async () => new Map<string, never>();
    this.#finders = {
      contact: (ids, details, call) => this.#findContacts(ids, details, call),
      // Companies are contacts here, and nothing in the API finds a user by id: all that is known of users stands on the rows.
      company: findNone,
      user: findNone,
      lead: findNone,
      catalogElement: findNone,
      tags: async (ids, _details, call) => tagsAlone(await readTags(ids.filter(isPortalId), call, this.#reading)),
      photoUrl: (keys, _details, call) => this.#findPhotoUrls(keys, call),
    };
    this.#references = {
      statuses: (call) => this.#readReferences('/api/2.0/crm/contact/status', readListItem, call),
      types: (call) => this.#readReferences('/api/2.0/crm/contact/type', readListItem, call),
      tags: async (call) => readTagRows(await this.#readReferenceRows('/api/2.0/crm/contact/tag', call), { source: name, log }).tags,
      customFields: (call) => this.#readCustomFields(call),
      groups: async () => [],
      users: async () => [],
    };
  }

  planList(query: ListQuery): OnlyofficePlan | Exclude<ListPlan, RunnablePlan> {
    return planList(query, { defaultCountry: this.#defaultCountry, scanBudget: this.#reading.scanBudget });
  }

  readBlock(plan: OnlyofficePlan, index: number, call: Call): Promise<Block> {
    return readBlock(plan, index, call, this.#reading);
  }

  /** Cost: 1 call for each id, 8 at once; for contacts with the detail `tags` 2. Nothing for ids that cannot be the portal's. */
  findByIds<E extends Entity>(entity: E, ids: readonly string[], details: ReadonlySet<Detail>, call: Call): Promise<FoundById<E>> {
    return this.#finders[entity](ids, details, call);
  }

  /** Cost: 1 call; for custom fields 3; none for groups and users, which the API does not list. */
  listReferences<K extends ReferenceKind>(kind: K, call: Call): Promise<readonly ReferenceByKind[K][]> {
    return this.#references[kind](call);
  }

  /** Deletes singly, 4 at once: the portal's bulk delete skips in silence what it does not delete. */
  async deleteContacts(targets: readonly DeletionTarget[], write: WriteCall): Promise<ReadonlyMap<string, Deletion>> {
    const distinct = new Map(targets.map((target) => [target.idInSource, target]));
    const { client, now } = this.#reading;
    const deletions = await inParallel([...distinct.values()], DELETES_AT_ONCE, async (target): Promise<[string, Deletion]> => {
      return [target.idInSource, await deleteContact(target, write, { client, now, source: this.name })];
    });
    return new Map(deletions);
  }

  previewDeletion(target: DeletionTarget): Deletion {
    return previewDeletion(target, this.name);
  }

  /** Companies are contacts here, so there is no id of the entity `company`. */
  isContactId(entity: ContactEntity, idInSource: string): boolean {
    return entity === 'contact' && isPortalId(idInSource);
  }

  contactUrl(entity: ContactEntity, idInSource: string): string | null {
    return entity === 'contact' && isPortalId(idInSource) ? toContactUrl(this.#portalUrl, idInSource, false) : null;
  }

  health() {
    return this.#http.health();
  }

  async #findContacts(ids: readonly string[], details: ReadonlySet<Detail>, call: Call): Promise<FoundById<'contact'>> {
    const known = ids.filter(isPortalId);
    if (!details.has('tags')) return findEach(known, (id) => this.#findContact(id, call));
    const [contacts, tags] = await Promise.all([
      findEach(known, (id) => this.#findContact(id, call)),
      // A contact whose tags cannot be read is still a contact: its tags stay unknown, and fail where they are asked for.
      readTags(known, call, this.#reading).catch(() => null),
    ]);
    for (const [id, contact] of contacts) {
      const found = tags?.get(id);
      if (!(contact instanceof SourceError) && found !== undefined && !(found instanceof SourceError)) {
        contacts.set(id, withTags(contact, found));
      }
    }
    return contacts;
  }

  /** Null also for a contact that is hidden from the account, or whose status was deleted: the portal does not tell these apart. */
  async #findContact(id: string, call: Call): Promise<ContactRecord | null> {
    return this.#toContact(id, await this.#reading.client.readObject(contactPath(id), call));
  }

  #toContact(id: string, reply: Reply): ContactRecord | null {
    if (reply.outcome === 'notFound') return null;
    const { response, bytes } = reply.envelope;
    const { context, log } = this.#reading;
    const contact = readLoneRow(response, { source: this.name, log }, (wire) => toContact({ wire, bytes, form: 'SINGLE', context }));
    if (contact === null) throw new SourceError(this.name, 'BAD_RESPONSE', `${this.name} sent a contact without an id.`);
    if (contact.idInSource !== id) throw new SourceError(this.name, 'BAD_RESPONSE', `${this.name} answered with another contact.`);
    return contact;
  }

  #findPhotoUrls(keys: readonly string[], call: Call): Promise<FoundById<'photoUrl'>> {
    return findEach(keys, async (key) => {
      const target = toPhotoPath(key, this.#portalUrl);
      if (target === null) return null;
      return this.#reading.client.read(target, call, (response) => readPhotoUrl(this.name, this.#portalUrl, response, this.#reading.now()));
    });
  }

  async #readReferences<T>(path: string, read: (row: WireRow) => T, call: Call): Promise<T[]> {
    const rows = await this.#readReferenceRows(path, call);
    const place = { source: this.name, path: '$.response', log: this.#reading.log };
    return readRows(rows, place, read).rows.filter((row) => row !== null);
  }

  async #readReferenceRows(path: string, call: Call): Promise<readonly unknown[]> {
    const { client } = this.#reading;
    const { rows } = await readPages(this.name, REFERENCES_MAX, async (range) => {
      const page = await client.readPage(path, [], range, call);
      if (page !== null) return page;
      throw new SourceError(this.name, 'BAD_RESPONSE', `${this.name} says that one kind of its reference data does not exist.`, {
        httpStatus: 404,
      });
    });
    return rows;
  }

  /** `person` and `company` each hold the common fields too; by id they are one list. */
  async #readCustomFields(call: Call): Promise<CustomFieldRecord[]> {
    const lists = await Promise.all(
      ['contact', 'person', 'company'].map((kind) =>
        this.#readReferences(`/api/2.0/crm/${kind}/customfield/definitions`, readCustomField, call),
      ),
    );
    const fields = new Map(lists.flat().map((field) => [field.idInSource, field]));
    return [...fields.values()].sort((one, other) => (valueOr(one.position, 0) ?? 0) - (valueOr(other.position, 0) ?? 0));
  }
}
