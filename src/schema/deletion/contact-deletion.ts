import type { ContactDeletionRecord, DeletionOutcome as Outcome, DeletionRefusal } from '../../federation/deletion.ts';
import { builder } from '../builder.ts';
import { Contact } from '../contact/contact.ts';
import { describedValues } from '../described-values.ts';
import { SourceError, toSourceErrorShape } from '../source/source-error.ts';
import { Source } from '../source/source.ts';
import { DeleteContactUserError, type UserErrorShape } from './user-error.ts';

const OUTCOMES = [
  'DELETED',
  'WOULD_DELETE',
  'ALREADY_ABSENT',
  'REFUSED',
  'UNSUPPORTED',
  'INDETERMINATE',
  'FAILED',
] as const satisfies readonly Outcome[];

/** What became of one contact, and which member of the input named it. */
export interface ContactDeletionShape {
  readonly deletion: ContactDeletionRecord;
  /** The path in the mutation's arguments. */
  readonly field: readonly string[];
}

export const DeletionOutcome = builder.enumType('DeletionOutcome', {
  description:
    'What happened to a contact. `deletedContactId` is set with DELETED and ALREADY_ABSENT. New values may be added: treat an unknown one like INDETERMINATE.',
  values: describedValues<Outcome>(OUTCOMES, {
    DELETED: 'The contact was deleted. No CRM can restore it.',
    WOULD_DELETE: 'Dry run: the contact exists, and nothing is known that prevents its deletion. Nothing was changed.',
    ALREADY_ABSENT: 'The CRM does not have the contact: nothing to delete.',
    REFUSED: 'Not deleted: the CRM refused, or the ID is not the ID of a contact. See `userErrors`.',
    UNSUPPORTED: "Not deleted: the CRM's API cannot delete such a contact. A person can do it at `url`.",
    INDETERMINATE:
      'Not known: the CRM may or may not have deleted the contact, and it could not be checked. Look in the CRM before trying again. In a dry run: the outcome cannot be known without trying.',
    FAILED: 'Not deleted: the CRM could not be reached, or failed. It is safe to try again.',
  }),
});

export const ContactDeletion = builder.objectRef<ContactDeletionShape>('ContactDeletion').implement({
  description: 'The result of deleting one contact.',
  isAlwaysAnswered: true,
  fields: (t) => ({
    contactId: t.id({ nullable: false, description: 'The ID that was given.', resolve: ({ deletion }) => deletion.contactId }),
    outcome: t.field({
      type: DeletionOutcome,
      nullable: false,
      description: 'What happened to the contact.',
      resolve: ({ deletion }) => deletion.outcome,
    }),
    source: t.field({
      type: Source,
      description: 'The CRM account that the ID belongs to. Null when it belongs to no configured one.',
      resolve: ({ deletion }) => deletion.source,
    }),
    contact: t.field({
      type: Contact,
      isCutWhole: true,
      description:
        'The contact as it was before the deletion, with every selected field. Null when it could not be read, and always with UNSUPPORTED.',
      scope: 'contacts:read',
      resolve: ({ deletion }) => deletion.contact,
    }),
    url: t.string({
      availability: 'contact.url',
      description:
        "The contact's page in the CRM's web interface, where a person can delete it; http or https. Null when nothing is left to do.",
      resolve: ({ deletion }) => deletion.url,
    }),
    error: t.field({
      type: SourceError,
      description: 'What failed. Set only with FAILED and INDETERMINATE.',
      resolve: ({ deletion }) => toSourceErrorShape(deletion.error),
    }),
    userErrors: t.field({
      type: [DeleteContactUserError],
      nullable: false,
      estimate: { items: () => 1 },
      description: 'Why the contact was not deleted. Empty except with REFUSED and UNSUPPORTED.',
      resolve: userErrorsOf,
    }),
  }),
});

/** Returns why a contact is refused or not supported, with the argument that named it; [] with any other outcome. */
export function userErrorsOf({ deletion, field }: ContactDeletionShape): readonly UserErrorShape<DeletionRefusal['code']>[] {
  return deletion.refusal === null ? [] : [{ ...deletion.refusal, field }];
}

/** Returns the id of a contact that is no longer in the CRM; otherwise null. */
export function deletedIdOf({ deletion }: ContactDeletionShape): string | null {
  return deletion.outcome === 'DELETED' || deletion.outcome === 'ALREADY_ABSENT' ? deletion.contactId : null;
}
