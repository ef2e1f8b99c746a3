import SchemaBuilder from '@pothos/core';
import { graphql, type GraphQLField, type GraphQLSchema } from 'graphql';
import { expect, test } from 'vitest';
import type { Scope } from '../../../src/auth/scopes.ts';
import { lookAheadOptions } from '../../../src/schema/field-options.ts';
// Registers the plugin.
import '../../../src/schema/builder.ts';

interface Context {
  readonly scopes: readonly Scope[];
}

function createBuilder() {
  return new SchemaBuilder<{ Context: Context }>({
    plugins: ['fieldOptions'],
    fieldOptions: {
      authorize: (scope, { scopes }) => {
        if (!scopes.includes(scope)) throw new Error(`needs ${scope}`);
      },
    },
  });
}

function fieldOf(schema: GraphQLSchema, name: string): GraphQLField<unknown, unknown> {
  const field = schema.getQueryType()?.getFields()[name];
  if (field === undefined) throw new Error(`no field ${name}`);
  return field;
}

test.each([
  [
    'a query',
    (builder: ReturnType<typeof createBuilder>, options: object) => builder.queryType({ fields: (t) => ({ open: t.int(wild(options)) }) }),
  ],
  [
    'a mutation',
    (builder: ReturnType<typeof createBuilder>, options: object) => {
      builder.queryType({ fields: (t) => ({ shut: t.int({ scope: 'contacts:read', resolve: () => 1 }) }) });
      builder.mutationType({ fields: (t) => ({ open: t.int(wild(options)) }) });
    },
  ],
])('refuses to build %s without a scope, and names it', (_name, define) => {
  const builder = createBuilder();
  define(builder, { resolve: () => 1 });

  expect(() => builder.toSchema()).toThrow(/Without a scope anyone could use (Query|Mutation)\.open\./);
});

test('refuses to build a field whose scope does not exist, wherever it is', () => {
  const builder = createBuilder();
  const Thing = builder.objectRef<object>('Thing').implement({
    fields: (t) => ({ name: t.string(wild({ scope: 'contact:read', resolve: () => '' })) }),
  });
  builder.queryType({ fields: (t) => ({ thing: t.field({ type: Thing, scope: 'contacts:read', resolve: () => ({}) }) }) });

  expect(() => builder.toSchema()).toThrow(
    'Thing.name: "contact:read" is no scope; the scopes are contacts:read, contacts:delete, persons:report, persons:erase.',
  );
});

test.each(['scope', 'needs', 'isInReference', 'readBeforeDeletion', 'usersShown'])(
  'refuses to build a field with %s among its extensions',
  (name) => {
    const builder = createBuilder();
    builder.queryType({
      fields: (t) => ({ one: t.int({ scope: 'contacts:read', extensions: { [name]: 'contacts:read' }, resolve: () => 1 }) }),
    });

    expect(() => builder.toSchema()).toThrow(`Query.one: "${name}" is an option of the field, not an extension.`);
  },
);

test('checks the scope before the resolver runs, and says in the description that it is needed', async () => {
  let runs = 0;
  const builder = createBuilder();
  builder.queryType({
    fields: (t) => ({ one: t.int({ scope: 'contacts:delete', description: 'One.', resolve: () => ++runs }) }),
  });
  const schema = builder.toSchema();
  const ask = (scopes: readonly Scope[]) => graphql({ schema, source: '{ one }', contextValue: { scopes } satisfies Context });

  expect(await ask(['contacts:read'])).toMatchObject({
    data: { one: null },
    errors: [{ message: 'needs contacts:delete', path: ['one'] }],
  });
  expect(runs).toBe(0);
  expect(await ask(['contacts:delete'])).toEqual({ data: { one: 1 } });
  expect(fieldOf(schema, 'one').description).toBe('One.\n\nNeeds the scope `contacts:delete`.');
});

test('leaves resolvers without a scope as they are, and makes none asynchronous', () => {
  const resolve = () => 'name';
  const builder = createBuilder();
  const Thing = builder
    .objectRef<object>('Thing')
    .implement({ fields: (t) => ({ name: t.string({ resolve }), id: t.exposeID('id' as never) }) });
  builder.queryType({ fields: (t) => ({ thing: t.field({ type: Thing, scope: 'contacts:read', resolve: () => ({}) }) }) });
  const schema = builder.toSchema();
  const thing = schema.getType('Thing');
  const fields = thing !== undefined && 'getFields' in thing ? thing.getFields() : {};

  expect(fields).toMatchObject({ name: { resolve } });
  const info = {} as Parameters<NonNullable<GraphQLField<unknown, unknown>['resolve']>>[3];
  expect(fieldOf(schema, 'thing').resolve?.({}, {}, { scopes: ['contacts:read'] }, info)).toEqual({});
});

test('keeps what a field says of itself for those who look ahead, on every type that implements its interface', () => {
  const builder = createBuilder();
  const Named = builder.interfaceRef<object>('Named').implement({
    resolveType: () => 'Thing',
    fields: (t) => ({ tags: t.string({ needs: ['tags'], isInReference: true, resolve: () => '' }) }),
  });
  const Thing = builder.objectRef<object>('Thing').implement({ interfaces: [Named], fields: () => ({}) });
  builder.queryType({ fields: (t) => ({ thing: t.field({ type: Thing, scope: 'contacts:read', resolve: () => ({}) }) }) });
  const schema = builder.toSchema();

  for (const name of ['Named', 'Thing']) {
    const type = schema.getType(name);
    const field = type !== undefined && 'getFields' in type ? type.getFields()['tags'] : undefined;
    expect(lookAheadOptions(field as GraphQLField<unknown, unknown>)).toEqual({ needs: ['tags'], isInReference: true });
  }
});

test('does not compile with a mistyped or missing scope, or an option that does not exist', () => {
  const builder = createBuilder();
  const resolve = () => 1;
  builder.queryType({
    fields: (t) => ({
      // @ts-expect-error a root field needs a scope
      missing: t.int({ resolve }),
      // @ts-expect-error contact:read is no scope
      mistyped: t.int({ scope: 'contact:read', resolve }),
      // @ts-expect-error scop is no option
      misspelt: t.int({ scop: 'contacts:read', resolve }),
      // @ts-expect-error no detail has this name
      needless: t.int({ scope: 'contacts:read', needs: ['tag'], resolve }),
    }),
  });
  // @ts-expect-error contact:read is no scope
  builder.objectRef<object>('Thing').implement({ fields: (t) => ({ one: t.int({ scope: 'contact:read', resolve }) }) });

  expect(() => builder.toSchema()).toThrow(/scope/);
});

/** Options as they come from code that is not checked. */
function wild(options: object): never {
  return options as never;
}
