import { normalizedExecutor } from '@graphql-tools/executor';
import { execute, parse, type ExecutionResult } from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import { describe, expect, test } from 'vitest';
import { ValueBudget, type ValueBudgetOptions } from '../../../src/schema/budget/value-budget.ts';
import type { RequestContext } from '../../../src/schema/context.ts';
import { createSchema } from '../../../src/schema/schema.ts';
import { contactRecord, MEMORY } from '../../support/in-memory-source.ts';
import { LookUpSource } from './look-up-source.ts';
import { createContext, idOf } from './run.ts';

const schema = createSchema([MEMORY]);
type Variables = Readonly<Record<string, unknown>>;

/** Every engine that may run operations: an interpreter, the one that Yoga brings, and a compiler. */
const ENGINES: [string, (query: string, contextValue: RequestContext, variables: Variables) => Promise<ExecutionResult>][] = [
  ['graphql-js', async (query, contextValue, variableValues) => execute({ schema, document: parse(query), contextValue, variableValues })],
  [
    "graphql-tools' executor",
    async (query, contextValue, variableValues) =>
      (await normalizedExecutor({ schema, document: parse(query), contextValue, variableValues })) as ExecutionResult,
  ],
  [
    'graphql-jit',
    async (query, contextValue, variables) => {
      const compiled = compileQuery(schema, parse(query));
      if (!isCompiledQuery(compiled)) throw new Error(JSON.stringify(compiled.errors));
      return compiled.query(undefined, contextValue, variables);
    },
  ],
];

const TAGS = Array.from({ length: 10 }, (_, index) => ({ idInSource: String(index), name: `tag ${index}`, color: null }));

function createSource(rows = 4, members: Parameters<typeof contactRecord>[2] = { about: 'x'.repeat(300) }): LookUpSource {
  const records = Array.from({ length: rows }, (_, index) => contactRecord('a', String(index + 1), members));
  const contact = Object.fromEntries(records.map((record) => [record.idInSource, record]));
  return new LookUpSource({ name: 'a', rows: records.map((record) => ({ record })), references: { tags: TAGS }, found: { contact } });
}

function createBudgeted(source: LookUpSource, options: Partial<ValueBudgetOptions>) {
  const values = new ValueBudget({ limit: 1_000_000, deadline: Infinity, ...options });
  return { values, context: { ...createContext([source]), values } };
}

const codes = ({ errors = [] }: ExecutionResult) => errors.map(({ extensions }) => extensions['code']);

describe.each(ENGINES)('in %s', (_name, run) => {
  test.each<[string, string, number]>([
    ['fields of rows, and the objects around them', '{ contacts { nodes { id displayName } } }', 1 + 4 * 2],
    ['each alias', '{ contacts { nodes { a: id b: id c: id } } }', 1 + 4 * 3],
    ['fields that are written twice once', '{ contacts { nodes { id id ... on Person { id } } } }', 1 + 4],
    ['objects below rows', '{ contacts { nodes { source { name kind } } } }', 1 + 4 + 4 * 2],
    ['lists of every row', '{ contacts { nodes { source { tags { id name color } } } } }', 1 + 4 + 4 + 4 * 10 * 3],
    ['nothing of what is null', '{ contacts { nodes { company { id displayName } } } }', 1 + 4],
    [
      'fragments where they are spread',
      '{ contacts { nodes { ...F } } } fragment F on Contact { id ...G } fragment G on Contact { about }',
      1 + 8,
    ],
    ['items of lists of plain values', '{ source(name: "a") { capabilities { kinds } } }', 1 + 1 + 2],
    ['what is included', 'query ($yes: Boolean = true) { contacts { nodes { id about @include(if: $yes) } } }', 1 + 4 * 2],
    ['not what is skipped', 'query ($yes: Boolean = true) { contacts { nodes { id about @skip(if: $yes) } } }', 1 + 4],
  ])('counts %s', async (_what, query, expected) => {
    const { values, context } = createBudgeted(createSource(), {});

    const result = await run(query, context, { yes: true });

    expect(codes(result)).toEqual([]);
    expect(values.values).toEqual(expected);
  });

  test('counts two places that share a fragment each by what is selected there', async () => {
    const { values, context } = createBudgeted(createSource(), {});

    await run(
      '{ a: contacts { nodes { ...F } } b: contacts { nodes { ...F source { kind url displayName } } } } fragment F on Contact { source { name } }',
      context,
      {},
    );

    expect(values.values).toBe(1 + 4 + 4 + (1 + 4 + 4 * 4));
  });

  test('stops at the limit, before the list that goes over it is resolved', async () => {
    const { values, context } = createBudgeted(createSource(100), { limit: 5_000 });
    const lists = Array.from({ length: 28 }, (_, index) => `a${index}: source { tags { id name color } }`).join(' ');

    const result = await run(`{ contacts(first: 100) { nodes { ${lists} } } }`, context, {});

    expect(values.excess?.extensions['code']).toBe('COST_EXCEEDED');
    expect(values.values).toBeLessThanOrEqual(5_000 + 10 * 3);
    expect(codes(result)).toEqual(['COST_EXCEEDED']);
  });

  test('ends what is still read for a query that is refused, and not for a mutation', async () => {
    let ends = 0;
    const onEnd = () => (ends += 1);
    const { context } = createBudgeted(createSource(), { limit: 5, onEnd });
    const fields = 'contact { id displayName source { name kind } }';
    const mutation = createBudgeted(createSource(), { limit: 5, onEnd });

    await run('{ contacts { nodes { id displayName } } other: contacts { nodes { id } } }', context, {});
    expect(ends).toBe(1);
    await run(`mutation { deleteContact(input: { id: "${idOf('a', '1')}" }) { deletion { outcome ${fields} } } }`, mutation.context, {});
    expect([ends, mutation.values.cuts.size]).toEqual([1, 1]);
  });

  test('stops when texts are too long together', async () => {
    const { values, context } = createBudgeted(createSource(100), { bytesMax: 10_000 });

    const result = await run('{ contacts(first: 100) { nodes { about } } }', context, {});

    expect(result.data).not.toBeNull();
    expect(values.excess?.message).toContain('10000 bytes');
  });

  test.each([
    ['plain letters', 'x'],
    ['quotes', '"'],
    ['backslashes', '\\'],
    ['control characters', '\u0001'],
    ['line feeds', '\n'],
    ['lone surrogates', '\ud800'],
    ['emoji', '😀'],
    ['Cyrillic', 'Ж'],
    ['Chinese', '漢'],
    ['line separators', '\u2028'],
  ])('counts the bytes of names and texts as they are written: of %s', async (_what, character) => {
    for (const length of [1, 4, 5, 90, 2_000]) {
      const source = createSource(10, { about: character.repeat(length), displayName: character.repeat(20) });
      const { values, context } = createBudgeted(source, {});

      const result = await run('{ contacts { nodes { id about aVeryLongNameIndeed: displayName } } }', context, {});

      const size = Buffer.byteLength(JSON.stringify(result.data));
      expect(values.bytes).toBeGreaterThanOrEqual(size);
      expect(values.bytes).toBeLessThan(size + 10 * 3 * 40 + 200);
    }
  });

  test('stops when the time is over', async () => {
    const { values, context } = createBudgeted(createSource(100), { deadline: 0, now: () => 1 });

    const result = await run(`{ contacts(first: 100) { nodes { ${'abcdefghijkl'.replaceAll(/./g, '$&: id ')} } } }`, context, {});

    expect(result.data).toEqual({ contacts: { nodes: [] } });
    expect(values.excess?.extensions['code']).toBe('TIMEOUT');
  });

  test('does not look at the time for small answers', async () => {
    const { context } = createBudgeted(createSource(), { deadline: 0, now: () => 1 });

    expect(codes(await run('{ contacts { nodes { id } } }', context, {}))).toEqual([]);
  });

  test('leaves out the contacts of a mutation whose texts are too long together', async () => {
    const { values, context } = createBudgeted(createSource(3), { bytesMax: 900 });
    const ids = ['1', '2', '3'].map((id) => idOf('a', id));

    const result = await run(
      'mutation ($ids: [ID!]!) { deleteContacts(input: { ids: $ids }) { deletions { outcome contact { about } } } }',
      context,
      { ids },
    );

    expect(result.data).toMatchObject({ deleteContacts: { deletions: ids.map(() => ({ outcome: 'DELETED' })) } });
    const cut = [...values.cuts].map(({ path }) => path.at(2));
    expect(cut).toContain(2);
    expect(cut).not.toContain(0);
  });

  test('answers the outcomes of a mutation whatever they cost, and leaves out what else is too much', async () => {
    const source = createSource(3);
    const { values, context } = createBudgeted(source, { limit: 20 });
    const ids = ['1', '2', '3'].map((id) => idOf('a', id));

    const result = await run(
      `mutation ($ids: [ID!]!) { deleteContacts(input: { ids: $ids }) { deletedContactIds
        deletions { contactId outcome contact { id displayName source { tags { id name } } } source { name tags { id } } } } }`,
      context,
      { ids },
    );

    expect(source.deleted.flat()).toHaveLength(3);
    const { deleteContacts } = result.data as { deleteContacts: { deletions: object[] } };
    expect(deleteContacts).toMatchObject({ deletedContactIds: ids });
    expect(deleteContacts.deletions).toMatchObject(
      ids.map((contactId) => ({ contactId, outcome: 'DELETED', source: { name: 'a', tags: null } })),
    );
    expect(new Set(codes(result))).toEqual(new Set(['COST_EXCEEDED']));
    expect([...values.cuts].map(({ path }) => path)).toEqual([0, 1, 2].map((index) => ['deleteContacts', 'deletions', index, 'contact']));
  });
});
