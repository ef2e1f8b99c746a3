import type { ContactSource, Deletion, DeletionTarget, RefusalReason, WriteCall } from '../datasources/contact-source.ts';
import type { ContactEntity, ContactRecord } from '../datasources/records.ts';
import { SourceError } from '../datasources/source-error.ts';
import { decodeSourceId } from './source-id.ts';

/** The most contacts that one deletion may name. */
export const DELETION_IDS_MAX = 25;

export type DeletionOutcome = Deletion['outcome'];

/** Why a contact is not deleted, for the one who asked. */
export interface DeletionRefusal {
  readonly code: RefusalReason | 'UNSUPPORTED_BY_SOURCE';
  readonly message: string;
}

/** What became of one contact. */
export interface ContactDeletionRecord {
  /** The client's id, as it was given. */
  readonly contactId: string;
  readonly outcome: DeletionOutcome;
  /** null when the id names no configured source. */
  readonly source: ContactSource | null;
  /** As it was read before. */
  readonly contact: ContactRecord | null;
  /** Where a person can do it by hand; null when there is no such page, or nothing left to do. */
  readonly url: string | null;
  /** Only with FAILED and INDETERMINATE. */
  readonly error: SourceError | null;
  /** Only with REFUSED and UNSUPPORTED. */
  readonly refusal: DeletionRefusal | null;
}

/** What is written down of each deletion; no contact data. */
export interface DeletionAuditEntry {
  readonly source: string | null;
  readonly entity: ContactEntity | null;
  readonly idInSource: string | null;
  readonly outcome: DeletionOutcome;
  readonly dryRun: boolean;
}

export interface DeletionTargetId {
  readonly source: ContactSource;
  readonly entity: ContactEntity;
  readonly idInSource: string;
}

export interface DeletionOptions {
  readonly sources: ReadonlyMap<string, ContactSource>;
  /** Only says what would happen: nothing is written. */
  readonly dryRun: boolean;
  /** Whether the answer shows the contacts, so that they are read even where nothing can be deleted. */
  readonly isContactShown: boolean;
  /** Reads a contact with all that the answer shows of it; null when the CRM says that there is none. @throws SourceError */
  readonly read: (id: DeletionTargetId) => Promise<ContactRecord | null>;
  readonly write: WriteCall;
  /** Called once for each contact, when its outcome is known. */
  readonly audit?: (entry: DeletionAuditEntry) => void;
}

interface Candidate {
  readonly contactId: string;
  readonly id: DeletionTargetId | null;
}
interface Prepared {
  readonly contactId: string;
  readonly id: DeletionTargetId;
  readonly before: DeletionTarget['before'];
}

/**
 * Deletes contacts of any sources: reads each, then asks each source once, all sources at the same time.
 * Contacts that a source surely does not delete cost no call, unless they are shown.
 *
 * @param ids Client ids, at most DELETION_IDS_MAX of them; checking that is the caller's part.
 * @returns One record for each distinct id, in the order given. Whatever goes wrong with one never stops the others.
 */
export async function deleteContacts(ids: readonly string[], options: DeletionOptions): Promise<readonly ContactDeletionRecord[]> {
  const candidates = [...new Set(ids)].map((contactId) => ({ contactId, id: toTargetId(contactId, options.sources) }));
  const prepared = await Promise.all(candidates.flatMap((candidate) => (isTarget(candidate) ? [prepare(candidate, options)] : [])));
  const runnable = prepared.filter((one) => !isSurelyUnsupported(one.id, one.before));
  const deletions = options.dryRun ? preview(runnable) : await deleteInSources(runnable, options.write);
  const preparedById = new Map(prepared.map((one) => [one.contactId, one]));
  return candidates.map(({ contactId, id }) => {
    const one = preparedById.get(contactId);
    const record = one === undefined ? toInvalid(contactId) : toRecord(one, deletions.get(contactId) ?? { outcome: 'UNSUPPORTED' });
    options.audit?.({
      source: id?.source.name ?? null,
      entity: id?.entity ?? null,
      idInSource: id?.idInSource ?? null,
      outcome: record.outcome,
      dryRun: options.dryRun,
    });
    return record;
  });
}

/** Contacts have decimal ids in every source: anything else must never get near the address of a DELETE. */
function toTargetId(text: string, sources: ReadonlyMap<string, ContactSource>): DeletionTargetId | null {
  const id = decodeSourceId(text);
  const source = id === null ? undefined : sources.get(id.source);
  if (id === null || source === undefined || !/^[1-9]\d{0,18}$/.test(id.idInSource)) return null;
  const { entity, idInSource } = id;
  return entity === 'contact' || entity === 'company' ? { source, entity, idInSource } : null;
}

function isTarget(candidate: Candidate): candidate is Candidate & { id: DeletionTargetId } {
  return candidate.id !== null;
}

async function prepare(candidate: Candidate & { id: DeletionTargetId }, options: DeletionOptions): Promise<Prepared> {
  const { contactId, id } = candidate;
  if (!options.isContactShown && isSurelyUnsupported(id, 'absent')) return { contactId, id, before: 'absent' };
  try {
    return { contactId, id, before: (await options.read(id)) ?? 'absent' };
  } catch (error) {
    if (error instanceof SourceError) return { contactId, id, before: error };
    throw error;
  }
}

/** An id of the entity `contact` may be a company's; then only the record tells. */
function isSurelyUnsupported({ source, entity }: DeletionTargetId, before: DeletionTarget['before']): boolean {
  const { deletableKinds } = source.capabilities;
  if (deletableKinds.length === 0) return true;
  if (isRecord(before)) return !deletableKinds.includes(before.kind);
  return entity === 'company' && !deletableKinds.includes('COMPANY');
}

function isRecord(before: DeletionTarget['before']): before is ContactRecord {
  return before !== 'absent' && !(before instanceof SourceError);
}

function preview(prepared: readonly Prepared[]): ReadonlyMap<string, Deletion> {
  return new Map(prepared.map((one) => [one.contactId, one.id.source.previewDeletion(toTarget(one))]));
}

async function deleteInSources(prepared: readonly Prepared[], write: WriteCall): Promise<ReadonlyMap<string, Deletion>> {
  const bySource = Map.groupBy(prepared, ({ id }) => id.source);
  const groups = await Promise.all([...bySource].map(([source, ofSource]) => deleteInSource(source, ofSource, write)));
  return new Map(groups.flat());
}

/** A target's id alone does not tell a contact from a company, so each entity is a request of its own to the source. */
async function deleteInSource(source: ContactSource, prepared: readonly Prepared[], write: WriteCall): Promise<[string, Deletion][]> {
  const byEntity = Map.groupBy(prepared, ({ id }) => id.entity);
  const groups = await Promise.all(
    [...byEntity.values()].map(async (ofEntity): Promise<[string, Deletion][]> => {
      const outcomes = await source.deleteContacts(ofEntity.map(toTarget), write);
      return ofEntity.map(({ contactId, id }) => [contactId, outcomes.get(id.idInSource) ?? unsaid(source)]);
    }),
  );
  return groups.flat();
}

function unsaid(source: ContactSource): Deletion {
  const error = new SourceError(source.name, 'BAD_RESPONSE', `${source.displayName} did not say what became of the contact.`);
  return { outcome: 'INDETERMINATE', error };
}

function toTarget({ id, before }: Prepared): DeletionTarget {
  return { entity: id.entity, idInSource: id.idInSource, before };
}

function toRecord({ contactId, id, before }: Prepared, deletion: Deletion): ContactDeletionRecord {
  const contact = isRecord(before) ? before : null;
  const isGone = deletion.outcome === 'DELETED' || deletion.outcome === 'ALREADY_ABSENT';
  return {
    contactId,
    outcome: deletion.outcome,
    source: id.source,
    contact,
    url: isGone ? null : (contact?.url ?? id.source.contactUrl(id.entity, id.idInSource)),
    error: 'error' in deletion ? deletion.error : null,
    refusal: toRefusal(deletion, id.source),
  };
}

function toRefusal(deletion: Deletion, source: ContactSource): DeletionRefusal | null {
  if (deletion.outcome === 'REFUSED') return { code: deletion.reason, message: deletion.message };
  if (deletion.outcome !== 'UNSUPPORTED') return null;
  return {
    code: 'UNSUPPORTED_BY_SOURCE',
    message: `${source.displayName} lets no program delete this contact; it can be done there by hand.`,
  };
}

function toInvalid(contactId: string): ContactDeletionRecord {
  const refusal: DeletionRefusal = { code: 'INVALID_ID', message: 'This is not the id of a contact.' };
  return { contactId, outcome: 'REFUSED', source: null, contact: null, url: null, error: null, refusal };
}
