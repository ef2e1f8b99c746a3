import type { Caller } from '../auth/scopes.ts';
import type { Call, CallMeter, ReadTrace } from '../datasources/port/call.ts';
import type { ContactSource } from '../datasources/port/contact-source.ts';
import type { ErasureSigner } from '../federation/erasure/erasure-signer.ts';
import type { IdentityContext } from '../federation/identity/universe.ts';
import type { ValueBudget } from './budget/value-budget.ts';
import type { Loaders } from '../datasources/port/loaders.ts';
import type { DeletionAttempt, DeletionAuditEntry } from '../federation/deletion.ts';

/** What resolvers say of the answer, for those who want to give it to other requests too. */
export interface AnswerNotes extends ReadTrace {
  /** Notes that the answer shows the state of this very moment. */
  noteLive(): void;
}

/** How persons are erased. */
export interface ErasureContext {
  readonly signer: ErasureSigner;
  /** Whether whoever planned an erasure may not execute it. */
  readonly isFourEyes: boolean;
  /** Records in the audit log that a person was erased, with the digest of the receipt. */
  readonly audit: (entry: { readonly reference: string | null; readonly receiptSha256: string; readonly status: string }) => void;
  /** The wall clock, Unix milliseconds. */
  readonly now: () => number;
}

/** What one GraphQL request carries to its resolvers. */
export interface RequestContext {
  readonly requestId: string;
  readonly caller: Caller;
  /** Every configured source by name, in the order of the configuration. */
  readonly sources: ReadonlyMap<string, ContactSource>;
  readonly loaders: Loaders;
  /** What contacts of one person are found with. */
  readonly identity: IdentityContext;
  /** What erasing persons takes. */
  readonly erasure: ErasureContext;
  /** For reads of this request. */
  readonly call: Call;
  readonly meter: CallMeter;
  /** Counts what is resolved. */
  readonly values: ValueBudget;
  /** Learns how long the answer holds. */
  readonly trace: AnswerNotes;
  /** Milliseconds on `performance.now()`'s scale: when the answer has to be out. */
  readonly deadline: number;
  readonly limits: {
    readonly sourceTimeoutMs: number;
    /** Rows that a list may read of each source to find matches that its CRM cannot filter. */
    readonly scanBudget: number;
    /** Two-letter country for phones written without a country code. */
    readonly defaultCountry: string | undefined;
  };
  /** Why deletion is refused whatever the contact; null when it is allowed. */
  readonly deletionRefusal: string | null;
  /** Records in the audit log that a contact is about to be deleted, and for whom. Nothing is deleted when it rejects. */
  readonly announceDeletion: (attempt: DeletionAttempt) => Promise<void>;
  /** Records in the audit log what became of a contact that was to be deleted, and for whom. */
  readonly auditDeletion: (entry: DeletionAuditEntry) => void;
  /** Whether the caller requested `extensions.plan` (header `x-explain: true`). */
  readonly isExplained: boolean;
  /** Filled by the list resolvers for `extensions.plan`. */
  readonly explanations: unknown[];
  /** Writes down how long a field takes; left out where nobody traces. @param field Such as `Query.contacts`. */
  readonly traceField?: <T>(field: string, resolve: () => T) => T;
}
