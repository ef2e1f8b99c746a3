import {
  getNamedType,
  getNullableType,
  isInterfaceType,
  isLeafType,
  isListType,
  isObjectType,
  isUnionType,
  parse,
  validate,
} from 'graphql';
import type { GraphQLField, GraphQLNamedType, GraphQLSchema } from 'graphql';
import { findExcess, OPERATION_LIMITS } from '../src/graphql/use-operation-limits.ts';
import { LISTS_MAX } from '../src/schema/budget/budget-options.ts';
import { createRandom } from '../src/sandbox/seeded-random.ts';

/** An operation within the limits that is meant to cost as much as can be. */
export interface CostlyDocument {
  readonly name: string;
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

const { aliases, fields, depth } = OPERATION_LIMITS;
const times = (count: number, make: (index: number) => string) => Array.from({ length: count }, (_, index) => make(index)).join(' ');
const page = (selection: string, args = 'first: 100') => `{ contacts(${args}) { nodes { ${selection} } } }`;

/** What reviews found, and their relatives. */
export function knownDocuments(schema: GraphQLSchema, ids: readonly string[]): readonly CostlyDocument[] {
  const contact = schema.getType('Contact');
  const source = schema.getType('Source');
  if (!isInterfaceType(contact) || !isObjectType(source)) throw new Error('The schema lacks its main types.');
  const lists = [...Object.values(contact.getFields()), ...Object.values(source.getFields())].filter(isListField);
  const onSource = new Set<GraphQLField<unknown, unknown>>(Object.values(source.getFields()));
  const everything = leavesBelow(schema, contact, 4);
  const words = ['a', 'e', 'i', 'o', 'u', 'n', 'r', 's', 't', 'l'];
  const filtered = (member: (index: number) => string) =>
    `{ ${times(LISTS_MAX, (index) => `a${index}: contacts(first: 100, filter: { ${member(index)} }) { nodes { id } }`)} }`;
  return [
    ...lists.map((field) => {
      const below = leavesBelow(schema, getNamedType(field.type), 3);
      const selection = times(
        aliases - 2,
        (index) => `a${index}: ${onSource.has(field) ? 'source { ' : ''}${field.name}${below}${onSource.has(field) ? ' }' : ''}`,
      );
      return { name: `aliases of ${field.name}`, query: page(selection) };
    }),
    { name: 'everything of a full page', query: page(everything.slice(2, -2)) },
    {
      name: 'everything of 100 nodes',
      query: `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Contact ${everything} } }`,
      variables: { ids },
    },
    {
      name: 'more lists than are allowed',
      query: `{ ${times(LISTS_MAX + 1, (index) => `a${index}: contacts(first: ${index}) { nodes { id } }`)} }`,
    },
    {
      name: 'aliases of a full page',
      query: `{ ${times(LISTS_MAX, (index) => `a${index}: contacts(first: 100) { nodes { id displayName } }`)} }`,
    },
    { name: 'cursors of every edge', query: `{ contacts(first: 100) { edges { ${times(aliases, (index) => `a${index}: cursor`)} } } }` },
    { name: 'scans by first name', query: filtered((index) => `firstName: "nobody${index}"`) },
    { name: 'scans by last name', query: filtered((index) => `lastName: "nobody${index}"`) },
    { name: 'searches', query: filtered((index) => `search: "${words[index % 10]}${words[(index * 3 + 1) % 10]}"`) },
    { name: 'searches of phones', query: filtered((index) => `contactInfos: [{ type: PHONE, value: "${index}", match: CONTAINS }]`) },
    {
      name: 'lists in every order',
      query: `{ ${times(LISTS_MAX, (index) => {
        const field = ['DISPLAY_NAME', 'FIRST_NAME', 'LAST_NAME', 'CREATED_AT', 'UPDATED_AT'][index % 5];
        const range = `createdAt: { from: "20${10 + Math.floor(index / 5)}-01-01T00:00:00Z" }`;
        return `a${index}: contacts(first: 100, orderBy: { field: ${field}, direction: DESC }, filter: { ${range} }) { edges { cursor } }`;
      })} }`,
    },
    ...introspection(),
    ...dryRuns(everything, ids.slice(0, 25)),
  ];
}

function introspection(): readonly CostlyDocument[] {
  return [
    {
      name: 'introspection, aliases',
      query: `{ __schema { ${times(aliases, (index) => `a${index}: types { name fields { name type { name fields { name description } } } }`)} } }`,
    },
    {
      name: 'introspection, deep',
      query: `{ __schema { types { fields { args { type { ofType { ofType { inputFields { name description type { name } } } } } } type { ofType { ofType { ofType { fields { name description args { name } } } } } } } } } }`,
    },
  ];
}

function dryRuns(everything: string, ids: readonly string[]): readonly CostlyDocument[] {
  return [
    {
      name: 'dry run of 25 deletions',
      query: `mutation ($ids: [ID!]!) { deleteContacts(input: { ids: $ids, dryRun: true }) { deletions { outcome contact ${everything} } } }`,
      variables: { ids },
    },
    {
      name: 'dry run with aliases',
      query: `mutation ($ids: [ID!]!) { deleteContacts(input: { ids: $ids, dryRun: true }) { ${times(aliases - 1, (index) => `a${index}: deletions { outcome source { tags { id name color } } contact { displayName phones { value } } }`)} } }`,
      variables: { ids },
    },
  ];
}

function isListField(field: GraphQLField<unknown, unknown>): boolean {
  return isListType(getNullableType(field.type));
}

/** `{ … }` with every field down to a depth; one member of each union. */
function leavesBelow(schema: GraphQLSchema, type: GraphQLNamedType, levels: number): string {
  if (isLeafType(type)) return '';
  if (isUnionType(type))
    return ` { ${type
      .getTypes()
      .slice(0, 1)
      .map((member) => `... on ${member.name}${leavesBelow(schema, member, levels)}`)
      .join(' ')} }`;
  if (!isObjectType(type) && !isInterfaceType(type)) return '';
  const selected = Object.values(type.getFields()).filter((field) => levels > 1 || isLeafType(getNamedType(field.type)));
  return ` { __typename ${selected.map((field) => `${field.name}${leavesBelow(schema, getNamedType(field.type), levels - 1)}`).join(' ')} }`;
}

/** Documents that use up the limits of fields, aliases and depth at random, the same for the same seed. All of them are let in. */
export function generatedDocuments(schema: GraphQLSchema, count: number, seed: number): readonly CostlyDocument[] {
  const random = createRandom(seed);
  const documents: CostlyDocument[] = [];
  for (let tries = 0; documents.length < count && tries < count * 50; tries += 1) {
    const query = generate(schema, random);
    if (isLetIn(schema, query)) documents.push({ name: `generated ${seed}/${documents.length}`, query });
  }
  return documents;
}

function generate(schema: GraphQLSchema, random: () => number): string {
  const lists = 1 + Math.floor(random() * 4);
  const share = { fields: (fields * (0.2 + 0.6 * random())) / lists, aliases: Math.floor((aliases - lists) / lists) };
  const written = times(lists, (list) => {
    const order = ['DISPLAY_NAME', 'CREATED_AT', 'UPDATED_AT'][Math.floor(random() * 3)];
    const contact = schema.getType(random() < 0.3 ? 'Person' : 'Contact');
    if (!contact) throw new Error('The schema lacks contacts.');
    const spread = contact.name === 'Person' ? '... on Person' : '';
    const selection = grow(schema, contact, 3, { fields: share.fields - 4, aliases: share.aliases }, random);
    const direction = random() < 0.5 ? 'ASC' : 'DESC';
    return `l${list}: contacts(first: 100, orderBy: { field: ${order}, direction: ${direction} }) { nodes { __typename ${spread}${selection} } }`;
  });
  return `{ ${written} }`;
}

function isLetIn(schema: GraphQLSchema, query: string): boolean {
  try {
    const document = parse(query, { maxTokens: OPERATION_LIMITS.tokens });
    return findExcess(document) === null && validate(schema, document).length === 0;
  } catch {
    return false;
  }
}

interface Room {
  fields: number;
  aliases: number;
}

function grow(schema: GraphQLSchema, type: GraphQLNamedType, level: number, room: Room, random: () => number): string {
  if (isLeafType(type)) return '';
  if (isUnionType(type)) {
    room.fields -= 1;
    return ` { __typename }`;
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return '';
  const all = Object.values(type.getFields()).filter((field) => level < depth - 3 || isLeafType(getNamedType(field.type)));
  const written: string[] = [];
  const seen = new Set<string>();
  const wanted = level === 3 ? Infinity : 1 + Math.floor(random() * all.length * 1.5);
  for (let tries = 0; written.length < wanted && room.fields > 1 && tries < 200; tries += 1) {
    const field = all[Math.floor(random() * all.length)];
    if (field === undefined) break;
    // Each thing twice and more needs an alias; those go to what is below lists.
    const isRepeat = seen.has(field.name);
    if (isRepeat && (room.aliases <= 0 || !isListField(field))) continue;
    seen.add(field.name);
    room.fields -= 1;
    const below = grow(schema, getNamedType(field.type), level + 1, room, random);
    written.push(`${isRepeat ? `a${(room.aliases -= 1)}_${level}: ` : ''}${field.name}${below}`);
  }
  room.fields -= 1;
  return ` { __typename ${written.join(' ')} }`;
}
