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
    'What became of a contact. `deletedContactId` is set for DELETED and ALREADY_ABSENT. New values may be added: treat one you do not know like INDETERMINATE.',
  values: describedValues<Outcome>(OUTCOMES, {
    DELETED: 'It was there, and is gone now. No CRM can bring it back.',
    WOULD_DELETE: 'Dry run: it is there, and nothing speaks against deleting it. Nothing was changed.',
    ALREADY_ABSENT: 'It was not there: nothing to do.',
    REFUSED: 'It is not deleted: the CRM said no, or the id names no contact. `userErrors` says why.',
    UNSUPPORTED: 'It is not deleted: this CRM lets no program delete such a contact. `url` is where a person can.',
    INDETERMINATE:
      'Not known: the CRM may or may not have deleted it, and could not be asked. Look at it in the CRM before trying again. In a dry run: it cannot be told without trying.',
    FAILED: 'It is surely not deleted: the CRM could not be reached, or was in trouble. It may be tried again.',
  }),
});

export const ContactDeletion = builder.objectRef<ContactDeletionShape>('ContactDeletion').implement({
  description: 'What became of one contact that was to be deleted.',
  isAlwaysAnswered: true,
  fields: (t) => ({
    contactId: t.id({ nullable: false, description: 'The id as it was given.', resolve: ({ deletion }) => deletion.contactId }),
    outcome: t.field({
      type: DeletionOutcome,
      nullable: false,
      description: 'What became of it.',
      resolve: ({ deletion }) => deletion.outcome,
    }),
    source: t.field({
      type: Source,
      description: 'The CRM account that it belongs to. Null when the id names none.',
      resolve: ({ deletion }) => deletion.source,
    }),
    contact: t.field({
      type: Contact,
      isCutWhole: true,
      description:
        'The contact as it was read before, with everything that is selected of it. Null if it could not be read, and with UNSUPPORTED, where the CRM is asked for nothing.',
      scope: 'contacts:read',
      resolve: ({ deletion }) => deletion.contact,
    }),
    url: t.string({
      description:
        "Where a person can do it by hand: the contact's page in the CRM's own screen; http or https. Null when there is nothing left to do, and in CallGear.",
      resolve: ({ deletion }) => deletion.url,
    }),
    error: t.field({
      type: SourceError,
      description: 'What broke. Only with FAILED and INDETERMINATE.',
      resolve: ({ deletion }) => toSourceErrorShape(deletion.error),
    }),
    userErrors: t.field({
      type: [DeleteContactUserError],
      nullable: false,
      estimate: { items: () => 1 },
      description: 'Why it was not done. Only with REFUSED and UNSUPPORTED; else empty.',
      resolve: userErrorsOf,
    }),
  }),
});

/** Why a contact is refused or not supported, with the argument that named it; [] with any other outcome. */
export function userErrorsOf({ deletion, field }: ContactDeletionShape): readonly UserErrorShape<DeletionRefusal['code']>[] {
  return deletion.refusal === null ? [] : [{ ...deletion.refusal, field }];
}

/** The id of a contact that is surely not in the CRM any more; else null. */
export function deletedIdOf({ deletion }: ContactDeletionShape): string | null {
  return deletion.outcome === 'DELETED' || deletion.outcome === 'ALREADY_ABSENT' ? deletion.contactId : null;
}
