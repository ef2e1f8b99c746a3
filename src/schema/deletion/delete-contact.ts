import { builder } from '../builder.ts';
import { ContactDeletion, deletedIdOf, userErrorsOf, type ContactDeletionShape } from './contact-deletion.ts';
import { runDeletion } from './run-deletion.ts';
import { DeleteContactUserError } from './user-error.ts';

const DeleteContactInput = builder.inputType('DeleteContactInput', {
  description: 'The contact to delete. With `dryRun`, nothing is changed.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The `id` of a person or a company.' }),
    dryRun: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Only report what would happen, as far as it is known without trying. Nothing is changed.',
    }),
  }),
});

const DeleteContactPayload = builder.objectRef<{ deletion: ContactDeletionShape | null }>('DeleteContactPayload').implement({
  description: 'The result of `deleteContact`.',
  isAlwaysAnswered: true,
  fields: (t) => ({
    deletedContactId: t.id({
      description: 'The ID, when the contact is no longer in the CRM: DELETED or ALREADY_ABSENT. Otherwise null.',
      resolve: ({ deletion }) => (deletion === null ? null : deletedIdOf(deletion)),
    }),
    deletion: t.field({
      type: ContactDeletion,
      estimate: {},
      description: 'The result in full.',
      resolve: ({ deletion }) => deletion,
    }),
    userErrors: t.field({
      type: [DeleteContactUserError],
      nullable: false,
      estimate: { items: () => 1 },
      description: 'Why the contact was not deleted; the same list as in `deletion`.',
      resolve: ({ deletion }) => (deletion === null ? [] : userErrorsOf(deletion)),
    }),
  }),
});

builder.mutationField('deleteContact', (t) =>
  t.field({
    type: DeleteContactPayload,
    description:
      'Permanently deletes one contact in the CRM that holds it, and reports what happened. The deletion is sent to the CRM at most once. Null with FORBIDDEN when the gateway is not set up to delete.',
    scope: 'contacts:delete',
    args: { input: t.arg({ type: DeleteContactInput, required: true, description: 'The contact, and whether this is a dry run.' }) },
    estimate: {},
    resolve: async (_root, { input }, context, info) => {
      const [deletion] = await runDeletion([input.id], input.dryRun, context, info);
      return { deletion: deletion === undefined ? null : { deletion, field: ['input', 'id'] } };
    },
  }),
);
