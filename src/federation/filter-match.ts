import { digitsOf, toE164 } from '../datasources/port/contact-info-value.ts';
import type { MemberPlan } from '../datasources/port/list-plan.ts';
import type { ContactFilterField, ContactInfoCondition, DateTimeRange, SourceFilter } from '../datasources/port/list-query.ts';
import type { AddressRecord, ContactInfoRecord, ContactRecord } from '../datasources/port/records.ts';

/** What a row says of a filter member; `unknown`: the row does not show it. */
export type Verdict = 'yes' | 'no' | 'unknown';
type Members = ReadonlyMap<ContactFilterField, MemberPlan>;

/** Whether a row surely satisfies every member that the plan leaves to be checked here. Members that are only pushed are not looked at. */
export function matches(record: ContactRecord, filter: SourceFilter, members: Members, defaultCountry: string | undefined): boolean {
  return verdictOn(record, filter, members, defaultCountry) === 'yes';
}

/** Like `matches`, and tells a row that fails from a row that does not show what is asked. */
export function verdictOn(record: ContactRecord, filter: SourceFilter, members: Members, defaultCountry: string | undefined): Verdict {
  let verdict: Verdict = 'yes';
  for (const [field, memberPlan] of members) {
    if (memberPlan === 'PUSHED') continue;
    const ofMember = verdictOnMember(field, record, filter, defaultCountry);
    if (ofMember === 'no') return 'no';
    if (ofMember === 'unknown') verdict = 'unknown';
  }
  return verdict;
}

function verdictOnMember(
  field: ContactFilterField,
  record: ContactRecord,
  filter: SourceFilter,
  defaultCountry: string | undefined,
): Verdict {
  switch (field) {
    case 'SEARCH':
      // Each CRM searches other fields by other rules: no row shows whether its CRM would have found it.
      return filter.search === undefined ? 'yes' : 'unknown';
    case 'CONTACT_INFO':
    case 'CONTACT_INFO_CONTAINS':
      return given(filter.contactInfos, (conditions) => conditions.some((condition) => hasContactInfo(record, condition, defaultCountry)));
    case 'KIND':
      return given(filter.kind, (kind) => record.kind === kind);
    case 'TAGS':
      return given(filter.tags, (tags) => record.tags && hasAllTags(record.tags, tags));
    case 'STATUS':
      return given(filter.statusIds, (ids) => isOneOf(record.status?.idInSource, ids));
    case 'TYPE':
      return given(filter.typeIds, (ids) => isOneOf(record.type?.idInSource, ids));
    case 'RESPONSIBLE':
      return given(filter.responsibleIds, (ids) => isResponsible(record, ids));
    case 'GROUP':
      return given(filter.groupIds, (ids) => record.groups.some((group) => ids.includes(group.idInSource)));
    case 'COMPANY':
      return given(filter.companyIds, (ids) => isOneOf(record.company?.idInSource, ids));
    case 'HAS_LEADS':
      return given(filter.hasLeads, (hasLeads) => record.leadIds && record.leadIds.length > 0 === hasLeads);
    case 'IS_SHARED':
      return given(filter.isShared, (isShared) => record.access && record.access.isShared === isShared);
    case 'CREATED_AT':
      return given(filter.createdAt, (range) => isWithin(record.createdAt, range));
    case 'UPDATED_AT':
      return given(filter.updatedAt, (range) => isWithin(record.updatedAt, range));
    case 'FIRST_NAME':
      return given(filter.firstName, (name) => isSameText(record.firstName, name));
    case 'LAST_NAME':
      return given(filter.lastName, (name) => isSameText(record.lastName, name));
  }
}

/** A missing member is no condition; null and undefined from the test mean that the row does not show it. */
function given<T>(member: T | undefined, test: (member: T) => boolean | null | undefined): Verdict {
  if (member === undefined) return 'yes';
  const outcome = test(member);
  if (outcome === undefined || outcome === null) return 'unknown';
  return outcome ? 'yes' : 'no';
}

function isOneOf(id: string | undefined, ids: readonly string[]): boolean {
  return id !== undefined && ids.includes(id);
}

function isResponsible(record: ContactRecord, ids: readonly string[]): boolean {
  return isOneOf(record.responsible?.idInSource, ids) || (record.access?.members ?? []).some((member) => ids.includes(member.idInSource));
}

function hasAllTags(tags: readonly { readonly name: string }[], wanted: readonly string[]): boolean {
  const names = new Set(tags.map((tag) => folded(tag.name)));
  return wanted.every((tag) => names.has(folded(tag)));
}

function isWithin(date: Date | null, range: DateTimeRange): boolean {
  if (date === null) return false;
  const time = date.getTime();
  return (range.from === undefined || time >= range.from.getTime()) && (range.to === undefined || time <= range.to.getTime());
}

/** Whether one and the same contact info of the row has the value, the category and the primary mark that are asked for. */
function hasContactInfo(record: ContactRecord, condition: ContactInfoCondition, defaultCountry: string | undefined): boolean {
  if (condition.type === 'ADDRESS') {
    return record.addresses.some((address) => isMarked(address, condition) && isSameAddress(address, condition));
  }
  return record.contactInfos.some(
    (info) => info.type === condition.type && isMarked(info, condition) && isSameValue(info, condition, defaultCountry),
  );
}

function isMarked(info: ContactInfoRecord | AddressRecord, condition: ContactInfoCondition): boolean {
  return (
    (condition.category === undefined || info.category === condition.category) &&
    (condition.isPrimary === undefined || info.isPrimary === condition.isPrimary)
  );
}

function isSameAddress(address: AddressRecord, condition: ContactInfoCondition): boolean {
  const parts = [address.text, address.street, address.city, address.state, address.zip, address.country];
  return parts.some((part) => (condition.match === 'EXACT' ? isSameText(part, condition.value) : isPartOf(part, condition.value)));
}

function isSameValue(info: ContactInfoRecord, condition: ContactInfoCondition, defaultCountry: string | undefined): boolean {
  if (condition.type === 'PHONE') {
    return condition.match === 'EXACT' ? isSamePhone(info, condition.value, defaultCountry) : isPartOfPhone(info, condition.value);
  }
  return condition.match === 'EXACT' ? isSameText(info.value, condition.value) : isPartOf(info.value, condition.value);
}

/** By E.164; by digits when either cannot be read as a number. */
function isSamePhone(info: ContactInfoRecord, value: string, defaultCountry: string | undefined): boolean {
  const wanted = toE164(value, defaultCountry);
  const stored = info.normalizedValue ?? toE164(info.value, defaultCountry);
  if (wanted !== null && stored !== null) return wanted === stored;
  const digits = digitsOf(value);
  return digits === '' ? isSameText(info.value, value) : digitsOf(info.value) === digits;
}

/** By digits in a row, as it is stored or in its international form; a text without digits by what is stored. */
function isPartOfPhone(info: ContactInfoRecord, value: string): boolean {
  const digits = digitsOf(value);
  if (digits === '') return isPartOf(info.value, value);
  return [info.value, info.normalizedValue].some((phone) => phone !== null && digitsOf(phone).includes(digits));
}

function isSameText(text: string | null, wanted: string): boolean {
  return text !== null && folded(text) === folded(wanted);
}

function isPartOf(text: string | null, wanted: string): boolean {
  return text !== null && folded(text).includes(folded(wanted));
}

/** The form in which texts are equal ignoring case: upper before lower, so that ß and SS are one. */
function folded(text: string): string {
  return text.trim().normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
}
