import type { ContactInfoCondition, DateTimeRange as Range } from '../../datasources/port/list-query.ts';
import type { ContactFilter } from '../../federation/contact-filter.ts';
import { decodeSourceId, type SourceId } from '../../federation/source-id.ts';
import { badUserInput } from '../bad-user-input.ts';
import type { ContactFilterInput } from './contact-filter.ts';

const CONTACT_INFOS_MAX = 10;
const ENTRIES_MAX = 100;
const TEXT_LENGTH_MAX = 500;

type IdMember = 'statusIds' | 'typeIds' | 'responsibleIds' | 'groupIds' | 'companyIds';
type SourceIdEntity = SourceId['entity'];

const ENTITIES_BY_MEMBER: Readonly<Record<IdMember, readonly SourceIdEntity[]>> = {
  statusIds: ['status'],
  typeIds: ['type'],
  responsibleIds: ['user'],
  groupIds: ['group'],
  companyIds: ['company', 'contact'],
};

/**
 * Checks a filter and brings it into the form that federation knows: ids taken apart, texts trimmed, empty members left out.
 *
 * @throws GraphQLError BAD_USER_INPUT naming the member.
 */
export function readContactFilter(input: ContactFilterInput | null | undefined): ContactFilter {
  if (input === null || input === undefined) return {};
  const search = readText(input.search, 'filter.search');
  return {
    ...(search !== undefined && search !== '' && { search }),
    ...nonEmpty('contactInfos', readContactInfos(input.contactInfos)),
    ...nonEmpty('tags', readTags(input.tags)),
    ...nonEmpty('statusIds', readIds(input, 'statusIds')),
    ...nonEmpty('typeIds', readIds(input, 'typeIds')),
    ...nonEmpty('responsibleIds', readIds(input, 'responsibleIds')),
    ...nonEmpty('groupIds', readIds(input, 'groupIds')),
    ...nonEmpty('companyIds', readIds(input, 'companyIds')),
    ...present('kind', input.kind),
    ...present('hasLeads', input.hasLeads),
    ...present('isShared', input.isShared),
    ...present('createdAt', readRange(input.createdAt)),
    ...present('updatedAt', readRange(input.updatedAt)),
    ...present('firstName', readName(input.firstName, 'filter.firstName')),
    ...present('lastName', readName(input.lastName, 'filter.lastName')),
  };
}

function readContactInfos(infos: ContactFilterInput['contactInfos']): readonly ContactInfoCondition[] {
  const given = infos ?? [];
  if (given.length > CONTACT_INFOS_MAX) throw badUserInput('filter.contactInfos', `at most ${CONTACT_INFOS_MAX}, not ${given.length}.`);
  return given.map(({ type, value, match, category, isPrimary }, index) => ({
    type,
    value: readFilledText(value, `filter.contactInfos[${index}].value`),
    match,
    ...present('category', category),
    ...present('isPrimary', isPrimary),
  }));
}

function readTags(tags: readonly string[] | null | undefined): readonly string[] {
  return atMost(tags, 'filter.tags').map((tag, index) => readFilledText(tag, `filter.tags[${index}]`));
}

function readIds(input: ContactFilterInput, member: IdMember): readonly SourceId[] {
  const entities = ENTITIES_BY_MEMBER[member];
  return atMost(input[member], `filter.${member}`).map((text, index) => {
    const id = decodeSourceId(text);
    if (id === null) throw badUserInput(`filter.${member}[${index}]`, 'not an id.');
    if (!entities.includes(id.entity)) throw badUserInput(`filter.${member}[${index}]`, `an id of another type (${id.entity}).`);
    return id;
  });
}

function atMost(entries: readonly string[] | null | undefined, argument: string): readonly string[] {
  const given = entries ?? [];
  if (given.length > ENTRIES_MAX) throw badUserInput(argument, `at most ${ENTRIES_MAX}, not ${given.length}.`);
  return given;
}

function readName(text: string | null | undefined, argument: string): string | undefined {
  return text === null || text === undefined ? undefined : readFilledText(text, argument);
}

function readFilledText(text: string, argument: string): string {
  const read = readText(text, argument);
  if (read === undefined || read === '') throw badUserInput(argument, 'must not be blank.');
  return read;
}

function readText(text: string | null | undefined, argument: string): string | undefined {
  if (text === null || text === undefined) return undefined;
  if (text.length > TEXT_LENGTH_MAX) throw badUserInput(argument, `at most ${TEXT_LENGTH_MAX} characters, not ${text.length}.`);
  return text.trim();
}

function readRange(range: ContactFilterInput['createdAt']): Range | undefined {
  const read: Range = { ...present('from', range?.from), ...present('to', range?.to) };
  return Object.keys(read).length === 0 ? undefined : read;
}

function present<K extends string, V>(key: K, value: V | null | undefined): { [P in K]?: V } {
  return value === null || value === undefined ? {} : ({ [key]: value } as { [P in K]: V });
}

function nonEmpty<K extends string, V>(key: K, values: readonly V[]): { [P in K]?: readonly V[] } {
  return values.length === 0 ? {} : ({ [key]: values } as { [P in K]: readonly V[] });
}
