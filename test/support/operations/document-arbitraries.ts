import fc from 'fast-check';
import {
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isUnionType,
  getNamedType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql';

export interface GeneratedDocument {
  readonly query: string;
  /** Whether the schema allows it; its values may still be refused. */
  readonly isValid: boolean;
}

/** Ids that may be met with: good ones among them. */
export interface DocumentOptions {
  readonly ids: readonly string[];
  /** Fields within fields. */
  readonly depthMax: number;
}

/** Values of a type as a document writes them, the nastier ones of their kind included. */
function valueOf(type: GraphQLInputType, options: DocumentOptions): fc.Arbitrary<string> {
  if (isNonNullType(type)) return valueOf(type.ofType, options);
  if (isListType(type)) return fc.array(valueOf(type.ofType, options), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`);
  if (isEnumType(type)) return fc.constantFrom(...type.getValues().map(({ name }) => name));
  if (isInputObjectType(type)) {
    const members = Object.values(type.getFields()).map((field) => {
      const member = valueOf(field.type, options).map((value) => `${field.name}: ${value}`);
      return isRequiredInputField(field) ? member : fc.option(member, { freq: 4 });
    });
    return fc.tuple(...members).map((written) => `{ ${written.filter((member) => member !== null).join(', ')} }`);
  }
  switch (type.name) {
    case 'Boolean':
      return fc.constantFrom('true', 'false');
    case 'Int':
      return fc.oneof(fc.integer({ min: -2, max: 120 }), fc.constantFrom(2 ** 31 - 1, -(2 ** 31))).map(String);
    case 'Float':
      return fc.double({ noNaN: true, noDefaultInfinity: true }).map(String);
    case 'DateTime':
      return fc.constantFrom('"2024-02-29T12:00:00Z"', '"1970-01-01T00:00:00Z"', '"9999-12-31T23:59:59Z"');
    case 'ID':
      return fc.oneof(fc.constantFrom(...options.ids), fc.string({ maxLength: 20 })).map((text) => JSON.stringify(text));
    default:
      return fc
        .oneof(fc.string({ unit: 'grapheme', maxLength: 20 }), fc.constantFrom('%', "' OR 1=1", '../..', '\u0000', 'kommo'))
        .map((text) => JSON.stringify(text));
  }
}

function argumentsOf(args: readonly GraphQLArgument[], options: DocumentOptions): fc.Arbitrary<string> {
  const written = args.map((argument) => {
    const value = valueOf(argument.type, options).map((text) => `${argument.name}: ${text}`);
    return isRequiredArgument(argument) ? value : fc.option(value, { freq: 2 });
  });
  return fc.tuple(...written).map((all) => {
    const given = all.filter((argument) => argument !== null);
    return given.length === 0 ? '' : `(${given.join(', ')})`;
  });
}

/** Up to three fields of a type, each under an alias of its own, so that no two of them conflict. */
function selectionOf(schema: GraphQLSchema, type: GraphQLOutputType, depth: number, options: DocumentOptions): fc.Arbitrary<string> {
  const named = getNamedType(type);
  if (isLeafType(named)) return fc.constant('');
  if (isUnionType(named)) {
    const member = fc.constantFrom(...schema.getPossibleTypes(named));
    return member.chain((possible) =>
      selectionOf(schema, possible, depth, options).map((inner) => ` { __typename ... on ${possible.name}${inner} }`),
    );
  }
  if (!isObjectType(named) && !isInterfaceType(named)) return fc.constant('');
  const fields = Object.values(named.getFields()).filter((field) => depth > 1 || isLeafType(getNamedType(field.type)));
  if (fields.length === 0) return fc.constant(' { __typename }');
  return fc
    .uniqueArray(fc.constantFrom(...fields), { minLength: 1, maxLength: 3, selector: ({ name }) => name })
    .chain((chosen) => fc.tuple(...chosen.map((field) => fieldOf(schema, field, depth, options))))
    .map((written) => ` { __typename ${written.join(' ')} }`);
}

function fieldOf(
  schema: GraphQLSchema,
  field: GraphQLField<unknown, unknown>,
  depth: number,
  options: DocumentOptions,
): fc.Arbitrary<string> {
  return fc
    .tuple(argumentsOf(field.args, options), selectionOf(schema, field.type, depth - 1, options))
    .map(([args, selection]) => `${field.name}${args}${selection}`);
}

/** Queries and mutations over the whole schema. Unions are met through their members; values are of the right type, right or wrong. */
export function validDocument(schema: GraphQLSchema, options: DocumentOptions): fc.Arbitrary<GeneratedDocument> {
  const queryType = schema.getQueryType();
  const mutationType = schema.getMutationType();
  if (!queryType || !mutationType) throw new Error('The schema lacks a root type.');
  const queries = selectionOf(schema, queryType, options.depthMax, options).map((selection) => `query Generated${selection}`);
  const mutations = selectionOf(schema, mutationType, options.depthMax, options).map((selection) => `mutation Generated${selection}`);
  return fc.oneof({ arbitrary: queries, weight: 3 }, { arbitrary: mutations, weight: 1 }).map((query) => ({ query, isValid: true }));
}

/** A valid document with something spoilt in it: names, brackets, cuts, doublings. */
export function spoiltDocument(schema: GraphQLSchema, options: DocumentOptions): fc.Arbitrary<GeneratedDocument> {
  const spoil = fc.constantFrom<(text: string, at: number) => string>(
    (text, at) => text.slice(0, at),
    (text, at) => `${text.slice(0, at)}} {${text.slice(at)}`,
    (text, at) => `${text.slice(0, at)} nothing @unknown ${text.slice(at)}`,
    (text, at) => `${text.slice(0, at)}\u0007${text.slice(at)}`,
    (text) => text.replace('__typename', '__schema'),
    (text) => text.replace(/\w+:/, 'unknown:'),
    (text) => text.replaceAll('__typename', Array(30).fill('__typename').join(' ')),
    (text) => `${text} ${text}`,
    (text) => text.replaceAll('__typename', '...F') + ' fragment F on Query { ...F }',
  );
  return fc
    .tuple(validDocument(schema, options), spoil, fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([{ query }, change, share]) => ({ query: change(query, Math.floor(query.length * share)), isValid: false }));
}
