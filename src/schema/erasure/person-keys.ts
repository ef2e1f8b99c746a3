import type { Call } from '../../datasources/port/call.ts';
import type { ContactKey } from '../../datasources/port/identity/contact-key.ts';
import type { ContactSource } from '../../datasources/port/contact-source.ts';
import { Loaders } from '../../datasources/port/loaders.ts';
import type { ContactEntity, ContactRecord } from '../../datasources/port/records/contact.ts';
import type { ReadAfresh } from '../../federation/erasure/erasure-plan.ts';
import { findPerson, type FoundPerson, type PersonKeys } from '../../federation/erasure/find-person.ts';
import { Universe } from '../../federation/identity/universe.ts';
import { badUserInput } from '../bad-user-input.ts';
import { builder } from '../builder.ts';
import { findContact, readId } from '../contacts/find-contact.ts';
import type { RequestContext } from '../context.ts';

const VALUES_MAX = 10;
const NAME_LENGTH_MAX = 200;
/** Searches of one source: the calls that they take are bounded by CALL_BUDGET. */
const SEARCHES_MAX = 60;
const NO_DETAILS: ReadonlySet<never> = new Set();

export const PersonKeysInput = builder.inputType('PersonKeysInput', {
  description: 'Whom to look for: at least one contact, phone number or e-mail address. At most 10 of each.',
  fields: (t) => ({
    contactIds: t.idList({ description: '`Contact.id` of contacts that are known to be records of the person.' }),
    phones: t.stringList({
      description: 'Phone numbers as people write them, with the country code, or without it where DEFAULT_COUNTRY is set.',
    }),
    emails: t.stringList({ description: 'E-mail addresses in any spelling.' }),
    name: t.string({ description: 'The full name. It adds POSSIBLE contacts that have neither; alone it is refused.' }),
  }),
});

/** As the input came. */
export interface PersonKeysShape {
  readonly contactIds?: readonly (string | number)[] | null | undefined;
  readonly phones?: readonly string[] | null | undefined;
  readonly emails?: readonly string[] | null | undefined;
  readonly name?: string | null | undefined;
}

/** Reads that decide about erasures: nothing that is cached will do. */
export interface FreshReads {
  readonly universe: Universe;
  readonly loaders: Loaders;
  readonly readAfresh: ReadAfresh;
}

/** Makes reads of this moment. */
export function readFreshly({ sources, call, identity }: RequestContext): FreshReads {
  const fresh: Call = { ...call, freshAfter: Date.now(), isFreshnessStrict: true };
  const loaders = new Loaders(sources, fresh);
  return {
    universe: new Universe({ kit: identity.universe.kit, sources, call: fresh, searchesMax: SEARCHES_MAX, searchesDigits: true }),
    loaders,
    readAfresh: (source: ContactSource, entity: ContactEntity, idInSource: string) => loaders.find(source.name, entity, idInSource),
  };
}

/** Whether nothing was given that a person can be found by. */
export function hasNoKeys({ contactIds, phones, emails }: PersonKeysShape): boolean {
  return [contactIds, phones, emails].every((values) => (values ?? []).length === 0);
}

/** Whether more was given than phone numbers: those are handed on, and answered by others. */
export function hasMoreThanPhones({ contactIds, emails }: PersonKeysShape): boolean {
  return [contactIds, emails].some((values) => (values ?? []).length > 0);
}

/**
 * Finds the person. Cost: 1 call for each contact that is named, a search for each key in each source, and one more for what those lead to.
 *
 * @throws GraphQLError BAD_USER_INPUT for a phone or an e-mail address that cannot be read, an id that is none, or too many of them.
 */
export async function findByKeys(input: PersonKeysShape, reads: FreshReads): Promise<FoundPerson> {
  return findPerson(await readKeys(input, reads), reads.universe);
}

/**
 * Reads what was given: phones first, then e-mail addresses. Cost: 1 call for each contact that is named.
 *
 * @throws GraphQLError BAD_USER_INPUT, as `findByKeys`.
 */
export async function readKeys(input: PersonKeysShape, { universe, loaders }: Omit<FreshReads, 'readAfresh'>): Promise<PersonKeys> {
  const contactIds = atMost(input.contactIds, 'keys.contactIds');
  const phones = atMost(input.phones, 'keys.phones').map((text, index) => toKey(text, 'PHONE', `keys.phones[${index}]`, universe));
  const emails = atMost(input.emails, 'keys.emails').map((text, index) => toKey(text, 'EMAIL', `keys.emails[${index}]`, universe));
  // All are looked at before one is read: a read under way would fail with nobody to wait for it.
  const ids = contactIds.map((id, index) => readId(String(id), `keys.contactIds[${index}]`));
  const contacts = await Promise.all(ids.map((id) => findContact(id, NO_DETAILS, { loaders })));
  return {
    contacts: contacts.filter((contact): contact is ContactRecord => contact !== null),
    keys: [...phones, ...emails],
    name: input.name?.trim().slice(0, NAME_LENGTH_MAX) || null,
  };
}

function toKey(text: string, type: ContactKey['type'], argument: string, { kit }: Universe): ContactKey {
  const key = text.length > NAME_LENGTH_MAX * 2 ? null : kit.toKey(text);
  if (key?.type === type) return key;
  throw badUserInput(argument, type === 'PHONE' ? 'not a phone number whose country is known.' : 'not an e-mail address.');
}

function atMost<T>(values: readonly T[] | null | undefined, argument: string): readonly T[] {
  const given = values ?? [];
  if (given.length > VALUES_MAX) throw badUserInput(argument, `at most ${VALUES_MAX}, not ${given.length}.`);
  return given;
}
