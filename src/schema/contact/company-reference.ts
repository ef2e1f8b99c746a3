import type { RequestContext } from '../context.ts';
import { emptyContact } from '../../datasources/port/records/empty-contact.ts';
import type { CompanyReference, ContactRecord } from '../../datasources/port/records/contact.ts';
import { detailsOf } from '../look-ahead.ts';
import { isEnough } from '../field-options.ts';
import type { SelectedField } from '../selection.ts';

/**
 * Reads the company that a person's row refers to; null when the CRM no longer has it.
 * Cost: none, and no promise, when all that is selected is in the reference; otherwise the companies of one source share 1 call.
 *
 * @param selected What the query selects of the company.
 * @throws SourceError when the CRM could not answer.
 */
export function readCompany(
  source: string,
  reference: CompanyReference | null,
  { loaders }: RequestContext,
  selected: readonly SelectedField[],
): ContactRecord | null | Promise<ContactRecord | null> {
  if (reference === null) return null;
  if (isEnough(reference, selected)) return toReferencedCompany(source, reference);
  const found = loaders.find(source, reference.entity, reference.idInSource, detailsOf(selected));
  return found.then((record) => (record?.kind === 'COMPANY' ? record : null));
}

/** A company of which only the fields with the option `isInReference` are true; the rest is not selected, so nobody sees it. */
function toReferencedCompany(source: string, { entity, idInSource, displayName }: CompanyReference): ContactRecord {
  return emptyContact({ source, entity, kind: 'COMPANY', idInSource }, displayName ?? idInSource);
}
