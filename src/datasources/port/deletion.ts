import type { ContactEntity, ContactRecord } from './records/contact.ts';
import type { SourceError } from './source-error.ts';

/** One contact that is to be deleted. */
export interface DeletionTarget {
  readonly entity: ContactEntity;
  /** The CRM's own id. */
  readonly idInSource: string;
  /** What the read just before found. `absent` is the CRM's word, which is not always the truth. */
  readonly before: ContactRecord | 'absent' | SourceError;
}

/** Why a CRM refuses to delete a contact. */
export type RefusalReason = 'FORBIDDEN' | 'HAS_DEPENDENTS' | 'INVALID_ID';

/**
 * What became of one contact.
 *
 * - `DELETED`: it was there, and is gone.
 * - `WOULD_DELETE`: nothing is known against it; given by a preview only.
 * - `ALREADY_ABSENT`: it was not there.
 * - `UNSUPPORTED`: this CRM lets no program delete it.
 * - `REFUSED`: the CRM says no, or the id is none of its ids. `message` is shown to clients.
 * - `FAILED`: it is surely not deleted.
 * - `INDETERMINATE`: nobody knows; in a preview, it cannot be known without trying.
 */
export type Deletion =
  | { readonly outcome: 'DELETED' | 'WOULD_DELETE' | 'ALREADY_ABSENT' | 'UNSUPPORTED' }
  | { readonly outcome: 'REFUSED'; readonly reason: RefusalReason; readonly message: string }
  | { readonly outcome: 'INDETERMINATE' | 'FAILED'; readonly error: SourceError };
