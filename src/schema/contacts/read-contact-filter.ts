import type { ContactInfoCondition, DateTimeRange as Range } from '../../datasources/port/list-query.ts';
import { ENTITIES_BY_ID_MEMBER, type GivenFilter, type IdMember } from '../../federation/contact-filter.ts';
import { decodeSourceId, type SourceId, type SourceIdEntity } from '../../federation/source-id.ts';
import { badUserInput } from '../bad-user-input.ts';
import type { ContactFilterInput } from './contact-filter.ts';

const CONTACT_INFOS_MAX = 10;
const ENTRIES_MAX = 100;
const TEXT_LENGTH_MAX = 500;

/** A member of the input that is not read here does not compile, nor does one of federation's filter that no client can give. */
type EveryMember = Record<keyof ContactFilterInput, unknown> & { readonly [Member in keyof GivenFilter]-?: GivenFilter[Member] };

/**
 * Checks the limits of a filter and takes its ids apart; federation brings it into its one form.
 *
 * @throws GraphQLError BAD_USER_INPUT naming the member.
 */
export function readContactFilter(input: ContactFilterInput | null | undefined): GivenFilter {
  if (input === null || input === undefined) return {};
  const read: EveryMember = {
    search: readText(input.search, 'filter.search'),
    contactInfos: readContactInfos(input.contactInfos),
    kind: input.kind ?? undefined,
    tags: readTags(input.tags),
    statusIds: readIds(input, 'statusIds'),
    typeIds: readIds(input, 'typeIds'),
    responsibleIds: readIds(input, 'responsibleIds'),
    groupIds: readIds(input, 'groupIds'),
    companyIds: readIds(input, 'companyIds'),
    hasLeads: input.hasLeads ?? undefined,
    isShared: input.isShared ?? undefined,
    createdAt: readRange(input.createdAt),
    updatedAt: readRange(input.updatedAt),
    firstName: readName(input.firstName, 'filter.firstName'),
    lastName: readName(input.lastName, 'filter.lastName'),
  };
  return read;
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
  const entities: readonly SourceIdEntity[] = ENTITIES_BY_ID_MEMBER[member];
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
  if (text.trim() === '') throw badUserInput(argument, 'must not be blank.');
  return readText(text, argument) ?? '';
}

function readText(text: string | null | undefined, argument: string): string | undefined {
  if (text === null || text === undefined) return undefined;
  if (text.length > TEXT_LENGTH_MAX) throw badUserInput(argument, `at most ${TEXT_LENGTH_MAX} characters, not ${text.length}.`);
  return text;
}

function readRange(range: ContactFilterInput['createdAt']): Range | undefined {
  return range === null || range === undefined ? undefined : { ...present('from', range.from), ...present('to', range.to) };
}

function present<K extends string, V>(key: K, value: V | null | undefined): { [P in K]?: V } {
  return value === null || value === undefined ? {} : ({ [key]: value } as { [P in K]: V });
}
