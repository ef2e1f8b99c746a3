import DataLoader from 'dataloader';
import type { Call } from '../call.ts';
import type { ContactSource } from '../contact-source.ts';
import type { ContactInfoCondition, Detail } from '../list-query.ts';
import type { ContactEntity, ContactRecord } from '../records/contact.ts';
import { SourceError } from '../source-error.ts';
import { keyText, type ContactKey } from './contact-key.ts';

/** Searches by key that one request may cost each source, and single reads where a CRM does not read several contacts at once. */
const SEARCHES_MAX = 10;
const SINGLE_READS_MAX = 10;
/** Blocks of what one search finds; a key that more have is shared. */
const BLOCKS_MAX = 2;
const LAST_DIGITS = 7;
const NO_DETAILS: ReadonlySet<Detail> = new Set();

/** What a search for one key found: contacts that have it, and others that were found along with them. */
export interface KeySearch {
  readonly rows: readonly ContactRecord[];
  /** Whether no contact can have been missed, because of its spelling or otherwise. */
  readonly isComplete: boolean;
}

/** How the searches of one request are limited. */
export interface IdentityLoadersOptions {
  readonly sources: ReadonlyMap<string, ContactSource>;
  readonly call: Call;
  /** Calls of one source that searches may cost; 10 when left out. */
  readonly searchesMax?: number;
  /** Whether phones are also searched for by their digits alone, where the CRM compares texts: costs more calls, and finds odd spellings. */
  readonly searchesDigits?: boolean;
  /** Contacts that are read one by one where the CRM reads no more at once; 10 when left out. */
  readonly singleReadsMax?: number;
}

/** Searches and reads of one request, those of one tick together. */
export class IdentityLoaders {
  readonly #options: IdentityLoadersOptions;
  readonly #searches = new Map<string, DataLoader<ContactKey, KeySearch | SourceError, string>>();
  readonly #contacts = new Map<string, DataLoader<string, ContactRecord | SourceError | null>>();
  readonly #searchesLeft = new Map<string, number>();
  readonly #singlesLeft = new Map<string, number>();

  constructor(options: IdentityLoadersOptions) {
    this.#options = options;
  }

  /** Looks for a key by the CRM's own search. Cost: 1 call for `keysPerCall` keys as a rule. Never rejects with a SourceError. */
  search(source: ContactSource, key: ContactKey): Promise<KeySearch | SourceError> {
    let loader = this.#searches.get(source.name);
    if (loader === undefined) {
      loader = new DataLoader((keys) => this.#searchAll(source, keys), { cacheKeyFn: keyText });
      this.#searches.set(source.name, loader);
    }
    return orError(loader.load(key));
  }

  /** Reads a contact; null: the CRM does not have it. Never rejects with a SourceError. */
  read(source: ContactSource, entity: ContactEntity, idInSource: string): Promise<ContactRecord | SourceError | null> {
    const name = `${source.name} ${entity}`;
    let loader = this.#contacts.get(name);
    if (loader === undefined) {
      loader = new DataLoader((ids) => this.#readAll(source, entity, ids));
      this.#contacts.set(name, loader);
    }
    return orError(loader.load(idInSource));
  }

  async #searchAll(source: ContactSource, keys: readonly ContactKey[]): Promise<(KeySearch | SourceError)[]> {
    const size = Math.max(1, source.capabilities.keysPerCall ?? 1);
    const chunks = Array.from({ length: Math.ceil(keys.length / size) }, (_, index) => keys.slice(index * size, (index + 1) * size));
    const left = this.#searchesLeft.get(source.name) ?? this.#options.searchesMax ?? SEARCHES_MAX;
    this.#searchesLeft.set(source.name, Math.max(0, left - chunks.length));
    const found = await Promise.all(
      chunks.map(async (chunk, index) => {
        if (index >= left) return chunk.map(() => searchedOut(source.name));
        const { directory } = source;
        const results =
          directory?.findByKeys === undefined
            ? await searchByFilter(source, chunk, this.#options)
            : await orError(directory.findByKeys(chunk, this.#options.call));
        return chunk.map((key): KeySearch | SourceError => {
          if (results instanceof SourceError || 'rows' in results) return results;
          const rows = results.get(keyText(key)) ?? [];
          return rows instanceof SourceError ? rows : { rows, isComplete: true };
        });
      }),
    );
    return found.flat();
  }

  async #readAll(source: ContactSource, entity: ContactEntity, ids: readonly string[]): Promise<(ContactRecord | SourceError | null)[]> {
    const { call, singleReadsMax = SINGLE_READS_MAX } = this.#options;
    const { directory } = source;
    const left = this.#singlesLeft.get(source.name) ?? singleReadsMax;
    const together = entity === 'contact' && ids.length > 1 ? directory?.findTogether?.(ids, left, call) : undefined;
    const found = await orError(together ?? source.findByIds(entity, ids, NO_DETAILS, call));
    if (together !== undefined) this.#singlesLeft.set(source.name, Math.max(0, left - ids.length));
    return ids.map((id) => (found instanceof SourceError ? found : (found.get(id) ?? null)));
  }
}

/** Looks for any of some keys by the filter of the lists. */
async function searchByFilter(
  source: ContactSource,
  keys: readonly ContactKey[],
  { call, searchesDigits = false }: Pick<IdentityLoadersOptions, 'call' | 'searchesDigits'>,
): Promise<KeySearch | SourceError> {
  const [field] = source.capabilities.orderFields;
  if (field === undefined) return new SourceError(source.name, 'FILTER_UNSUPPORTED', `${source.name} has no lists.`, { wasSent: false });
  const canContain = searchesDigits && source.capabilities.filterFields.includes('CONTACT_INFO_CONTAINS');
  const contactInfos = keys.flatMap(({ type, value }): ContactInfoCondition[] => [
    { type, value, match: 'EXACT' },
    ...(canContain && type === 'PHONE' ? digitsOf(value).map((digits) => ({ type, value: digits, match: 'CONTAINS' as const })) : []),
  ]);
  const plan = source.planList({ filter: { contactInfos }, order: { field, direction: 'ASC' }, details: NO_DETAILS });
  if (plan.outcome === 'none') return { rows: [], isComplete: true };
  if (plan.outcome === 'impossible') {
    const message = `${source.name} cannot look for phones and e-mail addresses.`;
    return new SourceError(source.name, 'FILTER_UNSUPPORTED', message, { unsupportedFilters: plan.members, wasSent: false });
  }
  const rows: ContactRecord[] = [];
  for (let index = 0; index < BLOCKS_MAX; index += 1) {
    const block = await orError(source.readBlock(plan, index, call));
    if (block instanceof SourceError) return block;
    rows.push(...block.rows.filter((row) => row !== null));
    if (block.isLast)
      return { rows, isComplete: plan.isComplete && block.isWhole && block.droppedRows === 0 && !block.strangers?.verdicts.size };
  }
  return { rows, isComplete: false };
}

/** The digits with the country code, and the last ones, which every spelling ends in. */
function digitsOf(e164: string): readonly string[] {
  const digits = e164.slice(1);
  return [digits, digits.slice(-LAST_DIGITS)];
}

async function orError<T>(reading: Promise<T>): Promise<T | SourceError> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof SourceError) return error;
    throw error;
  }
}

function searchedOut(source: string): SourceError {
  const message = `${source} has no contact index that can be used, and this request already looks for as many phones and e-mail addresses in it as it may: request fewer, or set CONTACT_INDEX.`;
  return new SourceError(source, 'COST_EXCEEDED', message, { wasSent: false });
}
