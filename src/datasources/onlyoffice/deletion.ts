import type { WriteCall } from '../port/call.ts';
import type { Deletion, DeletionTarget, RefusalReason } from '../port/deletion.ts';
import { readBackCall } from '../http/read-back-call.ts';
import { SourceError } from '../port/source-error.ts';
import type { HttpResponse } from '../http/source-http.ts';
import { parseReply } from '../wire/wire-reply.ts';
import type { OnlyofficeClient } from './client.ts';
import { contactPath, isPortalId } from './reading/contact-path.ts';
import { errorMessage, isAccessDenied, readReply } from './reply.ts';
import { deletedContactSchema } from './wire-types.ts';

/** How long a lost answer may be looked into, in milliseconds, beyond the request's own time. */
const READ_BACK_MS = 4_000;

/** With what contacts of one portal are deleted, and looked at again. */
export interface DeletionDependencies {
  readonly client: OnlyofficeClient;
  readonly source: string;
  /** The wall clock, Unix milliseconds. */
  readonly now: () => number;
}

/** What the portal said to a DELETE. */
type DeleteReply =
  | { readonly kind: 'deleted' | 'notFound' | 'refused' }
  /** A clear error of the API itself. */
  | { readonly kind: 'error'; readonly error: SourceError };

/**
 * Deletes one contact, and says what became of it. The DELETE is sent at most once; when its answer is lost or unclear the contact is read.
 * Cost: 1 call; more only to look into an unclear answer.
 *
 * @see DELETE api/2.0/crm/contact/{contactid}
 */
export async function deleteContact(target: DeletionTarget, write: WriteCall, dependencies: DeletionDependencies): Promise<Deletion> {
  const { idInSource, entity } = target;
  if (entity !== 'contact') return { outcome: 'UNSUPPORTED' };
  if (!isPortalId(idInSource)) return refusal('INVALID_ID', dependencies.source);
  try {
    const reply = await dependencies.client.delete(contactPath(idInSource), write, (response) =>
      readDeleteReply(dependencies, idInSource, response),
    );
    return await toDeletion(reply, target, write, dependencies);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    if (!error.wasSent) return { outcome: 'FAILED', error };
    return settle(error, isAnsweredNo(error), target, write, dependencies);
  }
}

/** Says what a DELETE would do, from the row that was read before. Makes no call. */
export function previewDeletion(target: DeletionTarget, source: string): Deletion {
  const { before, entity, idInSource } = target;
  if (entity !== 'contact') return { outcome: 'UNSUPPORTED' };
  if (!isPortalId(idInSource)) return refusal('INVALID_ID', source);
  if (before instanceof SourceError) return { outcome: 'INDETERMINATE', error: before };
  if (before === 'absent') {
    const message = `${source} shows no such contact; it may not exist, be hidden from this account, or have a status that was deleted.`;
    return { outcome: 'INDETERMINATE', error: new SourceError(source, 'BAD_RESPONSE', message, { httpStatus: 404 }) };
  }
  return before.viewerCanDelete === false ? refusal(reasonOf(before), source) : { outcome: 'WOULD_DELETE' };
}

function readDeleteReply({ source, now }: DeletionDependencies, id: string, response: HttpResponse): DeleteReply {
  const isByApi = errorMessage(response.text) !== null;
  if (isAccessDenied(response)) return { kind: 'refused' };
  try {
    const reply = readReply(source, response, now());
    if (reply.outcome === 'notFound') return { kind: 'notFound' };
    // The answer is the contact as it was, stripped of its infos; anything else does not say that this one is gone.
    const deleted = parseReply(source, deletedContactSchema, reply.envelope.response);
    if (deleted.id === id) return { kind: 'deleted' };
    throw new SourceError(source, 'BAD_RESPONSE', `${source} did not answer with the contact.`, { httpStatus: response.status });
  } catch (error) {
    if (error instanceof SourceError && isByApi) return { kind: 'error', error };
    throw error;
  }
}

async function toDeletion(
  reply: DeleteReply,
  target: DeletionTarget,
  write: WriteCall,
  dependencies: DeletionDependencies,
): Promise<Deletion> {
  const { before } = target;
  const { source } = dependencies;
  switch (reply.kind) {
    case 'deleted':
      return { outcome: 'DELETED' };
    case 'refused': {
      const isGone = isSeen(before) && (await readBack(target.idInSource, write, dependencies)) === 'absent';
      return isGone ? { outcome: 'DELETED' } : refusal(reasonOf(before), source);
    }
    case 'error':
      return settle(reply.error, true, target, write, dependencies);
    case 'notFound': {
      if (!isSeen(before)) return { outcome: 'ALREADY_ABSENT' };
      // Either someone else was quicker, or the answer is wrong.
      const found = await readBack(target.idInSource, write, dependencies);
      if (found === 'absent') return { outcome: 'ALREADY_ABSENT' };
      const message = `${source} says that the contact does not exist, and showed it just before.`;
      const error = new SourceError(source, 'BAD_RESPONSE', message, { httpStatus: 404 });
      return { outcome: found === 'present' ? 'FAILED' : 'INDETERMINATE', error };
    }
  }
}

/**
 * Finds out what became of a contact after an answer that does not say.
 *
 * A 400 or 403 says nothing by itself: the portal also fails behind the deletion, at the contact's files or the end of the transaction, and says
 * so in this way. Its absence proves the deletion only if it was seen before. Its presence proves that nothing happened only if the portal clearly said so
 * (`isDefinite`): a request whose answer was lost may still be under way.
 */
async function settle(
  error: SourceError,
  isDefinite: boolean,
  target: DeletionTarget,
  write: WriteCall,
  dependencies: DeletionDependencies,
): Promise<Deletion> {
  const found = await readBack(target.idInSource, write, dependencies);
  if (found === 'absent' && isSeen(target.before)) return { outcome: 'DELETED' };
  if (found === 'present' && isRefusalStatus(error) && isHeld(target.before)) return refusal(reasonOf(target.before), dependencies.source);
  const isNotDone = found === 'present' ? isDefinite : found === 'unknown' && isStoppedAtTheDoor(error);
  return { outcome: isNotDone ? 'FAILED' : 'INDETERMINATE', error };
}

async function readBack(id: string, write: WriteCall, { client, now }: DeletionDependencies): Promise<'present' | 'absent' | 'unknown'> {
  const call = readBackCall(write, READ_BACK_MS, now());
  try {
    const reply = await client.readObject(contactPath(id), call);
    if (reply.outcome === 'notFound') return 'absent';
    // `{}` is the portal's word for nothing at all: it shows neither that the contact is there nor that it is gone.
    return deletedContactSchema.safeParse(reply.envelope.response).data?.id === id ? 'present' : 'unknown';
  } catch (error) {
    if (error instanceof SourceError) return 'unknown';
    throw error;
  }
}

function isSeen(before: DeletionTarget['before']): boolean {
  return before !== 'absent' && !(before instanceof SourceError);
}

function isRefusalStatus({ httpStatus }: SourceError): boolean {
  return httpStatus === 400 || httpStatus === 403;
}

/** Whether the contact said before that it cannot be deleted. */
function isHeld(before: DeletionTarget['before']): boolean {
  return before !== 'absent' && !(before instanceof SourceError) && before.viewerCanDelete === false;
}

/** Something between us and the API turned the request down: it is over. Behind other answers, as of a proxy that lost patience, it may go on. */
function isAnsweredNo({ httpStatus }: SourceError): boolean {
  return httpStatus !== undefined && ((httpStatus >= 400 && httpStatus < 500 && httpStatus !== 408) || httpStatus === 503);
}

/** Refused before the API looked at the request: no token, not paid for, too many calls. */
function isStoppedAtTheDoor({ code, httpStatus }: SourceError): boolean {
  return code === 'UNAUTHENTICATED' || code === 'RATE_LIMITED' || httpStatus === 402;
}

/** The portal says only "Access Denied". A row that may be edited and not deleted is held by an invoice: nothing else tells the two apart. */
function reasonOf(before: DeletionTarget['before']): RefusalReason {
  if (before === 'absent' || before instanceof SourceError) return 'FORBIDDEN';
  return before.viewerCanEdit === true && before.viewerCanDelete === false ? 'HAS_DEPENDENTS' : 'FORBIDDEN';
}

function refusal(reason: RefusalReason, source: string): Deletion {
  return { outcome: 'REFUSED', reason, message: REFUSAL_TEXTS[reason](source) };
}

const REFUSAL_TEXTS: Readonly<Record<RefusalReason, (source: string) => string>> = {
  FORBIDDEN: (source) => `${source} does not let this account delete the contact.`,
  HAS_DEPENDENTS: (source) => `${source} does not delete the contact while an invoice refers to it.`,
  INVALID_ID: (source) => `This is not the id of a contact in ${source}.`,
};
