import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isEnumType, isInputObjectType, isInterfaceType, isObjectType, type GraphQLSchema } from 'graphql';
import { describe, expect, test } from 'vitest';
import type { CrmProfile, Feature } from '../../../src/datasources/port/crm-profile.ts';
import { SOURCE_MODULES } from '../../../src/datasources/registry.ts';
import { describeAvailability } from '../../../src/schema/availability.ts';
import { createSchema } from '../../../src/schema/schema.ts';
import { MEMORY } from '../../support/in-memory-source.ts';

const SCHEMA_FOLDER = join(import.meta.dirname, '../../../src/schema');

function crm(displayName: string, features: Partial<CrmProfile['provides']>, remarks?: Partial<Record<Feature, string>>): CrmProfile {
  const kind = displayName.toUpperCase();
  return { ...MEMORY, kind, displayName, provides: { ...MEMORY.provides, ...features }, ...(remarks && { remarks }) };
}

/** A CRM that nobody has heard of yet: it has notes, groups and leads, filters by group, and deletes nothing. */
const FOURTH: CrmProfile = {
  ...crm('Fourth', { contact: ['about', 'groups', 'leadIds'], user: ['group'] }),
  capabilities: {
    kinds: ['PERSON'],
    deletableKinds: [],
    canCount: true,
    orderFields: ['UPDATED_AT'],
    filterFields: ['GROUP', 'HAS_LEADS'],
  },
};

/** The description of `Type`, `Type.field` or `Type.VALUE`. */
function descriptionOf(schema: GraphQLSchema, place: string): string | null | undefined {
  const [typeName = '', member] = place.split('.');
  const type = schema.getType(typeName);
  if (member === undefined) return type?.description;
  if (isEnumType(type)) return type.getValue(member)?.description;
  return isObjectType(type) || isInterfaceType(type) || isInputObjectType(type) ? type.getFields()[member]?.description : undefined;
}

describe('the sentence about availability', () => {
  const acme = crm('Acme', { contact: ['about', 'url'] });
  const bolt = crm('Bolt', { contact: ['about'] }, { 'contact.about': 'text only', 'contact.url': 'never said' });
  const cargo = crm('Cargo', {});

  test.each<[string, readonly CrmProfile[], string]>([
    ['names the one that has it', [acme, cargo], 'Acme only; null in other CRMs.'],
    ['names several, and what is different in one', [acme, bolt, cargo], 'Acme and Bolt only; null in other CRMs. In Bolt: text only.'],
    ['is empty where all have it', [acme], ''],
    ['is the remark alone where all have it', [acme, bolt], 'In Bolt: text only.'],
    ['says so where none has it', [cargo], 'In no CRM of this gateway.'],
  ])('%s', (_name, crms, sentence) => {
    expect(describeAvailability(crms, 'contact.about', 'null')).toBe(sentence);
  });

  test('says what it is about, and what clients see elsewhere, where that is not the usual', () => {
    expect(describeAvailability([acme, cargo], 'contact.url')).toBe('Acme only.');
    expect(describeAvailability([acme, cargo], { of: 'contact.url', absence: 'empty' }, 'null')).toBe('Acme only; empty in other CRMs.');
    expect(describeAvailability([acme, cargo], { of: 'contact.url', about: '`url`' }, 'null')).toBe('`url`: Acme only.');
  });
});

test.each([
  ['Contact.about', 'ONLYOFFICE CRM only; null in other CRMs.', 'ONLYOFFICE CRM and Fourth only; null in other CRMs.'],
  ['Person.groups', 'CallGear only; empty in other CRMs.', 'CallGear and Fourth only; empty in other CRMs.'],
  ['Company.leads', 'Kommo only; empty in other CRMs.', 'Kommo and Fourth only; empty in other CRMs.'],
  ['ContactGroup', 'CallGear only.', 'CallGear and Fourth only.'],
  ['User.group', 'Kommo only; null in other CRMs.', 'Kommo and Fourth only; null in other CRMs.'],
  ['ContactFilter.groupIds', 'CallGear only.', 'CallGear and Fourth only.'],
  ['ContactFilter.hasLeads', 'ONLYOFFICE CRM and Kommo only.', 'ONLYOFFICE CRM, Kommo, and Fourth only.'],
  ['ContactOrderField.UPDATED_AT', 'Kommo only.', 'Kommo and Fourth only.'],
  ['ContactOrderField.DISPLAY_NAME', 'By `Contact.displayName`.', 'ONLYOFFICE CRM, Kommo, and CallGear only.'],
])('the fourth CRM changes what %s says, by its profile alone', (place, withThree, withFour) => {
  const [three, four] = [createSchema(SOURCE_MODULES), createSchema([...SOURCE_MODULES, FOURTH])];

  expect(descriptionOf(three, place)).toContain(withThree);
  expect(descriptionOf(three, place)).not.toContain('Fourth');
  expect(descriptionOf(four, place)).toContain(withFour);
});

test('a gateway that knows one CRM speaks of no other', () => {
  const schema = createSchema([FOURTH]);

  expect(descriptionOf(schema, 'Contact.leads')).toBe('The deals that the contact is part of. Null only with an error.');
  expect(descriptionOf(schema, 'Currency')).toBe('The currency for business with a contact. In no CRM of this gateway.');
  for (const type of Object.values(schema.getTypeMap())) expect(type.description ?? '').not.toMatch(/onlyoffice|kommo|callgear/i);
});

test('does not compile with a feature that no record, filter or order has, in a field or in a profile', () => {
  // @ts-expect-error contacts have no such member
  expect(describeAvailability([FOURTH], 'contact.abuot')).toBe('In no CRM of this gateway.');
  // @ts-expect-error every contact has an id: there is nothing to say of it
  expect(describeAvailability([FOURTH], 'contact.idInSource')).toBe('In no CRM of this gateway.');
  // @ts-expect-error users have no such member
  expect(crm('Acme', { user: ['telephone'] }).provides.user).toEqual(['telephone']);
});

test('nothing in src/schema names a CRM', () => {
  const files = readdirSync(SCHEMA_FOLDER, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const names = SOURCE_MODULES.flatMap(({ kind, displayName }) => [kind, displayName]).map((name) => name.toLowerCase());

  expect(files.length).toBeGreaterThan(50);
  const naming = files.filter((file) => {
    const text = readFileSync(join(SCHEMA_FOLDER, file), 'utf8').toLowerCase();
    return names.some((name) => text.includes(name));
  });
  expect(naming).toEqual([]);
});
