import type { ContactSource } from '../../datasources/port/contact-source.ts';
import type { ContactEntity, ContactRecord } from '../../datasources/port/records/contact.ts';
import { valueOr } from '../../datasources/port/member.ts';
import { SourceError } from '../../datasources/port/source-error.ts';
import type { DeletionOutcome } from '../deletion.ts';
import type { FoundMatch } from '../identity/find-matches.ts';
import { isAtLeast } from '../identity/match.ts';
import { encodeSourceId } from '../source-id.ts';
import { contentOf } from './contact-content.ts';
import type { ErasureSigner } from './erasure-signer.ts';
import type { FoundPerson } from './find-person.ts';

/** How long a plan may be executed. */
export const PLAN_LIFE_MS = 15 * 60_000;

export const ERASURE_ACTIONS = ['DELETE', 'BY_HAND', 'DECIDE'] as const;
export type ErasureAction = (typeof ERASURE_ACTIONS)[number];

/** What erasing does to one contact. */
export interface ErasureStep {
  readonly match: FoundMatch;
  readonly action: ErasureAction;
  readonly outcome: DeletionOutcome;
  readonly url: string | null;
}

/** A contact of a plan, as the token holds it. */
export interface PlannedContact {
  readonly id: string;
  readonly digest: string;
  readonly action: ErasureAction;
}

/** What a token holds: no phone, no e-mail address, no name. */
export interface SealedPlan {
  readonly version: 1;
  readonly caller: string;
  readonly reference: string | null;
  readonly plannedAt: number;
  readonly expiresAt: number;
  readonly isComplete: boolean;
  readonly coverage: string;
  /** Keyed hashes of the keys that were given, and of all that were looked for. */
  readonly givenKeys: readonly string[];
  readonly keys: readonly string[];
  readonly contacts: readonly PlannedContact[];
}

/** Reads a contact afresh; null when the CRM says that there is none. @throws SourceError */
export type ReadAfresh = (source: ContactSource, entity: ContactEntity, idInSource: string) => Promise<ContactRecord | null>;

/**
 * Says what erasing would do to each contact that was found, as a dry run of its deletion does. Where it is in doubt whether all are one person,
 * nothing is decided here.
 *
 * @param isCertain Whether more than a phone, or a contact itself, was given.
 */
export async function planSteps(
  found: FoundPerson,
  isCertain: boolean,
  sources: ReadonlyMap<string, ContactSource>,
  readAfresh: ReadAfresh,
): Promise<readonly ErasureStep[]> {
  const mustDecide = !isCertain || found.hasContradictions;
  const steps = await Promise.all(
    found.matches.map(async (match): Promise<ErasureStep | null> => {
      const source = sources.get(match.record.source);
      if (source === undefined) return null;
      const { entity, idInSource } = match.record;
      const before = await orError(readAfresh(source, entity, idInSource));
      // The search of the CRM still shows what is gone.
      if (before === null) return null;
      const record = before instanceof SourceError ? match.record : before;
      const outcome = outcomeOf(source, record, before);
      const isDoubtful = mustDecide || !isAtLeast(match.confidence, 'LIKELY');
      const isByHand = outcome === 'UNSUPPORTED' || outcome === 'REFUSED';
      return {
        match: { ...match, record },
        action: isDoubtful ? 'DECIDE' : isByHand ? 'BY_HAND' : 'DELETE',
        outcome,
        url: valueOr(record.url, null) ?? source.contactUrl(entity, idInSource),
      };
    }),
  );
  return steps.filter((step) => step !== null);
}

function outcomeOf(source: ContactSource, record: ContactRecord, before: ContactRecord | SourceError): DeletionOutcome {
  if (!source.capabilities.deletableKinds.includes(record.kind)) return 'UNSUPPORTED';
  return source.previewDeletion({ entity: record.entity, idInSource: record.idInSource, before }).outcome;
}

/** What a contact holds now, as a keyed hash. */
export function digestOf(record: ContactRecord, signer: ErasureSigner): string {
  return signer.digest(contentOf(record));
}

/** What a token is to hold of the steps. */
export function plannedContacts(steps: readonly ErasureStep[], signer: ErasureSigner): readonly PlannedContact[] {
  return steps.map(({ match, action }) => ({ id: encodeSourceId(match.record), digest: digestOf(match.record, signer), action }));
}

/** Reads a sealed plan; null for what is none. */
export function toSealedPlan(value: unknown): SealedPlan | null {
  // Only this gateway can have sealed it, so that its version says what is in it.
  const isPlan = typeof value === 'object' && value !== null && 'version' in value && value.version === 1;
  return isPlan ? (value as SealedPlan) : null;
}

async function orError<T>(reading: Promise<T>): Promise<T | SourceError> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof SourceError) return error;
    throw error;
  }
}
