import type { Call } from '../../port/call.ts';
import type { Block } from '../../port/list-plan.ts';
import type { Log } from '../../port/log.ts';
import type { ContactRecord } from '../../port/records/contact.ts';
import { SourceError } from '../../port/source-error.ts';
import { inParallel } from '../../wire/in-parallel.ts';
import { readRows, readLoneRow } from '../../wire/wire-rows.ts';
import { KommoRefusal } from '../api-error.ts';
import type { KommoClient } from '../client.ts';
import type { FilterTrust } from '../planning/filter-trust.ts';
import { isDeleted, linkedIds, toContact, type MappingContext } from '../mapping/contact.ts';
import { PAGE_SIZE_MAX, type KommoPlan } from '../planning/plan.ts';
import { readInParts, type ContactPage } from './read-in-parts.ts';
import type { Parameter } from '../planning/query-string.ts';
import { ScanQueue } from './scan-queue.ts';
import type { Account } from './account.ts';
import { pageReader, rowsPath, type ReadBody } from '../wire-types.ts';

const CALLS_AT_ONCE = 8;
const readContacts = pageReader('contacts');
const readUnread: ReadBody<unknown> = (body) => body;

/** With what the blocks of one account are read. */
export interface ListReaderOptions {
  readonly client: KommoClient;
  readonly trust: FilterTrust;
  readonly account: Account;
  readonly log: Log;
  readonly mapping: MappingContext;
  /** Rows of each search that one block of a collected plan may hold, in whole pages of 250; of companies' contacts, just so many. */
  readonly scanBudget: number;
  /** The wall clock, Unix milliseconds. */
  readonly now: () => number;
  /** Reads contacts by id, in the details that the plan asks for. */
  readonly findContacts: (ids: readonly string[], plan: KommoPlan, call: Call) => Promise<ReadonlyMap<string, ContactRecord | SourceError>>;
}

/** One piece of what a collected plan gathers. */
interface Gathered {
  readonly rows: readonly (ContactRecord | null)[];
  readonly droppedRows: number;
  readonly isLast: boolean;
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
   * Reads one block. Plans that may have to read the whole list take turns. Filters, orders and searches that the account ignores or refuses are left
   * out, and what they would have kept away is for the caller to check, as it does with every row of them.
   *
   * Cost: `list`: 1 call. `queries`: 1 for every 250 rows that each search finds. `companies`: 1 for each company and for every 100 contacts.
   * 1 more when a filter, an order or a search is first refused; see readInParts for a page that fails.
   *
   * @throws SourceError FILTER_UNSUPPORTED when a filter does not work and rows do not show it, or scans are not allowed.
   */
  async readBlock(asked: KommoPlan, index: number, call: Call): Promise<Block> {
    const asOf = new Date(this.#options.now());
    let plan = this.#options.trust.usable(asked, call);
    for (;;) {
      try {
        const read = () => this.#readPlan(plan, index, call);
        const piece = await (plan.isScan ? this.#scans.run(call, read) : read());
        return { ...piece, overlap: [], totalCount: null, asOf, isWhole: true };
      } catch (error) {
        if (!(error instanceof KommoRefusal)) throw error;
        plan = this.#options.trust.without(plan, error);
      }
    }
  }

  #readPlan(plan: KommoPlan, index: number, call: Call): Promise<Gathered> {
    switch (plan.read) {
      case 'queries':
        return this.#gatherQueries(plan, index, call);
      case 'companies':
        return this.#gatherCompanies(plan, index, call);
      case 'list':
        return this.#readPage(plan, plan.queries[0], index + 1, plan.blockSize, call);
    }
  }

  #readPage(plan: KommoPlan, query: string | undefined, page: number, limit: number, call: Call): Promise<ContactPage> {
    const usable = this.#options.trust.usable(plan, call);
    return readInParts(page, limit, (part, size, isProbe) => this.#readPart(usable, query, part, size, isProbe, call));
  }

  /** A page is the last one when Kommo says 204 or names no next one; a short page proves nothing. */
  async #readPart(
    plan: KommoPlan,
    query: string | undefined,
    page: number,
    limit: number,
    isProbe: boolean,
    call: Call,
  ): Promise<ContactPage> {
    const { client, log, mapping, trust, account } = this.#options;
    const parameters: Parameter[] = [
      ...(query === undefined ? [] : [['query', query] as const]),
      ...plan.parameters,
      ['page', String(page)],
      ['limit', String(limit)],
    ];
    const answer = await client.get({ path: '/contacts', parameters, read: readContacts, isProbe }, call);
    if (answer === null) return { rows: [], isLast: true, droppedRows: 0 };
    if (answer.rows.length > limit) {
      throw new SourceError(mapping.source, 'BAD_RESPONSE', `${mapping.source} sent a longer page than was asked for.`);
    }
    const zone = await account.zoneFor(answer.rows, call);
    const { rowBytes: bytes } = answer;
    const { rows, droppedRows } = readRows(answer.rows, { source: mapping.source, path: rowsPath('contacts'), log }, (wire) => {
      const id = wire.at('id').requiredId();
      return isDeleted(wire) ? null : toContact({ wire, bytes, id, asked: plan.asked, context: mapping, zone }, 'contact');
    });
    return { rows: await trust.verified(rows, plan.sent, call), isLast: !answer.hasNext, droppedRows };
  }

  /**
   * What any of the searches finds, each contact once: as many pages of each as the scan budget allows, and those behind them with the next
   * index. What came before is read again, since only that tells which contacts are new.
   */
  async #gatherQueries(plan: KommoPlan, index: number, call: Call): Promise<Gathered> {
    const pagesPerPiece = Math.ceil(this.#options.scanBudget / PAGE_SIZE_MAX);
    const known = index * pagesPerPiece;
    const walks = await inParallel(queriesOf(plan), CALLS_AT_ONCE, (query) => this.#walkQuery(plan, query, known + pagesPerPiece, call));
    const idsOf = (pages: readonly ContactPage[]) => pages.flatMap(({ rows }) => rows.map((row) => row?.idInSource));
    const given = new Set(walks.flatMap((pages) => idsOf(pages.slice(0, known))));
    const fresh = walks.flatMap((pages) => pages.slice(known));
    const rows = fresh.flatMap((page) => page.rows.filter((row) => row !== null && !given.has(row.idInSource)));
    return {
      rows: [...new Map(rows.map((row) => [row?.idInSource, row])).values()],
      droppedRows: fresh.reduce((sum, page) => sum + page.droppedRows, 0),
      isLast: walks.every((pages) => pages.at(-1)?.isLast),
    };
  }

  async #walkQuery(plan: KommoPlan, query: string | undefined, pagesMax: number, call: Call): Promise<readonly ContactPage[]> {
    const pages: ContactPage[] = [];
    while (pages.length < pagesMax && !pages.at(-1)?.isLast) {
      pages.push(await this.#readPage(plan, query, pages.length + 1, PAGE_SIZE_MAX, call));
    }
    return pages;
  }

  /** @see https://developers.kommo.com/reference/companies-list GET /api/v4/companies/{id} */
  async #gatherCompanies(plan: KommoPlan, index: number, call: Call): Promise<Gathered> {
    const { client, findContacts, scanBudget, mapping, log } = this.#options;
    const idsOfCompanies = await inParallel(plan.companyIds, CALLS_AT_ONCE, async (id) => {
      const company = await client.get({ path: `/companies/${id}`, parameters: [['with', 'contacts']], read: readUnread }, call);
      if (company === null) return { ids: [], droppedRows: 0 };
      const links = readLoneRow(company, { source: mapping.source, log }, (row) => {
        const linked = row.attempt((one) => (isDeleted(one) ? [] : linkedIds(one, 'contacts')), row);
        return linked instanceof SourceError ? null : { ids: linked, droppedRows: row.damages };
      });
      // Links that cannot be read are contacts that nobody sees.
      return links ?? { ids: [], droppedRows: 1 };
    });
    const ids = [...new Set(idsOfCompanies.flatMap((links) => links.ids))];
    const end = (index + 1) * scanBudget;
    const found = await findContacts(ids.slice(end - scanBudget, end), plan, call);
    const rows: ContactRecord[] = [];
    let droppedRows = index === 0 ? idsOfCompanies.reduce((sum, links) => sum + links.droppedRows, 0) : 0;
    for (const record of found.values()) {
      if (!(record instanceof SourceError)) rows.push(record);
      else if (record.code === 'BAD_RESPONSE') droppedRows += 1;
      else throw record;
    }
    return { rows, droppedRows, isLast: ids.length <= end };
  }
}

/** One walk through the whole list, where its searches do not work. */
function queriesOf({ queries }: KommoPlan): readonly (string | undefined)[] {
  return queries.length > 0 ? queries : [undefined];
}
