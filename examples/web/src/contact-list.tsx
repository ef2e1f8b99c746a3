import { useState, type FC } from 'react';
import { useQuery } from '@apollo/client/react';
import type { Contact, List } from './contact.ts';
import { DeleteDialog } from './delete-dialog.tsx';
import { CONTACTS } from './operations.ts';
import { toFilter } from './to-filter.ts';

/** The contacts that fit what was typed, from all CRMs, and what each CRM contributed. */
export const ContactList: FC<{ readonly typed: string }> = ({ typed }) => {
  const [chosen, setChosen] = useState<Contact | null>(null);
  const { data, previousData, loading, error, fetchMore } = useQuery(CONTACTS, {
    variables: { filter: toFilter(typed) },
    notifyOnNetworkStatusChange: true,
  });
  const contacts = (data ?? previousData)?.contacts;
  if (error !== undefined) return <p className="notice failing">{error.message}</p>;
  if (!contacts) return <p role="status">Loading …</p>;
  const { edges, pageInfo } = contacts;
  return (
    <>
      <Reports list={contacts} />
      <ul className="contacts" aria-busy={loading} aria-label="Contacts">
        {edges.map(({ node }) => (
          <Row key={node.id} contact={node} onDelete={() => setChosen(node)} />
        ))}
      </ul>
      {edges.length === 0 && !loading && !pageInfo.hasNextPage && <p>Nobody.</p>}
      {pageInfo.hasNextPage && (
        // A page may be short, or empty, and still have a next one: its end cursor leads on.
        <button disabled={loading} onClick={() => void fetchMore({ variables: { after: pageInfo.endCursor } })}>
          {loading ? 'Loading …' : 'More'}
        </button>
      )}
      {chosen !== null && <DeleteDialog contact={chosen} onClose={() => setChosen(null)} />}
    </>
  );
};

/** Says what is missing, and why. */
const Reports: FC<{ readonly list: List }> = ({ list: { sourceReports, isComplete } }) => {
  const lacking = sourceReports.filter(({ status }) => status !== 'OK');
  if (isComplete || (lacking.length === 0 && sourceReports.length === 0)) return null;
  return (
    <div className="notice" role="status">
      {lacking.length === 0 && 'A contact may be missing that is spelt otherwise.'}
      {lacking.map(({ source, status, error }) => (
        <p key={source.id}>
          <strong>{source.displayName}</strong> {REASONS[status] ?? status}
          {error && ` ${error.message}`}
        </p>
      ))}
    </div>
  );
};

/** An unknown status is shown as it is: values may be added. */
const REASONS: Readonly<Record<string, string>> = {
  PARTIAL: 'has more that was not looked at, or could not be read.',
  FAILED: 'did not answer; the others did.',
  SKIPPED: 'was not searched.',
};

const Row: FC<{ readonly contact: Contact; readonly onDelete: () => void }> = ({ contact, onDelete }) => {
  const { displayName, source, phones, emails, viewerCanDelete } = contact;
  const company = contact.__typename === 'Person' ? contact.company : null;
  return (
    <li>
      <div className="who">
        <strong>{displayName}</strong>
        {company && <span>{company.displayName}</span>}
      </div>
      <div className="ways">
        {phones.map(({ value }) => (
          <a key={value} href={`tel:${value}`}>
            {value}
          </a>
        ))}
        {emails.map(({ value }) => (
          <a key={value} href={`mailto:${value}`}>
            {value}
          </a>
        ))}
      </div>
      <span className="badge">{source.displayName}</span>
      {/* null: not known, so that it may be tried. */}
      <button disabled={viewerCanDelete === false} aria-label={`Delete ${displayName}`} onClick={onDelete}>
        Delete
      </button>
    </li>
  );
};
