import { expect, test } from 'vitest';
import { contactRecord } from '../../support/in-memory-source.ts';
import { LookUpSource } from './look-up-source.ts';
import { idOf, run } from './run.ts';

/** The details with which a list is asked for by a query. */
async function detailsOf(query: string, variables: Record<string, unknown> = {}): Promise<string[]> {
  const source = new LookUpSource({ name: 'memory', rows: [{ record: contactRecord('memory', '1') }] });
  await run([source], query, { variables });
  return [...(source.queries[0]?.details ?? [])].sort();
}

test('asks for no details that are not selected', async () => {
  expect(await detailsOf('{ contacts { nodes { id displayName phones { value } } totalCount } }')).toEqual([]);
});

test.each([
  ['nodes', '{ contacts { nodes { leads { totalCount } } } }'],
  ['edges', '{ contacts { edges { node { leads { totalCount } } } } }'],
  ['an alias', '{ people: contacts { all: nodes { deals: leads { totalCount } } } }'],
  ['an inline fragment on Person', '{ contacts { nodes { ... on Person { leads { totalCount } } } } }'],
  ['an inline fragment on Company', '{ contacts { nodes { ... on Company { leads { totalCount } } } } }'],
  ['an inline fragment without a type', '{ contacts { nodes { ... { leads { totalCount } } } } }'],
  [
    'fragments in fragments',
    '{ contacts { ...A } } fragment A on ContactConnection { nodes { ...B } } fragment B on Contact { ... on Node { ... on Person { leads { totalCount } } } }',
  ],
  ['the second of two selections of one field', '{ contacts { nodes { id } } contacts { nodes { leads { totalCount } } } }'],
])('finds a detail behind %s', async (_name, query) => {
  expect(await detailsOf(query)).toEqual(['leads']);
});

test('finds each detail by the field that needs it', async () => {
  const query = '{ contacts { nodes { tags { name } leads { totalCount } catalogElements { quantity } } } }';

  expect(await detailsOf(query)).toEqual(['catalogElements', 'leads', 'tags']);
});

test.each([
  ['@skip', true, []],
  ['@skip', false, ['leads']],
  ['@include', true, ['leads']],
  ['@include', false, []],
])('obeys %s(if: %s) given by a variable', async (directive, condition, details) => {
  const query = `query ($c: Boolean!) { contacts { nodes { id leads ${directive}(if: $c) { totalCount } } } }`;

  expect(await detailsOf(query, { c: condition })).toEqual(details);
});

test('obeys directives on fragments', async () => {
  const query =
    '{ contacts { nodes { id ... @include(if: false) { leads { totalCount } } ...T @skip(if: true) } } } fragment T on Contact { tags { name } }';

  expect(await detailsOf(query)).toEqual([]);
});

test("leaves what is selected of a person's company to the company", async () => {
  expect(await detailsOf('{ contacts { nodes { ... on Person { company { leads { totalCount } } } } } }')).toEqual([]);
});

test('looks ahead from node and from the payload of a mutation', async () => {
  const record = contactRecord('memory', '1', { leadIds: [], tags: [] });
  const source = new LookUpSource({ name: 'memory', found: { contact: { 1: record } } });
  const variables = { id: idOf('memory', '1') };

  await run([source], 'query ($id: ID!) { node(id: $id) { ... on Contact { leads { totalCount } } } }', { variables });
  const mutation = 'mutation ($id: ID!) { deleteContact(input: { id: $id }) { deletion { contact { tags { name } } } } }';
  await run([source], mutation, { variables });

  expect(source.finds).toEqual(['contact 1 [leads]', 'contact 1 [tags]']);
});
