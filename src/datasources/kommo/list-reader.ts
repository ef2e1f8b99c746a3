import type { Block, Call } from '../contact-source.ts';
import type { Log } from '../log.ts';
import type { ContactRecord } from '../records.ts';
import { SourceError } from '../source-error.ts';
import { inParallel } from './bounded-parallel.ts';
import type { KommoClient } from './client.ts';
import type { FilterTrust } from './filter-trust.ts';
import { toContact, type MappingContext } from './mapping.ts';
import { PAGE_SIZE_MAX, type KommoPlan } from './plan.ts';
import type { Parameter } from './query-string.ts';
import { readRows } from './row-reader.ts';
import { ScanQueue } from './scan-queue.ts';
import { kommoContact, kommoPage } from './wire-types.ts';

const CALLS_AT_ONCE = 8;
/** Pages of a search beyond those that its budget needs: short and empty ones. */
const SPARE_PAGES = 4;

export interface ListReaderOptions {
  readonly client: KommoClient;
  readonly trust: FilterTrust;
  readonly log: Log;
  readonly mapping: MappingContext;
  /** Rows that one search of a collected plan may read. */
  readonly scanBudget: number;
  /** The wall clock, Unix milliseconds. */
  readonly now: () => number;
  readonly findContacts: (ids: readonly string[], plan: KommoPlan, call: Call) => Promise<ReadonlyMap<string, ContactRecord | SourceError>>;
}

interface ContactPage {
  readonly rows: readonly (ContactRecord | null)[];
  readonly isLast: boolean;
  readonly droppedRows: number;
}

/** What a collected plan has gathered. */
interface Gathered {
  readonly rows: readonly (ContactRecord | null)[];
  readonly droppedRows: number;
  readonly isWhole: boolean;
}

/** Reads the blocks of Kommo's plans. */
export class ListReader {
  readonly #options: ListReaderOptions;
  readonly #scans: ScanQueue;

  constructor(options: ListReaderOptions) {
    this.#options = options;
    this.#scans = new ScanQueue(options.mapping.source);
  }

  /**
   * Reads one block. Plans that may have to read the whole list take turns.
   *
   * Cost: `list`: 1 call. `queries`: 1 for every 250 rows that each search finds. `companies`: 1 for each company and for every 100 contacts.
   */
  async readBlock(plan: KommoPlan, index: number, call: Call): Promise<Block> {
    this.#options.trust.refuseIgnored(plan.sent, call);
    const asOf = new Date(this.#options.now());
    if (plan.read !== 'list') {
      const gathered = await (plan.read === 'queries' ? this.#gatherQueries(plan, call) : this.#gatherCompanies(plan, call));
      return { ...gathered, overlap: [], isLast: true, totalCount: null, asOf };
    }
    const read = () => this.#readPage(plan, plan.queries[0], index + 1, plan.blockSize, call);
    const page = await (plan.isScan ? this.#scans.run(call, read) : read());
    return { ...page, overlap: [], totalCount: null, asOf, isWhole: true };
  }

  /** A page is the last one when Kommo says 204 or names no next one; a short page proves nothing. */
  async #readPage(plan: KommoPlan, query: string | undefined, page: number, limit: number, call: Call): Promise<ContactPage> {
    const { client, log, mapping, trust } = this.#options;
    const parameters: Parameter[] = [
      ...(query === undefined ? [] : [['query', query] as const]),
      ...plan.parameters,
      ['page', String(page)],
      ['limit', String(limit)],
    ];
    const answer = await client.get({ path: '/contacts', parameters, schema: kommoPage('contacts') }, call);
    if (answer === null) return { rows: [], isLast: true, droppedRows: 0 };
    if (answer.rows.length > limit) {
      throw new SourceError(mapping.source, 'BAD_RESPONSE', `${mapping.source} sent a longer page than was asked for.`);
    }
    const { rows, droppedRows } = readRows(answer.rows, kommoContact, { source: mapping.source, key: 'contacts', log });
    const contacts = rows.map((row) => (row === null || row.is_deleted === true ? null : toContact(row, 'contact', plan.asked, mapping)));
    return { rows: await trust.verified(contacts, plan.sent, call), isLast: !answer.hasNext, droppedRows };
  }

  /** All that any of the searches finds, each contact once. */
  async #gatherQueries(plan: KommoPlan, call: Call): Promise<Gathered> {
    const walks = await inParallel(plan.queries, CALLS_AT_ONCE, (query) => this.#walkQuery(plan, query, call));
    const rowById = new Map(walks.flatMap(({ rows }) => rows).flatMap((row) => (row === null ? [] : [[row.idInSource, row]])));
    return {
      rows: [...rowById.values()],
      droppedRows: walks.reduce((sum, walk) => sum + walk.droppedRows, 0),
      isWhole: walks.every((walk) => walk.isWhole),
    };
  }

  async #walkQuery(plan: KommoPlan, query: string, call: Call): Promise<Gathered> {
    const { scanBudget } = this.#options;
    const pagesMax = Math.ceil(scanBudget / PAGE_SIZE_MAX) + SPARE_PAGES;
    const rows: (ContactRecord | null)[] = [];
    let droppedRows = 0;
    let isWhole = false;
    for (let page = 1; page <= pagesMax && rows.length < scanBudget && !isWhole; page += 1) {
      const read = await this.#readPage(plan, query, page, PAGE_SIZE_MAX, call);
      rows.push(...read.rows);
      droppedRows += read.droppedRows;
      isWhole = read.isLast;
    }
    return { rows, droppedRows, isWhole };
  }

  /** @see https://developers.kommo.com/reference/companies-list GET /api/v4/companies/{id} */
  async #gatherCompanies(plan: KommoPlan, call: Call): Promise<Gathered> {
    const { client, findContacts, scanBudget } = this.#options;
    const idsOfCompanies = await inParallel(plan.companyIds, CALLS_AT_ONCE, async (id) => {
      const company = await client.get({ path: `/companies/${id}`, parameters: [['with', 'contacts']], schema: kommoContact }, call);
      return company === null || company.is_deleted === true ? [] : (company._embedded?.contacts ?? []).map((contact) => contact.id);
    });
    const ids = [...new Set(idsOfCompanies.flat())];
    const found = await findContacts(ids.slice(0, scanBudget), plan, call);
    const rows: ContactRecord[] = [];
    let droppedRows = 0;
    for (const record of found.values()) {
      if (!(record instanceof SourceError)) rows.push(record);
      else if (record.code === 'BAD_RESPONSE') droppedRows += 1;
      else throw record;
    }
    return { rows, droppedRows, isWhole: ids.length <= scanBudget };
  }
}
