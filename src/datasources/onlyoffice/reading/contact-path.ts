/** The portal's ids are 32-bit: a greater one is answered by 400. */
const PORTAL_ID_MAX = 2_147_483_647;

/** Whether a text is what the portal's ids of contacts and list entries look like. */
export function isPortalId(id: string): boolean {
  return /^[1-9][0-9]{0,9}$/.test(id) && Number(id) <= PORTAL_ID_MAX;
}

/**
 * Makes the path of one contact.
 *
 * It is the only function that does: beside that path stands `contact/filter`, where a DELETE wipes the whole CRM, so nothing but a
 * proper id may ever get into it.
 *
 * @throws RangeError for anything that is not a contact's id. Callers check with `isPortalId` first.
 */
export function contactPath(id: string): string {
  return `/api/2.0/crm/contact/${checked(id)}`;
}

/** Makes the path of a company's persons. @throws RangeError as `contactPath`. */
export function companyPersonsPath(id: string): string {
  return `/api/2.0/crm/contact/company/${checked(id)}/person`;
}

function checked(id: string): string {
  if (!isPortalId(id)) throw new RangeError('not the id of an ONLYOFFICE contact');
  return id;
}
