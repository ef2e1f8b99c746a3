import { expect, test } from 'vitest';
import { SourceError } from '../../../src/datasources/port/source-error.ts';
import { contactRecord } from '../../support/in-memory-source.ts';
import { LookUpSource } from './look-up-source.ts';
import { idOf, run } from './run.ts';

const NODES = 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Contact { displayName } } }';

function sourceOfTwo(): LookUpSource {
  const person = contactRecord('a', '1', { displayName: 'Ada' });
  const company = contactRecord('a', '2', { entity: 'company', kind: 'COMPANY', displayName: 'Engines' });
  return new LookUpSource({ name: 'a', found: { contact: { 1: person }, company: { 2: company } } });
}

test('finds persons, companies and sources by id, in the order of the ids', async () => {
  const source = sourceOfTwo();
  const ids = [idOf('a', 'a', 'source'), idOf('a', '2', 'company'), idOf('a', '404'), idOf('a', '1'), idOf('a', '1')];

  const { data, errors } = await run([source], NODES, { variables: { ids } });

  expect(errors).toBeUndefined();
  expect(data).toEqual({
    nodes: [
      { __typename: 'Source', id: ids[0] },
      { __typename: 'Company', id: ids[1], displayName: 'Engines' },
      null,
      { __typename: 'Person', id: ids[3], displayName: 'Ada' },
      { __typename: 'Person', id: ids[4], displayName: 'Ada' },
    ],
  });
  expect(source.finds.toSorted()).toEqual(['company 2', 'contact 404,1']);
});

test('is null without an error for ids of other things and of sources that are not there', async () => {
  const ids = [idOf('a', '1', 'tag'), idOf('z', '1'), idOf('z', 'z', 'source')];

  expect(await run([sourceOfTwo()], NODES, { variables: { ids } })).toEqual({ data: { nodes: [null, null, null] } });
});

test('is null with an error at its place for a malformed id', async () => {
  const ids = ['nonsense', idOf('a', '1')];

  const { data, errors } = await run([sourceOfTwo()], NODES, { variables: { ids } });

  expect(data).toMatchObject({ nodes: [null, { displayName: 'Ada' }] });
  expect(errors).toMatchObject([{ path: ['nodes', 0], message: 'ids[0]: not an id.', extensions: { code: 'BAD_USER_INPUT' } }]);
});

test('refuses more than 100 ids without a call', async () => {
  const source = sourceOfTwo();

  const { errors } = await run([source], NODES, { variables: { ids: Array.from({ length: 101 }, () => idOf('a', '1')) } });

  expect(errors).toMatchObject([{ path: ['nodes'], extensions: { code: 'BAD_USER_INPUT' } }]);
  expect(source.finds).toEqual([]);
});

test('answers contact for what is found, and errs only at what failed', async () => {
  const failed = new SourceError('a', 'TIMEOUT', 'No answer in time.');
  const source = new LookUpSource({ name: 'a', found: { contact: { 1: contactRecord('a', '1'), 3: failed } } });
  const query = `{ good: contact(id: "${idOf('a', '1')}") { idInSource } bad: contact(id: "${idOf('a', '3')}") { id } none: contact(id: "${idOf('a', '9')}") { id } }`;

  const { data, errors } = await run([source], query);

  expect(data).toEqual({ good: { idInSource: '1' }, bad: null, none: null });
  expect(errors).toMatchObject([{ path: ['bad'], message: 'No answer in time.' }]);
  expect(source.finds).toEqual(['contact 1,3,9']);
});

test('finds a source by its name, and its lists on request', async () => {
  const source = new LookUpSource({
    name: 'a',
    references: {
      statuses: [{ idInSource: '5', name: 'Hot', description: null, color: '#f00', position: 1 }],
      users: [
        { idInSource: '7', displayName: 'Grace', jobTitle: null, email: 'g@example.com', avatarUrl: null, profileUrl: null, group: null },
      ],
    },
  });
  const query =
    '{ source(name: "a") { kind statuses { id name position } users { id displayName email } tags { name } } other: source(name: "b") { id } }';

  const { data } = await run([source], query);

  expect(data).toEqual({
    source: {
      kind: 'MEMORY',
      statuses: [{ id: idOf('a', '5', 'status'), name: 'Hot', position: 1 }],
      users: [{ id: idOf('a', '7', 'user'), displayName: 'Grace', email: 'g@example.com' }],
      tags: [],
    },
    other: null,
  });
  expect(source.listed).toEqual(['statuses', 'users', 'tags']);
  expect(source.finds).toEqual([]);
});
