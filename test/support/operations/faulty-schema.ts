import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { buildSchema, getNamedType, GraphQLError, isLeafType, isListType, isNonNullType, isObjectType, responsePathAsArray } from 'graphql';
import type { GraphQLOutputType, GraphQLResolveInfo, GraphQLSchema } from 'graphql';

const TYPES = /* GraphQL */ `
  type Query {
    thing(size: Int! = 2, label: String, in: Range): Thing
    must: Thing!
    things(first: Int): [Thing!]!
    maybe: [Thing]
    any: Any
    anything: [Any!]
    node: Node
    nodes: [[Node!]]
    word(text: String = "w", kinds: [Kind!]): String
  }
  input Range {
    from: Int! = 1
    to: Int
    kinds: [Kind!]
  }
  enum Kind {
    ONE
    TWO
  }
  interface Node {
    id: ID!
    name: String
    thing: Thing
  }
  type Thing implements Node {
    id: ID!
    name: String
    thing: Thing
    must: Thing!
    things: [Thing!]!
    number: Int!
    real: Float
    flag(is: Boolean! = true): Boolean
    kind(in: Range): Kind
    words: [String]
    sure: [String!]!
    node: Node
    any: Any
  }
  type Other implements Node {
    id: ID!
    name: String
    thing: Thing
    must: [Int!]!
    count(add: Int): Int
  }
  union Any = Thing | Other
`;

/** What a request's fields do is decided by this and by their place: the same for whoever executes it. */
export interface FaultyContext {
  readonly seed: number;
  /** Of ten fields, how many do something wrong. */
  readonly faults: number;
}

/** Makes a schema whose fields answer at once or later, with values, nothing, errors and nonsense. */
export function createFaultySchema(): GraphQLSchema {
  const schema = buildSchema(TYPES);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      field.resolve = (_parent, args: object, context: FaultyContext, info) => answer(field.type, args, context, info);
    }
  }
  const node = schema.getType('Node');
  const any = schema.getType('Any');
  for (const type of [node, any]) {
    if (type !== undefined && 'resolveType' in type) {
      type.resolveType = (value: { readonly type?: string }) => (value.type === 'Late' ? Promise.resolve('Other') : value.type);
    }
  }
  return schema;
}

/** Numbers from 0 to 99, the same for the same place. */
function dice(context: FaultyContext, info: GraphQLResolveInfo, args: object, what: string): number {
  const place = `${context.seed} ${responsePathAsArray(info.path).join('.')} ${info.parentType.name} ${JSON.stringify(args)} ${what}`;
  return (createHash('md5').update(place).digest()[0] ?? 0) % 100;
}

function answer(type: GraphQLOutputType, args: object, context: FaultyContext, info: GraphQLResolveInfo): unknown {
  const value = () => valueOf(type, args, context, info, '');
  const later = dice(context, info, args, 'later');
  if (later < 60) return value();
  return (async () => {
    for (let turns = later % 4; turns > 0; turns -= 1) await Promise.resolve();
    return value();
  })();
}

function valueOf(type: GraphQLOutputType, args: object, context: FaultyContext, info: GraphQLResolveInfo, at: string): unknown {
  const inner = isNonNullType(type) ? type.ofType : type;
  const fault = dice(context, info, args, `fault ${at}`);
  if (fault < context.faults * 10) {
    const message = `fault at ${info.fieldName}${at}`;
    switch (fault % 8) {
      case 0:
        return null;
      case 1:
        throw new Error(message);
      case 2:
        throw new GraphQLError(message, { extensions: { code: 'FAULT' } });
      case 3:
        return new Error(message);
      case 4:
        return new GraphQLError(message, { extensions: { code: 'VALUE' } });
      case 5:
        // oxlint-disable-next-line typescript/only-throw-error
        throw message;
      case 6:
        return Promise.reject(new Error(message));
      default:
        return isLeafType(getNamedType(inner)) ? { odd: true } : { type: 'Nothing' };
    }
  }
  if (isListType(inner)) {
    const length = dice(context, info, args, `length ${at}`) % 4;
    return Array.from({ length }, (_, index) => {
      const item = dice(context, info, args, `late item ${at} ${index}`) < 20;
      const read = () => itemOf(inner.ofType, args, context, info, `${at}[${index}]`);
      return item ? Promise.resolve().then(read) : read();
    });
  }
  return plainValue(inner.toString(), dice(context, info, args, `value ${at}`), args);
}

/** An item that throws would take its list along: it is an error in its place. */
function itemOf(...parameters: Parameters<typeof valueOf>): unknown {
  try {
    return valueOf(...parameters);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function plainValue(type: string, number: number, args: object): unknown {
  switch (type) {
    case 'Int':
      return number;
    case 'Float':
      return number / 8;
    case 'Boolean':
      return number > 50;
    case 'Kind':
      return number > 50 ? 'ONE' : 'TWO';
    case 'ID':
      return number > 50 ? number : `id ${number}`;
    case 'String':
      return `text ${number} ${JSON.stringify(args)}`;
    case 'Thing':
      return { type: 'Thing' };
    default:
      return { type: ['Thing', 'Other', 'Late'][number % 3] };
  }
}

/** An operation with variables. */
export interface FaultyOperation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

const VARIABLES = '($int: Int, $def: Int = 3, $text: String, $on: Boolean! = true, $off: Boolean = false, $range: Range, $kinds: [Kind!])';
const LEAVES = {
  Query: [
    '__typename',
    'word',
    'word(text: $text)',
    'k: word(text: "a", kinds: $kinds)',
    'w2: word(kinds: [ONE])',
    '__proto__: word',
    '__type(name: "Kind") { name enumValues { name } }',
  ],
  Thing: [
    '__typename',
    'id',
    'name',
    'number',
    'n: number',
    'real',
    'flag',
    'flag2: flag(is: $on)',
    'kind',
    'kind3: kind(in: $range)',
    'kind2: kind(in: {from: $def, to: $int})',
    'words',
    'sure',
    'constructor: name',
    '__proto__: id',
  ],
  Other: ['__typename', 'id', 'name', 'must', 'count', 'c2: count(add: $int)', 'c3: count(add: $def)'],
  Node: ['__typename', 'id', 'name', 'x: id'],
  Any: ['__typename'],
} as const;
const BRANCHES = {
  Query: [
    ['thing', 'Thing'],
    ['sized: thing(size: $def)', 'Thing'],
    ['ranged: thing(in: $range, label: $text)', 'Thing'],
    ['must', 'Thing'],
    ['things', 'Thing'],
    ['three: things(first: $int)', 'Thing'],
    ['maybe', 'Thing'],
    ['any', 'Any'],
    ['anything', 'Any'],
    ['node', 'Node'],
    ['nodes', 'Node'],
  ],
  Thing: [
    ['thing', 'Thing'],
    ['must', 'Thing'],
    ['things', 'Thing'],
    ['node', 'Node'],
    ['any', 'Any'],
    ['...', 'Node'],
  ],
  Other: [['thing', 'Thing']],
  Node: [
    ['thing', 'Thing'],
    ['... on Thing', 'Thing'],
    ['... on Other', 'Other'],
  ],
  Any: [
    ['... on Thing', 'Thing'],
    ['... on Other', 'Other'],
    ['... on Node', 'Node'],
  ],
} as const satisfies Record<keyof typeof LEAVES, readonly (readonly [string, keyof typeof LEAVES])[]>;
const CONDITIONS = ['', '', '', '', ' @include(if: $on)', ' @skip(if: $off)', ' @skip(if: true)', ' @include(if: true)'];

function selection(type: keyof typeof LEAVES, depth: number): fc.Arbitrary<string> {
  const conditioned = (text: fc.Arbitrary<string>) =>
    fc.tuple(text, fc.constantFrom(...CONDITIONS)).map(([written, condition]) => {
      const brace = written.indexOf(' {');
      return brace < 0 ? written + condition : written.slice(0, brace) + condition + written.slice(brace);
    });
  const leaf = conditioned(fc.constantFrom(...LEAVES[type]));
  const branches: readonly (readonly [string, keyof typeof LEAVES])[] = BRANCHES[type];
  const branch =
    depth === 0
      ? leaf
      : conditioned(
          fc.constantFrom(...branches).chain(([field, below]) => selection(below, depth - 1).map((inner) => `${field} ${inner}`)),
        );
  const fragments = ['Thing', 'Node'].includes(type)
    ? [fc.constantFrom('...NodeParts', type === 'Thing' ? '...ThingParts' : '...NodeParts')]
    : [];
  return fc.array(fc.oneof(leaf, branch, ...fragments), { minLength: 1, maxLength: 5 }).map((parts) => `{ ${parts.join(' ')} }`);
}

const FRAGMENTS =
  'fragment NodeParts on Node { id name ... on Thing { number things { id } } } fragment ThingParts on Thing { flag @skip(if: $off) words thing { must { number } } ...NodeParts }';

/** Queries over the faulty schema, with variables that fit, are missing, are null, or do not fit. */
export const faultyOperation: fc.Arbitrary<FaultyOperation> = fc
  .record({
    selections: selection('Query', 4),
    variables: fc.record(
      {
        int: fc.constantFrom(null, 0, 7, 'seven'),
        def: fc.constantFrom(null, 4),
        text: fc.constantFrom(null, 'text'),
        on: fc.boolean(),
        off: fc.boolean(),
        range: fc.constantFrom(null, {}, { from: 2, to: null }, { from: null }, { kinds: ['ONE'] }),
        kinds: fc.constantFrom(null, ['TWO'], 'ONE'),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ selections, variables }) => ({ query: `query Faulty${VARIABLES} ${selections} ${FRAGMENTS}`, variables }));
