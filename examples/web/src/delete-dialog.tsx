import { useEffect, useRef, type FC } from 'react';
import { useMutation } from '@apollo/client/react';
import type { Contact } from './contact.ts';
import type { DeleteContactMutation } from './gql/graphql.ts';
import { DELETE_CONTACT } from './operations.ts';

type Result = NonNullable<DeleteContactMutation['deleteContact']>;

/** Asks the CRM what a deletion would do, shows it, and deletes when that is confirmed. */
export const DeleteDialog: FC<{ readonly contact: Contact; readonly onClose: () => void }> = ({ contact, onClose }) => {
  const dialog = useRef<HTMLDialogElement>(null);
  const [dryRun, tried] = useMutation(DELETE_CONTACT);
  const [deleteContact, deleted] = useMutation(DELETE_CONTACT, {
    update(cache, { data }) {
      const outcome = data?.deleteContact?.deletion?.outcome;
      if (outcome !== 'DELETED' && outcome !== 'ALREADY_ABSENT') return;
      cache.evict({ id: cache.identify({ __typename: contact.__typename, id: contact.id }) });
      cache.gc();
    },
  });
  useEffect(() => {
    dialog.current?.showModal();
    void dryRun({ variables: { id: contact.id, dryRun: true } });
  }, [contact.id, dryRun]);

  const forecast = tried.data?.deleteContact;
  const result = deleted.data?.deleteContact;
  const error = deleted.error ?? tried.error;
  const mayConfirm = forecast?.deletion?.outcome === 'WOULD_DELETE' && !result && !deleted.loading;
  return (
    <dialog ref={dialog} aria-labelledby="delete-title" onClose={onClose}>
      <h2 id="delete-title">Delete {contact.displayName}?</h2>
      <p role="status">{error ? error.message : describe(result ?? forecast)}</p>
      <div className="actions">
        <button
          className="danger"
          disabled={!mayConfirm}
          onClick={() => void deleteContact({ variables: { id: contact.id, dryRun: false } })}
        >
          Delete for good
        </button>
        <button onClick={() => dialog.current?.close()}>{result ? 'Close' : 'Keep'}</button>
      </div>
    </dialog>
  );
};

const OUTCOMES: Readonly<Record<string, string>> = {
  WOULD_DELETE: 'It can be deleted. This cannot be undone.',
  DELETED: 'Deleted.',
  ALREADY_ABSENT: 'It was no longer there.',
  UNSUPPORTED: 'This CRM does not let programs delete; a person can, in the CRM.',
  REFUSED: 'Not deleted.',
  FAILED: 'Not deleted: the CRM failed. You can try again.',
  INDETERMINATE: 'Not known whether it was deleted: look in the CRM before you try again.',
};

function describe(result: Result | null | undefined): string {
  if (!result) return 'Checking …';
  const { deletion, userErrors } = result;
  const reasons = [deletion?.error?.message, ...userErrors.map(({ message }) => message)];
  return [deletion && (OUTCOMES[deletion.outcome] ?? deletion.outcome), ...reasons].filter(Boolean).join(' ');
}
