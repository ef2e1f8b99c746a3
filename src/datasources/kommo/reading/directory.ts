import type { Call } from '../../port/call.ts';
import type { ContactChanges, ContactDirectory, WalkPage } from '../../port/identity/contact-directory.ts';
import type { ContactOrder } from '../../port/list-query.ts';
import type { Log } from '../../port/log.ts';
import { valueOr } from '../../port/member.ts';
import type { ContactRecord } from '../../port/records/contact.ts';
import { SourceError } from '../../port/source-error.ts';
import { readRows } from '../../wire/wire-rows.ts';
import type { KommoClient } from '../client.ts';
import { PAGE_SIZE_MAX, type KommoPlan } from '../planning/plan.ts';
import type { Parameter } from '../planning/query-string.ts';
import { pageReader, rowsPath } from '../wire-types.ts';
import type { ListReader } from './list-reader.ts';

/** Kommo blocks accounts for "uncontrolled iteration over all data": a call a second is far below its limit of seven. */
const WALK_PACE_MS = 1_000;
/** Pages of changes that are read; after more the whole list is read again. */
const CHANGE_PAGES_MAX = 4;
const EVENTS_PER_PAGE = 100;
/** Clocks differ, and `updated_at` is in whole seconds. */
const CLOCK_MARGIN_MS = 5_000;
const EVENT_TYPES = ['contact_deleted', 'contact_restored', 'entity_merged'] as const;
const readEvents = pageReader('events');

/** With what one account is read whole. */
export interface KommoDirectoryOptions {
  readonly source: string;
  readonly client: KommoClient;
  readonly lists: ListReader;
  readonly log: Log;
  /** A plan of all contacts in an order. */
  readonly planAll: (order: ContactOrder) => KommoPlan;
  readonly findContacts: (ids: readonly string[], call: Call) => Promise<ReadonlyMap<string, ContactRecord | SourceError>>;
}

interface ContactEvent {
  readonly type: string;
  readonly contactId: string;
}

/** Reads all contacts of an account, and what has changed. */
export class KommoDirectory implements ContactDirectory {
  readonly walkPaceMs = WALK_PACE_MS;
  readonly #options: KommoDirectoryOptions;

  constructor(options: KommoDirectoryOptions) {
    this.#options = options;
  }

  /** Pages of 250 in the order of ids, the only one that does not move. Cost: 1 call; see readInParts for a page that fails. */
  async walk(position: string | null, call: Call): Promise<WalkPage> {
    const { lists, planAll } = this.#options;
    const index = position === null ? 0 : Number(position);
    const plan = { ...planAll({ field: 'CREATED_AT', direction: 'ASC' }), blockSize: PAGE_SIZE_MAX };
    const { rows, droppedRows, isLast } = await lists.readBlock(plan, index, call);
    return { rows: rows.filter((row) => row !== null), droppedRows, total: null, next: isLast ? null : String(index + 1) };
  }

  /**
   * Reads what was changed, by the list in the order of changes, and what was deleted, by the events. Cost: 2 calls as a rule, 1 more for contacts
   * that were restored.
   *
   * @see https://developers.kommo.com/reference/events-list GET /api/v4/events
   */
  async changesSince(since: Date, call: Call): Promise<ContactChanges> {
    const from = since.getTime() - CLOCK_MARGIN_MS;
    const [list, events] = await Promise.all([this.#changedSince(from, call), this.#eventsSince(from, call)]);
    const idsOf = (wanted: string) => events.rows.flatMap(({ type, contactId }) => (type === wanted ? [contactId] : []));
    const restored = idsOf('contact_restored');
    const found = restored.length === 0 ? new Map() : await this.#options.findContacts(restored, call);
    const there = [...list.rows, ...[...found.values()].filter((row) => !(row instanceof SourceError))];
    const isThere = new Set(there.map(({ idInSource }) => idInSource));
    return {
      changed: there,
      deleted: idsOf('contact_deleted').flatMap((idInSource) =>
        isThere.has(idInSource) ? [] : [{ entity: 'contact' as const, idInSource }],
      ),
      // Which contacts were merged away, the event does not say.
      isWhole: list.isWhole && events.isWhole && idsOf('entity_merged').length === 0,
    };
  }

  async #changedSince(from: number, call: Call): Promise<{ readonly rows: readonly ContactRecord[]; readonly isWhole: boolean }> {
    const { lists, planAll } = this.#options;
    const plan = { ...planAll({ field: 'UPDATED_AT', direction: 'DESC' }), blockSize: PAGE_SIZE_MAX };
    const changed: ContactRecord[] = [];
    for (let index = 0; index < CHANGE_PAGES_MAX; index += 1) {
      const { rows, isLast } = await lists.readBlock(plan, index, call);
      const known = rows.filter((row) => row !== null);
      changed.push(...known.filter((row) => updatedAtOf(row) >= from));
      if (isLast || known.some((row) => updatedAtOf(row) < from)) return { rows: changed, isWhole: true };
    }
    return { rows: changed, isWhole: false };
  }

  async #eventsSince(from: number, call: Call): Promise<{ readonly rows: readonly ContactEvent[]; readonly isWhole: boolean }> {
    const { client, source, log } = this.#options;
    const events: ContactEvent[] = [];
    for (let page = 1; page <= CHANGE_PAGES_MAX; page += 1) {
      const parameters: Parameter[] = [
        ['filter[type]', EVENT_TYPES.join(',')],
        ['filter[entity]', 'contact'],
        ['filter[created_at][from]', String(Math.floor(from / 1_000))],
        ['page', String(page)],
        ['limit', String(EVENTS_PER_PAGE)],
      ];
      const answer = await client.get({ path: '/events', parameters, read: readEvents }, call);
      if (answer === null) return { rows: events, isWhole: true };
      const { rows } = readRows(answer.rows, { source, path: rowsPath('events'), log }, (wire) => ({
        type: wire.at('type').text() ?? '',
        entity: wire.at('entity_type').text(),
        contactId: wire.at('entity_id').requiredId(),
      }));
      // A filter that is not known is ignored in silence.
      for (const row of rows) if (row !== null && (row.entity === null || row.entity.startsWith('contact'))) events.push(row);
      if (!answer.hasNext) return { rows: events, isWhole: true };
    }
    return { rows: events, isWhole: false };
  }
}

/** A date that cannot be read counts as just now: the row is then taken, which does no harm. */
function updatedAtOf({ updatedAt }: ContactRecord): number {
  return valueOr(updatedAt, null)?.getTime() ?? Infinity;
}
