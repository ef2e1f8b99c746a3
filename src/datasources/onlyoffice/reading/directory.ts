import type { Call } from '../../port/call.ts';
import type { ContactChanges, ContactDirectory, WalkPage } from '../../port/identity/contact-directory.ts';
import { keyText, type ContactKey } from '../../port/identity/contact-key.ts';
import type { ContactRecord } from '../../port/records/contact.ts';
import { SourceError } from '../../port/source-error.ts';
import { answerBytes, bytesPerRow } from '../../wire/row-size.ts';
import type { Parameter } from '../planning/filter-parameters.ts';
import { contactInfoParameters } from '../planning/filter-parameters.ts';
import { BatchReader, rowsOfMember } from './batch-reader.ts';
import { contactPath, isPortalId } from './contact-path.ts';
import { readContactRows } from './contact-rows.ts';
import { findEach } from './id-reader.ts';
import { readAllPage, type ListReadingDependencies } from './list-reader.ts';

const WALK_PAGE = 1_000;
/** How far a walk goes back at once where rows before it were deleted meanwhile. */
const STEP_BACK = 500;
/** Nobody waits for a walk, and each page is a large one for the portal. */
const WALK_PACE_MS = 1_000;
/** New contacts of a minute fit on one such page; after more a whole one is read. */
const NEW_ROWS = 50;
const NEW_ROWS_MAX = WALK_PAGE;
/** Clocks differ, and the portal's filter knows days only. */
const CLOCK_MARGIN_MS = 5_000;
const BY_ID: readonly Parameter[] = [
  ['sortBy', 'id'],
  ['sortOrder', 'ascending'],
];
const NEWEST_FIRST: readonly Parameter[] = [
  ['sortBy', 'id'],
  ['sortOrder', 'descending'],
];

/** With what one portal is read whole. */
export interface OnlyofficeDirectoryOptions {
  readonly reading: ListReadingDependencies;
  readonly referenceTtlMs: number;
  /** Reads one contact; null where there is none. */
  readonly findContact: (id: string, call: Call) => Promise<ContactRecord | null>;
  /** Reads what a single read answered. @throws SourceError */
  readonly toContact: (id: string, response: { readonly status: number; readonly text: string }) => ContactRecord | null;
  readonly defaultCountry: string | undefined;
}

/** Where a walk stands: rows before it, and the id of the last one. */
interface Position {
  readonly offset: number;
  readonly lastId: number;
}

/** Reads all contacts of a portal, what is new, and several contacts at once. */
export class OnlyofficeDirectory implements ContactDirectory {
  readonly walkPaceMs = WALK_PACE_MS;
  readonly #options: OnlyofficeDirectoryOptions;
  readonly #batches: BatchReader;

  constructor(options: OnlyofficeDirectoryOptions) {
    this.#options = options;
    const { client, context, now } = options.reading;
    this.#batches = new BatchReader({ source: context.source, client, ttlMs: options.referenceTtlMs, now });
  }

  /** Cost: 1 call for 1,000 contacts; more where rows were deleted meanwhile, or a page is too large or fails. */
  async walk(text: string | null, call: Call): Promise<WalkPage> {
    const { reading } = this.#options;
    const position = toPosition(text);
    let offset = Math.max(0, position.offset - 1);
    for (;;) {
      const page = await readAllPage(BY_ID, offset, WALK_PAGE, call, reading);
      const { rows, droppedRows } = readContactRows({ rows: page.rows, form: 'LIST', rowBytes: page.rowBytes }, reading);
      const known = rows.filter((row) => row !== null);
      const [first] = known;
      // The row before this page has to be there, or rows have moved up and some were missed.
      const hasGap = offset > 0 && (first === undefined ? page.rows.length === 0 : Number(first.idInSource) > position.lastId);
      if (hasGap) {
        offset = Math.max(0, offset - STEP_BACK);
        continue;
      }
      const fresh = known.filter(({ idInSource }) => Number(idInSource) > position.lastId);
      const last = known.at(-1);
      const end: Position = {
        offset: offset + page.rows.length,
        lastId: last === undefined ? position.lastId : Math.max(position.lastId, Number(last.idInSource)),
      };
      return { rows: fresh, droppedRows, total: page.total, next: page.isWhole ? null : `${end.offset}:${end.lastId}` };
    }
  }

  /** Reads what is new: ids rise with time. What was changed or deleted, the portal does not say. Cost: 1 call; 2 after more than 50 new contacts. */
  async changesSince(since: Date, call: Call): Promise<ContactChanges> {
    const from = since.getTime() - CLOCK_MARGIN_MS;
    const changes = await this.#newSince(from, NEW_ROWS, call);
    return changes.isWhole ? changes : this.#newSince(from, NEW_ROWS_MAX, call);
  }

  async #newSince(from: number, count: number, call: Call): Promise<ContactChanges> {
    const { reading } = this.#options;
    const page = await readAllPage(NEWEST_FIRST, 0, count, call, reading);
    const { rows } = readContactRows({ rows: page.rows, form: 'LIST', rowBytes: page.rowBytes }, reading);
    const known = rows.filter((row) => row !== null);
    const changed = known.filter((row) => createdAtOf(row) >= from);
    return { changed, deleted: [], isWhole: page.isWhole || changed.length < known.length };
  }

  /** Cost: 1 call for up to 20 searches where the portal takes batches; otherwise 1 for each key, or two for a phone that nobody has. */
  async findByKeys(keys: readonly ContactKey[], call: Call): Promise<ReadonlyMap<string, readonly ContactRecord[] | SourceError>> {
    const searches = keys.flatMap((key) =>
      contactInfoParameters({ type: key.type, value: key.value, match: 'EXACT' }, this.#options.defaultCountry).map(({ parameters }) => ({
        key: keyText(key),
        path: `/api/2.0/crm/contact/bycontactinfo?${new URLSearchParams(parameters.map(([name, value]) => [name, value])).toString()}`,
      })),
    );
    const paths = searches.map(({ path }) => path);
    const answers = (await this.#batches.read(paths, call)) ?? (await this.#readSingly(paths, call));
    const { reading } = this.#options;
    const found = new Map<string, ContactRecord[] | SourceError>();
    for (const [index, { key }] of searches.entries()) {
      const answer = answers[index];
      const before = found.get(key) ?? [];
      if (before instanceof SourceError || answer === undefined) continue;
      found.set(key, answer instanceof SourceError ? answer : this.#rowsOf(answer, before, reading));
    }
    return found;
  }

  async findTogether(ids: readonly string[], singlesMax: number, call: Call): Promise<ReadonlyMap<string, ContactRecord | SourceError>> {
    const known = [...new Set(ids)].filter(isPortalId);
    const { findContact, toContact, reading } = this.#options;
    const answers = known.length > 1 ? await this.#batches.read(known.map(contactPath), call) : null;
    if (answers === null) {
      const found = await findEach(known.slice(0, singlesMax), (id) => findContact(id, call));
      for (const id of known.slice(singlesMax)) found.set(id, tooMany(reading.context.source));
      return found;
    }
    const found = new Map<string, ContactRecord | SourceError>();
    for (const [index, id] of known.entries()) {
      const answer = answers[index];
      if (answer === undefined) continue;
      const contact = orError(() => toContact(id, answer));
      if (contact !== null) found.set(id, contact);
    }
    return found;
  }

  #rowsOf(
    answer: { readonly status: number; readonly text: string },
    before: readonly ContactRecord[],
    reading: ListReadingDependencies,
  ): ContactRecord[] | SourceError {
    return orError(() => {
      const rows = rowsOfMember(reading.context.source, { ...answer, headers: {} }, reading.now());
      const rowBytes = bytesPerRow(answerBytes(answer.text.length), rows.length);
      const read = readContactRows({ rows, form: 'SINGLE', rowBytes }, reading).rows.filter((row) => row !== null);
      return [...before, ...read];
    });
  }

  async #readSingly(paths: readonly string[], call: Call) {
    const { client } = this.#options.reading;
    return Promise.all(
      paths.map(async (path) => {
        const [address = '', query = ''] = path.split('?');
        try {
          return await client.read({ path: address, query }, call, (response) => response);
        } catch (error) {
          if (error instanceof SourceError) return error;
          throw error;
        }
      }),
    );
  }
}

function toPosition(text: string | null): Position {
  const [offset = 0, lastId = 0] = (text ?? '').split(':').map(Number);
  return { offset, lastId };
}

function createdAtOf({ createdAt }: ContactRecord): number {
  return createdAt instanceof Date ? createdAt.getTime() : Infinity;
}

function orError<T>(read: () => T): T | SourceError {
  try {
    return read();
  } catch (error) {
    if (error instanceof SourceError) return error;
    throw error;
  }
}

/** The failure of a read that would have been one too many. */
export function tooMany(source: string): SourceError {
  const message = `${source} reads contacts one by one, and this request already needs as many as it may. Request fewer.`;
  return new SourceError(source, 'COST_EXCEEDED', message, { wasSent: false });
}
