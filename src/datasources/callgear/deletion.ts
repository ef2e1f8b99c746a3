import type { Call, WriteCall } from '../port/call.ts';
import type { Deletion, DeletionTarget } from '../port/deletion.ts';
import { readBackCall } from '../http/read-back-call.ts';
import type { ContactRecord } from '../port/records/contact.ts';
import { SourceError } from '../port/source-error.ts';
import type { CallgearClient } from './client.ts';
import { CallgearError } from './rpc-error.ts';
import { isCallgearId, wireNumber } from './wire-id.ts';

const DELETE_METHOD = 'delete.contacts';
/** The read after a write whose answer was lost has its own time: the request's deadline may be over. */
const READ_BACK_TIMEOUT_MS = 5000;

/** An edition without `ids` either does not know the parameter or misses `id`; either way nothing was deleted. */
const IDS_UNKNOWN_MNEMONICS: ReadonlySet<string | undefined> = new Set(['unexpected_parameters', 'required_parameter_missed']);

const DELETED: Deletion = { outcome: 'DELETED' };
const ALREADY_ABSENT: Deletion = { outcome: 'ALREADY_ABSENT' };

/** Reads contacts by id; an absent key is an id that CallGear does not know. @throws SourceError */
export type FindContacts = (ids: readonly string[], call: Call) => Promise<ReadonlyMap<string, ContactRecord | SourceError>>;

/** With what contacts of one account are deleted, and looked at again. */
export interface ContactDeletionOptions {
  readonly source: string;
  readonly client: CallgearClient;
  readonly findContacts: FindContacts;
  /** The wall clock, Unix milliseconds. */
  readonly now: () => number;
}

/** What a read after a write shows of a contact. */
type Presence = 'present' | 'absent' | 'unknown';

/** Says what is known of a deletion without a call; null when CallGear has to be asked. */
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
   * Cost: 1 write for all that were seen before, 1 for each other; where `ids` is refused 1 for each. 1 read, for all together, of those
   * whose write was not answered by success: that alone says what became of them.
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
    const attempt = await this.#attempt({ ids: ids.map(wireNumber) }, write);
    if (attempt.isDone) return toAll(ids, DELETED);
    if (attempt.isRefused) return this.#afterRefusedBatch(ids, attempt.error, write);
    return this.#settle(new Map(ids.map((id) => [id, attempt.error])), seen, write);
  }

  /**
   * CallGear did not take the batch: it has no `ids`, or one of them spoiled it. Whether others were deleted is not documented, so it is
   * looked up, and those that are still there are deleted singly. The answer says that the batch is over, and it has left these untouched.
   */
  async #afterRefusedBatch(ids: readonly string[], error: SourceError, write: WriteCall): Promise<ReadonlyMap<string, Deletion>> {
    const areIdsUnknown = IDS_UNKNOWN_MNEMONICS.has(error.errorKey);
    this.#areIdsRefused ||= areIdsUnknown;
    const presence = await this.#readBack(ids, write);
    const isLeft = (id: string) => presence(id) === 'present' || (areIdsUnknown && presence(id) === 'unknown');
    const gone = ids.filter((id) => presence(id) === 'absent');
    const wasMissing = missingIds(error, gone);
    const rest = await this.#deleteSingly(ids.filter(isLeft), new Set(ids), write);
    return new Map([
      ...toAll(ids, { outcome: 'INDETERMINATE', error }),
      ...gone.map((id) => [id, wasMissing.has(id) ? ALREADY_ABSENT : DELETED] as const),
      ...rest,
    ]);
  }

  async #deleteSingly(ids: readonly string[], seen: ReadonlySet<string>, write: WriteCall): Promise<ReadonlyMap<string, Deletion>> {
    const deletions = new Map<string, Deletion>();
    const errors = new Map<string, SourceError>();
    await Promise.all(
      ids.map(async (id) => {
        const attempt = await this.#attempt({ id: wireNumber(id) }, write);
        if (attempt.isDone) deletions.set(id, DELETED);
        else errors.set(id, attempt.error);
      }),
    );
    return new Map([...deletions, ...(await this.#settle(errors, seen, write))]);
  }

  /** Finds out what became of contacts whose deletion was not answered by success. */
  async #settle(
    errors: ReadonlyMap<string, SourceError>,
    seen: ReadonlySet<string>,
    write: WriteCall,
  ): Promise<ReadonlyMap<string, Deletion>> {
    // Of a contact that was not seen before, CallGear's own word is as good as it gets.
    const doubtful = [...errors].filter(([id, error]) => error.wasSent && (seen.has(id) || !isRefusal(error))).map(([id]) => id);
    const presence = doubtful.length === 0 ? () => 'unknown' as const : await this.#readBack(doubtful, write);
    return new Map([...errors].map(([id, error]) => [id, this.#toDeletion(error, seen.has(id), presence(id))]));
  }

  #toDeletion(error: SourceError, wasSeen: boolean, presence: Presence): Deletion {
    const { source } = this.#options;
    if (!error.wasSent) return { outcome: 'FAILED', error };
    if (error.errorKey === 'entity_not_found') {
      // Of one that was there a moment ago: either someone else was quicker, or the answer is wrong.
      if (!wasSeen || presence === 'absent') return ALREADY_ABSENT;
      return { outcome: presence === 'present' ? 'FAILED' : 'INDETERMINATE', error };
    }
    if (presence === 'absent' && wasSeen) return DELETED;
    switch (error.errorKey) {
      case 'dependency_error':
        return { outcome: 'REFUSED', reason: 'HAS_DEPENDENTS', message: `${source} keeps the contact because something depends on it.` };
      case 'forbidden':
        return { outcome: 'REFUSED', reason: 'FORBIDDEN', message: `${source} does not let the configured user delete this contact.` };
      default: {
        const isNotDone = presence === 'present' ? isAnsweredNo(error) : presence === 'unknown' && isSurelyNotDone(error);
        return { outcome: isNotDone ? 'FAILED' : 'INDETERMINATE', error };
      }
    }
  }

  async #attempt(params: Readonly<Record<string, unknown>>, write: WriteCall): Promise<Attempt> {
    try {
      const refusal = await this.#options.client.write(DELETE_METHOD, params, write);
      return refusal === null ? { isDone: true } : { isDone: false, isRefused: true, error: refusal };
    } catch (cause) {
      return { isDone: false, isRefused: false, error: cause instanceof SourceError ? cause : this.#unexpected(cause) };
    }
  }

  /** Reads at least once, whatever the request has spent already: the outcome of a write depends on it. */
  async #readBack(ids: readonly string[], write: WriteCall): Promise<(id: string) => Presence> {
    const call = readBackCall(write, READ_BACK_TIMEOUT_MS, this.#options.now());
    try {
      const found = await this.#options.findContacts(ids, call);
      return (id) => (!found.has(id) ? 'absent' : found.get(id) instanceof SourceError ? 'unknown' : 'present');
    } catch {
      return () => 'unknown';
    }
  }

  #unexpected(cause: unknown): SourceError {
    return new SourceError(this.#options.source, 'BAD_RESPONSE', `${this.#options.source} could not be understood`, { cause });
  }
}

/** How one write went; `isRefused`: CallGear took offence at this one write, not at the account. */
type Attempt = { readonly isDone: true } | { readonly isDone: false; readonly isRefused: boolean; readonly error: SourceError };

/** What CallGear says of the contact itself. */
function isRefusal({ errorKey }: SourceError): boolean {
  return errorKey === 'entity_not_found' || errorKey === 'dependency_error' || errorKey === 'forbidden';
}

/** An answered error ends the write. After silence, or a fault of something in between, it may still be under way. */
function isAnsweredNo({ errorKey, httpStatus }: SourceError): boolean {
  return errorKey !== undefined || (httpStatus !== undefined && httpStatus >= 400 && httpStatus < 500 && httpStatus !== 408);
}

/** CallGear turned the write down before it began. An internal error may come at its end. */
function isSurelyNotDone({ errorKey }: SourceError): boolean {
  return errorKey !== undefined && errorKey !== 'internal_error';
}

function toAll(ids: readonly string[], deletion: Deletion): ReadonlyMap<string, Deletion> {
  return new Map(ids.map((id) => [id, deletion]));
}

/**
 * Which of the contacts that are gone after a refused batch were missing before it: those that CallGear names, and the only one that
 * is gone when all others were left alone.
 */
function missingIds(error: SourceError, gone: readonly string[]): ReadonlySet<string> {
  if (error.errorKey !== 'entity_not_found' || !(error instanceof CallgearError)) return new Set();
  if (gone.length === 1) return new Set(gone);
  const { refusedValue } = error;
  const named: readonly unknown[] = Array.isArray(refusedValue) ? refusedValue : [refusedValue];
  const texts = named.flatMap(
    (value) => (typeof value === 'string' || typeof value === 'number' ? String(value).match(/[0-9]+/g) : null) ?? [],
  );
  // All of them named is the parameter as it was sent: it says nothing.
  return texts.length < gone.length ? new Set(texts) : new Set();
}
