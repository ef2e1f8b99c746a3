import { normalizeContactInfo, toE164 } from '../../port/contact-info-value.ts';
import { digitsOf } from '../../port/phone.ts';
import { emptyContact } from '../../port/empty-contact.ts';
import type { ContactGroupRecord, ContactInfoRecord, ContactRecord, UserRecord } from '../../port/records.ts';
import { textOrNull } from '../../wire/wire-reply.ts';
import type { CallgearContact, CallgearEmployee, CallgearGroup, CallgearOrganization } from '../wire-types.ts';

/** What mapping needs to know beside the row. */
export interface MappingContext {
  readonly source: string;
  /** For phones written without a country code; undefined: such phones are not normalized. */
  readonly defaultCountry: string | undefined;
}

/** Maps a row of `get.contacts`. `full_name` is Last First Patronymic, as CallGear's own screen shows it. */
export function toContact(row: CallgearContact, { source, defaultCountry }: MappingContext): ContactRecord {
  const firstName = textOrNull(row.first_name);
  const lastName = textOrNull(row.last_name);
  const emails = (row.emails ?? []).flatMap((value) => toEmail(value));
  const phones = (row.phone_numbers ?? []).flatMap((value) => toPhone(value, defaultCountry));
  const names = [firstName, lastName].filter((name) => name !== null).join(' ');
  return {
    ...emptyContact({ source, entity: 'contact', kind: 'PERSON', idInSource: row.id }),
    displayName: textOrNull(row.full_name) ?? textOrNull(names) ?? emails[0]?.value ?? phones[0]?.value ?? row.id,
    firstName,
    lastName,
    patronymic: textOrNull(row.patronymic),
    company: toCompanyReference(row),
    contactInfos: [...phones, ...emails],
    groups: (row.groups ?? []).map(({ group_id, group_name }) => toGroup({ id: group_id, name: group_name })),
    responsible: toResponsible(row),
  };
}

/** Maps a row of `get.contact_organizations`, which holds an id and a name and nothing more. */
export function toCompany(row: CallgearOrganization, { source }: MappingContext): ContactRecord {
  const company = emptyContact({ source, entity: 'company', kind: 'COMPANY', idInSource: row.id });
  return { ...company, displayName: textOrNull(row.name) ?? row.id };
}

/** Maps a row of `get.employees`. */
export function toUser(row: CallgearEmployee): UserRecord {
  const names = [textOrNull(row.first_name), textOrNull(row.last_name)].filter((name) => name !== null).join(' ');
  return { ...unknownUser(row.id), displayName: textOrNull(row.full_name) ?? textOrNull(names), email: textOrNull(row.email) };
}

/** A user of whom nothing may be read but the id. */
export function unknownUser(idInSource: string): UserRecord {
  return { idInSource, displayName: null, jobTitle: null, email: null, avatarUrl: null, profileUrl: null, group: null };
}

/** Maps a group; one without a name is called by its id. */
export function toGroup({ id, name }: CallgearGroup): ContactGroupRecord {
  return { idInSource: id, name: textOrNull(name) ?? id };
}

function toCompanyReference({ organization_id, organization_name }: CallgearContact): ContactRecord['company'] {
  if (organization_id === null || organization_id === undefined) return null;
  return { entity: 'company', idInSource: organization_id, displayName: textOrNull(organization_name) ?? undefined };
}

function toResponsible({ personal_manager_id, personal_manager_full_name }: CallgearContact): ContactRecord['responsible'] {
  if (personal_manager_id === null || personal_manager_id === undefined) return null;
  const displayName = textOrNull(personal_manager_full_name);
  return { idInSource: personal_manager_id, known: displayName === null ? {} : { displayName } };
}

function toEmail(text: string | null | undefined): ContactInfoRecord[] {
  const value = textOrNull(text);
  if (value === null) return [];
  return [{ ...BARE_INFO, type: 'EMAIL', value, normalizedValue: normalizeContactInfo('EMAIL', value, undefined) }];
}

function toPhone(text: string | null | undefined, defaultCountry: string | undefined): ContactInfoRecord[] {
  const value = textOrNull(text);
  if (value === null) return [];
  return [{ ...BARE_INFO, type: 'PHONE', value, normalizedValue: normalizedPhone(value, defaultCountry) }];
}

/** CallGear's phones and e-mails are bare texts. */
const BARE_INFO = { idInSource: null, category: null, categoryName: null, isPrimary: null } as const;

/** CallGear stores digits with the country code and without `+`: they are read so first, and only then as a national number. */
function normalizedPhone(value: string, defaultCountry: string | undefined): string | null {
  const isBare = /^[0-9]+$/.test(value);
  return (isBare ? toE164(digitsOf(value), undefined) : null) ?? toE164(value, defaultCountry);
}
