import { folded } from '../datasources/port/normal-form.ts';
import type { MemberPlan } from '../datasources/port/list-plan.ts';
import type { ContactFilterField, ContactInfoCondition, DateTimeRange, SourceFilter } from '../datasources/port/list-query.ts';
import { isDamaged, isDamagedIn, valueOr, type Member } from '../datasources/port/member.ts';
import { comparePhones, digitsOf } from '../datasources/port/phone/phone.ts';
import type { ContactAccessRecord, ContactRecord } from '../datasources/port/records/contact.ts';
import type { AddressRecord, ContactInfoRecord } from '../datasources/port/records/contact-info.ts';

/** What a row says of a filter member; `unknown`: the row does not show it. */
export type Verdict = 'yes' | 'no' | 'unknown';
/** Lists of a row from which items may have been left out. */
type ListMember = 'contactInfos' | 'addresses' | 'tags' | 'groups' | 'leadIds';
type Members = ReadonlyMap<ContactFilterField, MemberPlan>;

/** The members of a row that decide on each member of a filter. */
export const MEMBERS_CHECKED: Readonly<Record<ContactFilterField, readonly (keyof ContactRecord)[]>> = {
  SEARCH: [],
  CONTACT_INFO: ['contactInfos', 'addresses'],
  CONTACT_INFO_CONTAINS: ['contactInfos', 'addresses'],
  KIND: [],
  TAGS: ['tags'],
  STATUS: ['status'],
  TYPE: ['type'],
  RESPONSIBLE: ['responsible', 'access'],
  GROUP: ['groups'],
  COMPANY: ['company'],
  HAS_LEADS: ['leadIds'],
  IS_SHARED: ['access'],
  CREATED_AT: ['createdAt'],
  UPDATED_AT: ['updatedAt'],
  FIRST_NAME: ['firstName'],
  LAST_NAME: ['lastName'],
};

/** Whether a row surely satisfies every member that the plan leaves to be checked here. Members that are only pushed are not looked at. */
export function matches(record: ContactRecord, filter: SourceFilter, members: Members, defaultCountry: string | undefined): boolean {
  return verdictOn(record, filter, members, defaultCountry) === 'yes';
}

/**
 * Like `matches`, and tells a row that fails from a row that does not show what is asked.
 *
 * @param searchesNames Whether the source's search looks for words in the names.
 */
export function verdictOn(
  record: ContactRecord,
  filter: SourceFilter,
  members: Members,
  defaultCountry: string | undefined,
  searchesNames = false,
): Verdict {
  let verdict: Verdict = 'yes';
  for (const [field, memberPlan] of members) {
    if (memberPlan === 'PUSHED') continue;
    const ofMember =
      field === 'SEARCH' && searchesNames
        ? given(filter.search, (text) => namesHold(record, text))
        : verdictOnMember(field, record, filter, defaultCountry);
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
      return given(filter.contactInfos, (conditions) => hasAnyContactInfo(record, conditions, defaultCountry));
    case 'KIND':
      return given(filter.kind, (kind) => record.kind === kind);
    case 'TAGS':
      return given(filter.tags, (tags) => found(hasAllTags(shown(record.tags), tags), record, 'tags'));
    case 'STATUS':
      return given(filter.statusIds, (ids) => isOneOf(shown(record.status), ids));
    case 'TYPE':
      return given(filter.typeIds, (ids) => isOneOf(shown(record.type), ids));
    case 'RESPONSIBLE':
      return given(filter.responsibleIds, (ids) => isResponsible(record, ids));
    case 'GROUP':
      return given(filter.groupIds, (ids) =>
        found(
          record.groups.some((group) => ids.includes(group.idInSource)),
          record,
          'groups',
        ),
      );
    case 'COMPANY':
      return given(filter.companyIds, (ids) => isOneOf(shown(record.company), ids));
    case 'HAS_LEADS':
      return given(filter.hasLeads, (hasLeads) => hasLeadsAsAsked(record, hasLeads));
    case 'IS_SHARED':
      return given(filter.isShared, (isShared) => isSharedAsAsked(shown(record.access), isShared));
    case 'CREATED_AT':
      return given(filter.createdAt, (range) => isWithin(shown(record.createdAt), range));
    case 'UPDATED_AT':
      return given(filter.updatedAt, (range) => isWithin(shown(record.updatedAt), range));
    case 'FIRST_NAME':
      return given(filter.firstName, (name) => isSameName(shown(record.firstName), name));
    case 'LAST_NAME':
      return given(filter.lastName, (name) => isSameName(shown(record.lastName), name));
  }
}

/** A missing member is no condition; null and undefined from the test mean that the row does not show it. */
function given<T>(member: T | undefined, test: (member: T) => boolean | null | undefined): Verdict {
  if (member === undefined) return 'yes';
  const outcome = test(member);
  if (outcome === undefined || outcome === null) return 'unknown';
  return outcome ? 'yes' : 'no';
}

/** Whether any of the items passes; undefined where none does and one of them may. */
function anyOf<T>(items: readonly T[], test: (item: T) => boolean | undefined): boolean | undefined {
  let outcome: boolean | undefined = false;
  for (const item of items) {
    const passes = test(item);
    if (passes === true) return true;
    if (passes === undefined) outcome = undefined;
  }
  return outcome;
}

/** A member as far as the row shows it; undefined where it was not asked for or cannot be read. */
function shown<T>(member: Member<T>): T | undefined {
  return valueOr(member, undefined);
}

/** What was looked for in a list. Where it is not there, and items of the list could not be read, it may have been one of those. */
function found(isFound: boolean | undefined, record: ContactRecord, list: ListMember): boolean | undefined {
  return isFound === false && isDamagedIn(record, list) ? undefined : isFound;
}

function isOneOf(item: { readonly idInSource: string } | null | undefined, ids: readonly string[]): boolean | undefined {
  return item === undefined ? undefined : item !== null && ids.includes(item.idInSource);
}

function isResponsible(record: ContactRecord, ids: readonly string[]): boolean | undefined {
  const isHolder = isOneOf(shown(record.responsible), ids);
  if (isHolder === true) return true;
  const access = shown(record.access);
  if (access?.members.some((member) => ids.includes(member.idInSource)) === true) return true;
  return isHolder === undefined || access === undefined || isDamagedIn(record, 'access') ? undefined : false;
}

function isSharedAsAsked(access: ContactAccessRecord | null | undefined, isShared: boolean): boolean | null | undefined {
  return access && access.isShared === isShared;
}

function hasLeadsAsAsked(record: ContactRecord, hasLeads: boolean): boolean | undefined {
  const leadIds = shown(record.leadIds);
  // A lead whose id cannot be read is a lead.
  return leadIds && (leadIds.length > 0 || isDamagedIn(record, 'leadIds')) === hasLeads;
}

function hasAllTags(tags: readonly { readonly name: string }[] | undefined, wanted: readonly string[]): boolean | undefined {
  if (tags === undefined) return undefined;
  const names = new Set(tags.map((tag) => folded(tag.name)));
  return wanted.every((tag) => names.has(folded(tag)));
}

function isWithin(date: Date | null | undefined, range: DateTimeRange): boolean | undefined {
  if (date === undefined) return undefined;
  if (date === null) return false;
  const time = date.getTime();
  return (range.from === undefined || time >= range.from.getTime()) && (range.to === undefined || time <= range.to.getTime());
}

function hasAnyContactInfo(
  record: ContactRecord,
  conditions: readonly ContactInfoCondition[],
  defaultCountry: string | undefined,
): boolean | undefined {
  const hasAny = anyOf(conditions, (condition) => hasContactInfo(record, condition, defaultCountry));
  if (hasAny !== false) return hasAny;
  const mayHide = conditions.some(({ type }) => isDamagedIn(record, type === 'ADDRESS' ? 'addresses' : 'contactInfos'));
  return mayHide ? undefined : false;
}

/** Whether one and the same contact info of the row has the value, the category and the primary mark that are asked for. */
function hasContactInfo(record: ContactRecord, condition: ContactInfoCondition, defaultCountry: string | undefined): boolean | undefined {
  if (condition.type === 'ADDRESS') {
    return record.addresses.some((address) => isMarked(address, condition) && isSameAddress(address, condition));
  }
  return anyOf(record.contactInfos, (info) =>
    info.type === condition.type && isMarked(info, condition) ? isSameValue(info, condition, defaultCountry) : false,
  );
}

function isMarked(info: ContactInfoRecord | AddressRecord, condition: ContactInfoCondition): boolean {
  return (
    (condition.category === undefined || info.category === condition.category) &&
    (condition.isPrimary === undefined || info.isPrimary === condition.isPrimary)
  );
}

function isSameAddress(address: AddressRecord, condition: ContactInfoCondition): boolean {
  const { text, street, city, state, zip, country } = address;
  const parts = [text, street, city, state, zip, country].map((part) => valueOr(part, null));
  return parts.some((part) => (condition.match === 'EXACT' ? isSameText(part, condition.value) : isPartOf(part, condition.value)));
}

function isSameValue(info: ContactInfoRecord, condition: ContactInfoCondition, defaultCountry: string | undefined): boolean | undefined {
  if (condition.type === 'PHONE') {
    return condition.match === 'EXACT' ? isSamePhone(info, condition.value, defaultCountry) : isPartOfPhone(info, condition.value);
  }
  return condition.match === 'EXACT' ? isSameText(info.value, condition.value) : isPartOf(info.value, condition.value);
}

/** By the numbers that the texts hold; undefined where a text that lacks a country or area code may be the number. */
function isSamePhone({ value: stored }: ContactInfoRecord, value: string, defaultCountry: string | undefined): boolean | undefined {
  if (digitsOf(value) === '') return isSameText(stored, value);
  const comparison = comparePhones(stored, value, defaultCountry);
  return comparison === 'UNKNOWN' ? undefined : comparison !== 'DIFFERENT';
}

/** By digits in a row, as it is stored or in its international form; a text without digits by what is stored. */
function isPartOfPhone(info: ContactInfoRecord, value: string): boolean {
  const digits = digitsOf(value);
  if (digits === '') return isPartOf(info.value, value);
  return [info.value, info.normalizedValue].some((phone) => phone !== null && digitsOf(phone).includes(digits));
}

/** Whether each word stands somewhere in the names. */
function namesHold(record: ContactRecord, text: string): boolean | undefined {
  const members = [record.displayName, record.firstName, record.lastName];
  const names = members.map((name) => folded(valueOr(name, null) ?? ''));
  const isFound = text.split(/\s+/).every((word) => names.some((name) => name.includes(folded(word))));
  return isFound || !members.some(isDamaged) ? isFound : undefined;
}

function isSameName(name: string | null | undefined, wanted: string): boolean | undefined {
  return name === undefined ? undefined : isSameText(name, wanted);
}

function isSameText(text: string | null, wanted: string): boolean {
  return text !== null && folded(text) === folded(wanted);
}

function isPartOf(text: string | null, wanted: string): boolean {
  return text !== null && folded(text).includes(folded(wanted));
}
