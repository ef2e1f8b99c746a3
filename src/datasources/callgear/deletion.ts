import type { Call, Deletion, DeletionTarget, WriteCall } from '../contact-source.ts';
import { SourceError } from '../source-error.ts';
import type { CallgearClient } from './client.ts';
import { isCallgearId } from './plan.ts';
import type { CallgearError } from './rpc-error.ts';

const DELETE_METHOD = 'delete.contacts';
/** The read after a write whose answer was lost has its own time: the request's deadline may be over. */
const READ_BACK_TIMEOUT_MS = 5000;

/** An edition without `ids` either does not know the parameter or misses `id`; either way nothing was deleted. */
const IDS_UNKNOWN_MNEMONICS: ReadonlySet<string | undefined> = new Set(['unexpected_parameters', 'required_parameter_missed']);

const DELETED: Deletion = { outcome: 'DELETED' };
const ALREADY_ABSENT: Deletion = { outcome: 'ALREADY_ABSENT' };

/** Which of these contacts exist now, by id. @throws SourceError */
export type FindExisting = (ids: readonly string[], call: Call) => Promise<ReadonlySet<string>>;

export interface ContactDeletionOptions {
  readonly source: string;
  readonly client: CallgearClient;
  readonly findExisting: FindExisting;
  /** The wall clock, Unix milliseconds. */
  readonly now: () => number;
}

/** How one write went. `lost`: nobody knows yet. */
type Attempt =
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly error: CallgearError }
  | { readonly kind: 'failed'; readonly error: SourceError }
  | { readonly kind: 'lost'; readonly error: SourceError };

/** Says what can be told of a deletion without a call; null when CallGear has to be asked. */
export function settledBeforehand(source: string, { entity, idInSource, before }: DeletionTarget): Deletion | null {
  if (entity !== 'contact') return { outcome: 'UNSUPPORTED' };
  if (!isCallgearId(idInSource)) {
    return { outcome: 'REFUSED', reason: 'INVALID_ID', message: `${source} has no contact with such an id: its ids are numbers.` };
  }
  // A missing id is an empty list and nothing else in CallGear; lack of rights is an error.
  return before === 'absent' ? ALREADY_ABSENT : null;
}

/** Deletes contacts. Companies are not deleted: `UNSUPPORTED`. */
export class ContactDeletion {
  readonly #options: ContactDeletionOptions;
  #areIdsRefused = false;

  constructor(options: ContactDeletionOptions) {
    this.#options = options;
  }

  /**
   * Deletes each target, and says of each what happened. Never rejects.
   *
   * Cost: 1 write for all that were seen before, 1 for each other; where `ids` is refused 1 for each. 1 read when an answer was lost
   * or a batch was refused.
   *
   * @see https://callgear.github.io/data_api/contact/delete_contacts/
   */
  async delete(targets: readonly DeletionTarget[], write: WriteCall): Promise<Map<string, Deletion>> {
    const deletions = new Map<string, Deletion>();
    const together: string[] = [];
    const singly: string[] = [];
    for (const target of targets) {
      const settled = settledBeforehand(this.#options.source, target);
      if (settled !== null) deletions.set(target.idInSource, settled);
      // Success for several ids proves the deletion of those only that were there before.
      else if (target.before instanceof SourceError) singly.push(target.idInSource);
      else together.push(target.idInSource);
    }
    const seen = new Set(together);
    const results = await Promise.all([this.#deleteSeen([...seen], write), this.#deleteSingly([...new Set(singly)], seen, write)]);
    for (const result of results) for (const [id, deletion] of result) deletions.set(id, deletion);
    return deletions;
  }

  async #deleteSeen(ids: readonly string[], write: WriteCall): Promise<ReadonlyMap<string, Deletion>> {
    const seen = new Set(ids);
    if (ids.length < 2 || this.#areIdsRefused) return this.#deleteSingly(ids, seen, write);
    const attempt = await this.#attempt({ ids: ids.map(Number) }, write);
    if (attempt.kind === 'done') return toAll(ids, DELETED);
    if (attempt.kind === 'failed') return toAll(ids, { outcome: 'FAILED', error: attempt.error });
    if (attempt.kind === 'lost') return this.#settleLost(new Map(ids.map((id) => [id, attempt.error])), seen, write);
    if (IDS_UNKNOWN_MNEMONICS.has(attempt.error.mnemonic)) {
      this.#areIdsRefused = true;
      return this.#deleteSingly(ids, seen, write);
    }
    return this.#afterRefusedBatch(ids, attempt.error, write);
  }

  /**
   * One id of the batch spoiled it. Whether the others were deleted is not documented, so it is looked up, and those that are still
   * there are deleted singly. That repeats no write: the answer says that the first one is over, and it has left these untouched.
   */
  async #afterRefusedBatch(ids: readonly string[], error: CallgearError, write: WriteCall): Promise<ReadonlyMap<string, Deletion>> {
    const existing = await this.#readBack(ids, write);
    if (existing instanceof SourceError) return toAll(ids, { outcome: 'INDETERMINATE', error });
    const gone = ids.filter((id) => !existing.has(id));
    const wasMissing = missingIds(error, gone);
    const deletions = new Map(gone.map((id) => [id, wasMissing.has(id) ? ALREADY_ABSENT : DELETED]));
    const rest = await this.#deleteSingly(
      ids.filter((id) => existing.has(id)),
      new Set(ids),
      write,
    );
    return new Map([...deletions, ...rest]);
  }

  async #deleteSingly(ids: readonly string[], seen: ReadonlySet<string>, write: WriteCall): Promise<ReadonlyMap<string, Deletion>> {
    const deletions = new Map<string, Deletion>();
    const lost = new Map<string, SourceError>();
    await Promise.all(
      ids.map(async (id) => {
        const attempt = await this.#attempt({ id: Number(id) }, write);
        if (attempt.kind === 'lost') lost.set(id, attempt.error);
        else deletions.set(id, this.#toDeletion(attempt));
      }),
    );
    const settled = lost.size === 0 ? [] : await this.#settleLost(lost, seen, write);
    return new Map([...deletions, ...settled]);
  }

  #toDeletion(attempt: Exclude<Attempt, { readonly kind: 'lost' }>): Deletion {
    if (attempt.kind === 'done') return DELETED;
    const { source } = this.#options;
    switch (attempt.error.mnemonic) {
      case 'entity_not_found':
        return ALREADY_ABSENT;
      case 'dependency_error':
        return { outcome: 'REFUSED', reason: 'HAS_DEPENDENTS', message: `${source} keeps the contact because something depends on it.` };
      case 'forbidden':
        return { outcome: 'REFUSED', reason: 'FORBIDDEN', message: `${source} does not let the configured user delete this contact.` };
      default:
        return { outcome: 'FAILED', error: attempt.error };
    }
  }

  /** Looks whether contacts whose deletion has no known end are still there. */
  async #settleLost(
    lost: ReadonlyMap<string, SourceError>,
    seen: ReadonlySet<string>,
    write: WriteCall,
  ): Promise<ReadonlyMap<string, Deletion>> {
    const existing = await this.#readBack([...lost.keys()], write);
    const settle = (id: string, error: SourceError): Deletion => {
      if (existing instanceof SourceError) return { outcome: 'INDETERMINATE', error };
      if (existing.has(id)) {
        return { outcome: isAnsweredRefusal(error) ? 'FAILED' : 'INDETERMINATE', error };
      }
      return seen.has(id) ? DELETED : { outcome: 'INDETERMINATE', error };
    };
    return new Map([...lost].map(([id, error]) => [id, settle(id, error)]));
  }

  async #attempt(params: Readonly<Record<string, unknown>>, write: WriteCall): Promise<Attempt> {
    try {
      const refusal = await this.#options.client.write(DELETE_METHOD, params, write);
      return refusal === null ? { kind: 'done' } : { kind: 'refused', error: refusal };
    } catch (cause) {
      const error = cause instanceof SourceError ? cause : this.#unexpected(cause);
      const isAnswered = error.mnemonic !== undefined && error.mnemonic !== 'internal_error';
      return { kind: !error.wasSent || isAnswered ? 'failed' : 'lost', error };
    }
  }

  /** Reads at least once, whatever the request has spent already: the outcome of a write depends on it. */
  async #readBack(ids: readonly string[], write: WriteCall): Promise<ReadonlySet<string> | SourceError> {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), READ_BACK_TIMEOUT_MS);
    const call: Call = {
      signal: controller.signal,
      deadline: performance.now() + READ_BACK_TIMEOUT_MS,
      freshAfter: this.#options.now(),
      meter: {
        count: (source) => {
          try {
            write.meter.count(source);
          } catch {
            // The budget is for questions; this read is part of the write.
          }
        },
      },
    };
    try {
      return await this.#options.findExisting(ids, call);
    } catch (error) {
      return error instanceof SourceError ? error : this.#unexpected(error);
    } finally {
      clearTimeout(timer);
    }
  }

  #unexpected(cause: unknown): SourceError {
    return new SourceError(this.#options.source, 'BAD_RESPONSE', `${this.#options.source} could not be understood`, { cause });
  }
}

/** An answered error ends the write. After silence, or a fault of something in between, it may still be under way. */
function isAnsweredRefusal({ mnemonic, httpStatus }: SourceError): boolean {
  return mnemonic !== undefined || (httpStatus !== undefined && httpStatus >= 400 && httpStatus < 500 && httpStatus !== 408);
}

function toAll(ids: readonly string[], deletion: Deletion): ReadonlyMap<string, Deletion> {
  return new Map(ids.map((id) => [id, deletion]));
}

/**
 * Which of the contacts that are gone after a refused batch were missing before it: those that CallGear names, and the only one that
 * is gone when all others were left alone.
 */
function missingIds({ mnemonic, refusedValue }: CallgearError, gone: readonly string[]): ReadonlySet<string> {
  if (mnemonic !== 'entity_not_found') return new Set();
  if (gone.length === 1) return new Set(gone);
  const named: readonly unknown[] = Array.isArray(refusedValue) ? refusedValue : [refusedValue];
  const texts = named.flatMap(
    (value) => (typeof value === 'string' || typeof value === 'number' ? String(value).match(/[0-9]+/g) : null) ?? [],
  );
  // All of them named is the parameter as it was sent: it tells nothing.
  return texts.length < gone.length ? new Set(texts) : new Set();
}
