import { builder } from '../builder.ts';
import { ContactDeletion, deletedIdOf, userErrorsOf, type ContactDeletionShape } from './contact-deletion.ts';
import { runDeletion } from './run-deletion.ts';
import { DeleteContactUserError } from './user-error.ts';

const DeleteContactInput = builder.inputType('DeleteContactInput', {
  description: 'Which contact to delete.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'A `Contact.id`.' }),
    dryRun: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Only say what would happen, as far as the CRM tells without trying: nothing is changed.',
    }),
  }),
});

const DeleteContactPayload = builder.objectRef<{ deletion: ContactDeletionShape | null }>('DeleteContactPayload').implement({
  description: 'What became of the contact.',
  isAlwaysAnswered: true,
  fields: (t) => ({
    deletedContactId: t.id({
      description: 'The id, when the contact is not in the CRM any more: DELETED or ALREADY_ABSENT. Else null.',
      resolve: ({ deletion }) => (deletion === null ? null : deletedIdOf(deletion)),
    }),
    deletion: t.field({
      type: ContactDeletion,
      estimate: {},
      description: 'What became of it, in full.',
      resolve: ({ deletion }) => deletion,
    }),
    userErrors: t.field({
      type: [DeleteContactUserError],
      nullable: false,
      estimate: { items: () => 1 },
      description: 'Why it was not done; the same as in `deletion`.',
      resolve: ({ deletion }) => (deletion === null ? [] : userErrorsOf(deletion)),
    }),
  }),
});

builder.mutationField('deleteContact', (t) =>
  t.field({
    type: DeleteContactPayload,
    description:
      'Deletes one contact for good, in the CRM that holds it, and says truthfully what happened. Sent to the CRM at most once. Null with FORBIDDEN when the gateway is set up to delete nothing.',
    scope: 'contacts:delete',
    args: { input: t.arg({ type: DeleteContactInput, required: true, description: 'Which contact.' }) },
    estimate: {},
    resolve: async (_root, { input }, context, info) => {
      const [deletion] = await runDeletion([input.id], input.dryRun, context, info);
      return { deletion: deletion === undefined ? null : { deletion, field: ['input', 'id'] } };
    },
  }),
);
