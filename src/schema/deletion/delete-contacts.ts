import { DELETION_IDS_MAX } from '../../federation/deletion.ts';
import { builder } from '../builder.ts';
import { ContactDeletion, deletedIdOf, userErrorsOf, type ContactDeletionShape } from './contact-deletion.ts';
import { runDeletion } from './run-deletion.ts';
import { DeleteContactUserError, type UserErrorShape } from './user-error.ts';

interface DeleteContactsPayloadShape {
  readonly deletions: readonly ContactDeletionShape[];
  /** Those of the whole request. */
  readonly userErrors: readonly UserErrorShape[];
}

const DeleteContactsInput = builder.inputType('DeleteContactsInput', {
  description: 'The contacts to delete. With `dryRun`, nothing is changed.',
  fields: (t) => ({
    ids: t.idList({ required: true, description: 'At most 25 `Contact.id`, of any sources. A repeated ID counts once.' }),
    dryRun: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Only report what would happen, as far as it is known without trying. Nothing is changed.',
    }),
  }),
});

const DeleteContactsPayload = builder.objectRef<DeleteContactsPayloadShape>('DeleteContactsPayload').implement({
  description: 'The result of `deleteContacts`.',
  isAlwaysAnswered: true,
  fields: (t) => ({
    deletedContactIds: t.idList({
      nullable: false,
      estimate: { items: ({ rows }) => rows },
      description: 'The IDs of the contacts that are no longer in their CRM: DELETED or ALREADY_ABSENT.',
      resolve: ({ deletions }) => deletions.flatMap((deletion) => deletedIdOf(deletion) ?? []),
    }),
    deletions: t.field({
      type: [ContactDeletion],
      nullable: false,
      estimate: { items: ({ rows }) => rows },
      description: 'One result for each distinct ID, in the given order. Empty when the whole request was refused.',
      resolve: ({ deletions }) => deletions,
    }),
    userErrors: t.field({
      type: [DeleteContactUserError],
      nullable: false,
      estimate: { items: ({ rows }) => rows },
      description: 'Errors of the whole request, then those of each deletion.',
      resolve: ({ deletions, userErrors }) => [...userErrors, ...deletions.flatMap(userErrorsOf)],
    }),
  }),
});

builder.mutationField('deleteContacts', (t) =>
  t.field({
    type: DeleteContactsPayload,
    description:
      'Permanently deletes several contacts, each in the CRM that holds it, and reports what happened to each. One bad ID does not stop the others. Null with FORBIDDEN when the gateway is not set up to delete.',
    scope: 'contacts:delete',
    args: { input: t.arg({ type: DeleteContactsInput, required: true, description: 'The contacts, and whether this is a dry run.' }) },
    // One place for each id, and one for the refusal of too many.
    estimate: { ask: ({ input: { ids } }) => ({ rows: Math.max(1, Math.min(ids.length, DELETION_IDS_MAX)) }) },
    resolve: async (_root, { input: { ids, dryRun } }, context, info) => {
      if (ids.length > DELETION_IDS_MAX) return { deletions: [], userErrors: [tooManyIds(ids.length)] };
      const deletions = await runDeletion(ids, dryRun, context, info);
      const userErrors: UserErrorShape[] = [];
      return {
        deletions: deletions.map((deletion) => ({ deletion, field: ['input', 'ids', String(ids.indexOf(deletion.contactId))] })),
        userErrors,
      };
    },
  }),
);

function tooManyIds(count: number): UserErrorShape {
  const message = `At most ${DELETION_IDS_MAX} ids at once, not ${count}. Nothing was done.`;
  return { code: 'TOO_MANY_IDS', message, field: ['input', 'ids'] };
}
