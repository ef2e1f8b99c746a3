import type { WriteCall } from '../datasources/port/call.ts';
import type { ContactSource } from '../datasources/port/contact-source.ts';
import type { Deletion, DeletionTarget, RefusalReason } from '../datasources/port/deletion.ts';
import { valueOr } from '../datasources/port/member.ts';
import type { ContactEntity, ContactRecord } from '../datasources/port/records/contact.ts';
import { SourceError, type SourceErrorCode } from '../datasources/port/source-error.ts';
import { decodeSourceId } from './source-id.ts';

/** The most contacts that one deletion may name. */
export const DELETION_IDS_MAX = 25;

/** A name for what became of a contact; see Deletion. */
export type DeletionOutcome = Deletion['outcome'];

const UNSUPPORTED: Deletion = { outcome: 'UNSUPPORTED' };

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

/** What is written down of each contact that was to be deleted; nothing of the contact itself. */
export interface DeletionAuditEntry {
  readonly source: string | null;
  readonly entity: ContactEntity | null;
  readonly idInSource: string | null;
  /** `FORBIDDEN`: the caller may delete nothing, so that the ids were not even read. */
  readonly outcome: DeletionOutcome | 'FORBIDDEN';
  /** Why: of the refusal or of the error; null when there was none. */
  readonly code: DeletionRefusal['code'] | SourceErrorCode | null;
  /** null: it was not read. */
  readonly dryRun: boolean | null;
}

/** What is written down before a contact is deleted: which one. */
export interface DeletionAttempt {
  readonly source: string;
  readonly entity: ContactEntity;
  readonly idInSource: string;
}

/** The contact that a client's id names, in a form that its CRM takes. */
export interface DeletionTargetId {
  readonly source: ContactSource;
  readonly entity: ContactEntity;
  readonly idInSource: string;
}

/** What deletions of one mutation need. */
export interface DeletionOptions {
  readonly sources: ReadonlyMap<string, ContactSource>;
  /** Only says what would happen: nothing is written. */
  readonly dryRun: boolean;
  /** Reads a contact afresh; null when the CRM says that there is none. @throws SourceError */
  readonly read: (id: DeletionTargetId) => Promise<ContactRecord | null>;
  /** Reads what the answer shows around contacts, which nothing leads to any more once they are deleted. Never rejects. */
  readonly readAround: (contacts: readonly ContactRecord[]) => Promise<void>;
  readonly write: WriteCall;
  /** Aborted when nobody waits for the answer any more: nothing is sent that is not under way by then. */
  readonly signal: AbortSignal;
  /** Called once for each contact just before its source is asked to delete it; when it rejects, the source is not asked. */
  readonly announce: (attempt: DeletionAttempt) => Promise<void>;
  /** Called once for each contact, as soon as its outcome is known. */
  readonly audit?: (entry: DeletionAuditEntry) => void;
}

interface Candidate {
  readonly contactId: string;
  readonly id: DeletionTargetId;
}
interface Prepared extends Candidate {
  readonly before: DeletionTarget['before'];
}
type Settle = (one: Prepared, deletion: Deletion) => void;

/**
 * Deletes contacts of any sources: reads them, then asks each source once, all sources at the same time.
 * Contacts that a source surely does not delete cost no call.
 *
 * @param ids Client ids, at most DELETION_IDS_MAX of them; checking that is the caller's part.
 * @returns One record for each distinct id, in the order given. Whatever goes wrong with one never stops the others.
 */
export async function deleteContacts(ids: readonly string[], options: DeletionOptions): Promise<readonly ContactDeletionRecord[]> {
  const contactIds = [...new Set(ids)];
  const records = new Map<string, ContactDeletionRecord>();
  const note = (record: ContactDeletionRecord, id: DeletionTargetId | null) => {
    records.set(record.contactId, record);
    options.audit?.(toAuditEntry(record, id, options.dryRun));
  };
  const settle: Settle = (one, deletion) => note(toRecord(one, deletion), one.id);

  const candidates: Candidate[] = [];
  for (const contactId of contactIds) {
    const id = toTargetId(contactId, options.sources);
    if (id === null) note(toInvalid(contactId), null);
    else if (isSurelyUnsupported(id)) settle({ contactId, id, before: 'absent' }, UNSUPPORTED);
    else candidates.push({ contactId, id });
  }
  const prepared = await Promise.all(candidates.map((candidate) => prepare(candidate, options)));
  const deletable = prepared.filter((one) => isDeletable(one));
  for (const one of prepared) if (!deletable.includes(one)) settle(one, UNSUPPORTED);
  await options.readAround(prepared.map(({ before }) => before).filter(isRecord));
  await Promise.all(inGroups(deletable).map((group) => deleteTogether(group, options, settle)));
  return contactIds.flatMap((contactId) => records.get(contactId) ?? []);
}

/** What does not look like an id of its CRM must never get near the address of a DELETE. */
function toTargetId(text: string, sources: ReadonlyMap<string, ContactSource>): DeletionTargetId | null {
  const id = decodeSourceId(text);
  const source = id === null ? undefined : sources.get(id.source);
  if (id === null || source === undefined) return null;
  const { entity, idInSource } = id;
  const isContact = (entity === 'contact' || entity === 'company') && source.isContactId(entity, idInSource);
  return isContact ? { source, entity, idInSource } : null;
}

/** An id of the entity `contact` may be a company's: that the row says. */
function isSurelyUnsupported({ source, entity }: DeletionTargetId): boolean {
  const { deletableKinds } = source.capabilities;
  return deletableKinds.length === 0 || (entity === 'company' && !deletableKinds.includes('COMPANY'));
}

async function prepare(candidate: Candidate, { read }: DeletionOptions): Promise<Prepared> {
  try {
    return { ...candidate, before: (await read(candidate.id)) ?? 'absent' };
  } catch (error) {
    if (error instanceof SourceError) return { ...candidate, before: error };
    throw error;
  }
}

function isRecord(before: DeletionTarget['before']): before is ContactRecord {
  return before !== 'absent' && !(before instanceof SourceError);
}

function isDeletable({ id, before }: Prepared): boolean {
  return !isRecord(before) || id.source.capabilities.deletableKinds.includes(before.kind);
}

/** What one source is asked for at once. A target's id alone does not tell a contact from a company, so each entity is a group of its own. */
function inGroups(prepared: readonly Prepared[]): readonly (readonly [ContactSource, readonly Prepared[]])[] {
  return [...Map.groupBy(prepared, ({ id }) => id.source)].flatMap(([source, ofSource]) =>
    [...Map.groupBy(ofSource, ({ id }) => id.entity).values()].map((group) => [source, group] as const),
  );
}

async function deleteTogether(
  [source, group]: readonly [ContactSource, readonly Prepared[]],
  options: DeletionOptions,
  settle: Settle,
): Promise<void> {
  if (options.dryRun) {
    for (const one of group) settle(one, source.previewDeletion(toTarget(one)));
    return;
  }
  const announced = options.signal.aborted ? group : await announceAll(group, options, settle);
  if (options.signal.aborted) {
    for (const one of announced) settle(one, abandoned(source));
  } else if (announced.length > 0) {
    const deletions = await deleteInSource(source, announced.map(toTarget), options.write);
    for (const one of announced) settle(one, deletions.get(one.id.idInSource) ?? unsaid(source));
  }
}

/** @returns Those that are written down. A deletion that nobody could prove must not happen, so the others are settled. */
async function announceAll(group: readonly Prepared[], { announce }: DeletionOptions, settle: Settle): Promise<readonly Prepared[]> {
  const announced: Prepared[] = [];
  for (const one of group) {
    const { source, entity, idInSource } = one.id;
    try {
      await announce({ source: source.name, entity, idInSource });
      announced.push(one);
    } catch (cause) {
      settle(one, unannounced(source, cause));
    }
  }
  return announced;
}

/** A source never rejects; should one do so all the same, other sources' contacts are deleted by now, and their outcomes have to get out. */
async function deleteInSource(
  source: ContactSource,
  targets: readonly DeletionTarget[],
  write: WriteCall,
): Promise<ReadonlyMap<string, Deletion>> {
  try {
    return await source.deleteContacts(targets, write);
  } catch (cause) {
    return new Map(targets.map(({ idInSource }) => [idInSource, unsaid(source, cause)]));
  }
}

function unsaid(source: ContactSource, cause?: unknown): Deletion {
  const message = `It is not known what became of the contact in ${source.displayName}.`;
  return { outcome: 'INDETERMINATE', error: new SourceError(source.name, 'BAD_RESPONSE', message, { cause }) };
}

function unannounced(source: ContactSource, cause: unknown): Deletion {
  const message = `The audit log cannot be written, so that nothing was sent to ${source.displayName}.`;
  return { outcome: 'FAILED', error: new SourceError(source.name, 'UNAVAILABLE', message, { cause, wasSent: false }) };
}

function abandoned(source: ContactSource): Deletion {
  const message = `${source.displayName} was not asked: the time was up, or the client had gone.`;
  return { outcome: 'FAILED', error: new SourceError(source.name, 'TIMEOUT', message, { wasSent: false }) };
}

function toAuditEntry(record: ContactDeletionRecord, id: DeletionTargetId | null, dryRun: boolean): DeletionAuditEntry {
  return {
    source: id?.source.name ?? null,
    entity: id?.entity ?? null,
    idInSource: id?.idInSource ?? null,
    outcome: record.outcome,
    code: record.refusal?.code ?? record.error?.code ?? null,
    dryRun,
  };
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
    url: isGone ? null : (valueOr(contact?.url, null) ?? id.source.contactUrl(id.entity, id.idInSource)),
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
