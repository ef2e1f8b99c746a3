import type { SourceHttp } from '../http/source-http.ts';
import type { Call } from '../port/call.ts';
import type { ContactSource } from '../port/contact-source.ts';
import type { Deletion, DeletionTarget } from '../port/deletion.ts';
import type { Block } from '../port/list-plan.ts';
import type { Detail, ListQuery } from '../port/list-query.ts';
import type { ContactEntity, ContactRecord } from '../port/records/contact.ts';
import type { Entity, RecordOf } from '../port/records/entity.ts';
import { SourceError } from '../port/source-error.ts';
import type { SourceDependencies } from '../source-module.ts';
import { CardfileClient } from './client.ts';
import { toContact, type MappingContext } from './mapping.ts';
import { BLOCK_SIZE, planList, type CardfilePlan } from './plan.ts';
import { cardfileProfile } from './profile.ts';

const CARD_ID = /^[1-9]\d{0,14}$/;
/** Ids in one call. */
const IDS_MAX = 50;

/** What one Cardfile account is made of. */
export interface CardfileOptions {
  readonly name: string;
  readonly http: SourceHttp;
  readonly token: string;
  readonly dependencies: Pick<SourceDependencies, 'log' | 'defaultCountry' | 'now'>;
}

/** One account of Cardfile: a list of persons, each with a name, a phone and an e-mail. */
export class CardfileDatasource implements ContactSource<CardfilePlan> {
  readonly kind = cardfileProfile.kind;
  readonly displayName = cardfileProfile.displayName;
  readonly capabilities = cardfileProfile.capabilities;
  readonly url = null;
  readonly name: string;
  readonly #client: CardfileClient;
  readonly #http: SourceHttp;
  readonly #mapping: MappingContext;
  readonly #now: () => number;

  constructor({ name, http, token, dependencies: { log, defaultCountry, now } }: CardfileOptions) {
    this.name = name;
    this.#http = http;
    this.#mapping = { source: name, defaultCountry };
    this.#client = new CardfileClient({ source: name, http, token, log, now });
    this.#now = now;
  }

  planList(query: ListQuery): ReturnType<typeof planList> {
    return planList(query);
  }

  /** Reads a page. Cost: 1 call. */
  async readBlock({ parameters }: CardfilePlan, index: number, call: Call): Promise<Block> {
    const asOf = new Date(this.#now());
    const page = [
      ['page', String(index)],
      ['per_page', String(BLOCK_SIZE)],
    ] as const;
    const { rows, droppedRows, total } = await this.#client.readPeople([...parameters, ...page], call, (wire) =>
      toContact(wire, this.#mapping),
    );
    return {
      rows,
      overlap: [],
      isLast: (index + 1) * BLOCK_SIZE >= total,
      totalCount: total,
      droppedRows,
      asOf,
      isWhole: true,
    };
  }

  /** Finds contacts by id; Cardfile has nothing else that has one. Cost: 1 call for each 50. */
  async findByIds<E extends Entity>(
    entity: E,
    ids: readonly string[],
    _details: ReadonlySet<Detail>,
    call: Call,
  ): Promise<ReadonlyMap<string, RecordOf<E> | SourceError>> {
    const readers: { readonly [Each in Entity]?: () => Promise<ReadonlyMap<string, RecordOf<Each> | SourceError>> } = {
      contact: () => this.#findContacts(ids, call),
    };
    const read: (() => Promise<ReadonlyMap<string, RecordOf<E> | SourceError>>) | undefined = readers[entity];
    return read === undefined ? new Map() : read();
  }

  async #findContacts(ids: readonly string[], call: Call): Promise<ReadonlyMap<string, ContactRecord | SourceError>> {
    const known = [...new Set(ids)].filter((id) => CARD_ID.test(id));
    const found = new Map<string, ContactRecord | SourceError>();
    for (let start = 0; start < known.length; start += IDS_MAX) {
      const batch = known.slice(start, start + IDS_MAX);
      const { rows, droppedRows } = await this.#client.readPeople([['ids', batch.join(',')]], call, (wire) =>
        toContact(wire, this.#mapping),
      );
      for (const contact of rows) if (contact !== null && batch.includes(contact.idInSource)) found.set(contact.idInSource, contact);
      // A row that cannot be read may be any of those that were asked for: none of them is proven absent.
      if (droppedRows > 0) for (const id of batch) if (!found.has(id)) found.set(id, this.#oddRow());
    }
    return found;
  }

  /** Cardfile has no reference data. */
  async listReferences(): Promise<readonly never[]> {
    return [];
  }

  /** Cardfile lets no program delete. */
  async deleteContacts(targets: readonly DeletionTarget[]): Promise<ReadonlyMap<string, Deletion>> {
    return new Map(targets.map(({ idInSource }) => [idInSource, this.previewDeletion()]));
  }

  previewDeletion(): Deletion {
    return { outcome: 'UNSUPPORTED' };
  }

  isContactId(_entity: ContactEntity, idInSource: string): boolean {
    return CARD_ID.test(idInSource);
  }

  contactUrl(): null {
    return null;
  }

  health(): ReturnType<SourceHttp['health']> {
    return this.#http.health();
  }

  #oddRow(): SourceError {
    return new SourceError(this.name, 'BAD_RESPONSE', `${this.name} sent a record that does not fit its contract`);
  }
}
