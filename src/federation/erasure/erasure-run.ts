import type { ContactSource } from '../../datasources/port/contact-source.ts';
import { keyText, type ContactKey } from '../../datasources/port/identity/contact-key.ts';
import type { ContactRecord } from '../../datasources/port/records/contact.ts';
import { SourceError } from '../../datasources/port/source-error.ts';
import type { ContactDeletionRecord } from '../deletion.ts';
import type { FoundMatch } from '../identity/find-matches.ts';
import type { IdentityKit } from '../identity/identity-kit.ts';
import type { Universe } from '../identity/universe.ts';
import { decodeSourceId, encodeSourceId } from '../source-id.ts';
import type { SourceReport } from '../source-report.ts';
import type { CanonicalValue } from './canonical-json.ts';
import { digestOf, type ReadAfresh, type SealedPlan } from './erasure-plan.ts';
import type { ErasureSigner } from './erasure-signer.ts';
import { findPerson, isPerson, type SearchCoverage } from './find-person.ts';

export const VERIFICATION_STATUSES = ['CLEAN', 'REMAINS', 'NOT_KNOWN'] as const;
export type VerificationStatus = (typeof VERIFICATION_STATUSES)[number];

/** What is left of a person. */
export interface ErasureVerification {
  readonly status: VerificationStatus;
  readonly checkedAt: Date;
  readonly coverage: SearchCoverage;
  readonly remaining: readonly FoundMatch[];
  readonly reports: readonly SourceReport[];
}

/** A contact of a plan, as it is now. */
export interface RereadContact {
  readonly id: string;
  /** null: it is gone. */
  readonly record: ContactRecord | null | SourceError;
  readonly isChanged: boolean;
}

/** Reads every contact of a plan afresh, and compares it with what was planned. */
export async function rereadPlan(
  plan: SealedPlan,
  sources: ReadonlyMap<string, ContactSource>,
  readAfresh: ReadAfresh,
  signer: ErasureSigner,
): Promise<ReadonlyMap<string, RereadContact>> {
  const read = await Promise.all(
    plan.contacts.map(async ({ id, digest }): Promise<[string, RereadContact]> => {
      const record = await readById(id, sources, readAfresh);
      const isRecord = record !== null && !(record instanceof SourceError);
      return [id, { id, record, isChanged: isRecord && digestOf(record, signer) !== digest }];
    }),
  );
  return new Map(read);
}

async function readById(
  id: string,
  sources: ReadonlyMap<string, ContactSource>,
  readAfresh: ReadAfresh,
): Promise<ContactRecord | null | SourceError> {
  const decoded = decodeSourceId(id);
  const source = decoded === null ? undefined : sources.get(decoded.source);
  if (decoded === null || source === undefined || (decoded.entity !== 'contact' && decoded.entity !== 'company')) return null;
  try {
    return await readAfresh(source, decoded.entity, decoded.idInSource);
  } catch (error) {
    if (error instanceof SourceError) return error;
    throw error;
  }
}

/** How it is verified that nothing is left. */
export interface VerificationQuery {
  readonly keys: readonly ContactKey[];
  /** Whether there was something to look for that is no longer known: then nothing found proves nothing. */
  readonly isUnsearched: boolean;
  /** Client ids of the contacts that are to be gone. */
  readonly ids: readonly string[];
  readonly universe: Universe;
  readonly readAfresh: ReadAfresh;
  /** Wall clock, Unix milliseconds. */
  readonly now: () => number;
}

/**
 * Looks again: by each id, and by the keys in every source. CLEAN only if every source answered both, and nothing is there.
 * Cost: a read for each id and a search for each key in each source.
 */
export async function verifyErased(query: VerificationQuery): Promise<ErasureVerification> {
  const { keys, isUnsearched, ids, universe, readAfresh, now } = query;
  const found = await findPerson({ contacts: [], keys, name: null }, universe);
  const read = await Promise.all([...new Set(ids)].map((id) => readById(id, universe.sources, readAfresh)));
  const byId = read.filter((record): record is ContactRecord => record !== null && !(record instanceof SourceError));
  const remaining = new Map(byId.map((record) => [encodeSourceId(record), toRemaining(record)]));
  for (const match of found.matches) {
    if (!isPerson(match)) continue;
    const id = encodeSourceId(match.record);
    // A search may lag behind: what is proven gone by its id is gone.
    const isProvenGone = ids.includes(id) && !remaining.has(id) && read.every((record) => !(record instanceof SourceError));
    if (!isProvenGone) remaining.set(id, match);
  }
  const isKnown = !isUnsearched && found.isComplete && !read.some((record) => record instanceof SourceError);
  return {
    status: remaining.size > 0 ? 'REMAINS' : isKnown ? 'CLEAN' : 'NOT_KNOWN',
    checkedAt: new Date(now()),
    coverage: found.coverage,
    remaining: [...remaining.values()],
    reports: found.reports,
  };
}

function toRemaining(record: ContactRecord): FoundMatch {
  return { record, confidence: 'CERTAIN', reasons: [] };
}

/** All keys of some contacts, each once. */
export function keysOfAll(records: readonly ContactRecord[], kit: IdentityKit): readonly ContactKey[] {
  return uniqueKeys(records.flatMap((record) => kit.keys(record).map(({ key }) => key)));
}

export function uniqueKeys(keys: readonly ContactKey[]): readonly ContactKey[] {
  return [...new Map(keys.map((key) => [keyText(key), key])).values()];
}

/** What a receipt is made of. */
export interface ReceiptParts {
  readonly plan: SealedPlan;
  readonly caller: string;
  readonly requestId: string;
  readonly startedAt: Date;
  readonly deletions: readonly ContactDeletionRecord[];
  /** Client ids of contacts that were changed since the plan, and left. */
  readonly changed: readonly string[];
  readonly byHand: readonly string[];
  readonly verification: ErasureVerification;
}

/** Makes the content of a receipt: who, when, what was sent and what came back, what is left. It names nobody: contacts by id, keys by keyed hashes. */
export function receiptOf(parts: ReceiptParts, keyId: string): Readonly<Record<string, CanonicalValue>> {
  const { plan, caller, requestId, startedAt, deletions, changed, byHand, verification } = parts;
  return {
    version: 1,
    keyId,
    reference: plan.reference,
    plannedBy: plan.caller,
    plannedAt: new Date(plan.plannedAt).toISOString(),
    executedBy: caller,
    executedAt: startedAt.toISOString(),
    requestId,
    planWasComplete: plan.isComplete,
    givenKeys: [...plan.givenKeys].sort(),
    keys: [...plan.keys].sort(),
    steps: deletions.map(({ contactId, source, outcome, error, refusal }) => ({
      contactId,
      source: source?.name ?? null,
      digest: plan.contacts.find(({ id }) => id === contactId)?.digest ?? null,
      outcome,
      code: error?.code ?? refusal?.code ?? null,
    })),
    changedSincePlan: [...changed],
    byHand: [...byHand],
    coverage: plan.coverage,
    verification: {
      status: verification.status,
      checkedAt: verification.checkedAt.toISOString(),
      coverage: verification.coverage,
      remaining: verification.remaining.map(({ record }) => encodeSourceId(record)),
    },
  };
}

/** What a receipt says that has to be known to look again. */
export interface ReceiptContent {
  /** Client ids of the contacts that are to be gone. */
  readonly ids: readonly string[];
  /** Keyed hashes of the keys that were given for the plan. */
  readonly givenKeys: readonly string[];
  /** Keyed hashes of all keys that were looked for. */
  readonly keys: readonly string[];
}

/** Reads a receipt; null for what is none of this version. */
export function readReceipt(document: string): ReceiptContent | null {
  try {
    const { version, steps, byHand, givenKeys, keys } = JSON.parse(document) as Record<string, unknown>;
    if (version !== 1 || !Array.isArray(steps)) return null;
    const ids = steps.map((step: { readonly contactId?: unknown }) => step.contactId);
    return { ids: textsOf([...ids, ...textsOf(byHand)]), givenKeys: textsOf(givenKeys), keys: textsOf(keys) };
  } catch {
    return null;
  }
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
