import { expect, test } from 'vitest';
import { SourceError } from '../../../src/datasources/port/source-error.ts';
import { contactRecord } from '../../support/in-memory-source.ts';
import { LookUpSource, type LookUpSourceOptions } from './look-up-source.ts';
import { createContext, idOf, run, runIn } from './run.ts';

const ONE = `mutation ($id: ID!, $dryRun: Boolean! = false) { deleteContact(input: { id: $id, dryRun: $dryRun }) {
  deletedContactId deletion { outcome source { name } url error { code } } userErrors { code field } } }`;
const MANY = `mutation ($ids: [ID!]!) { deleteContacts(input: { ids: $ids }) {
  deletedContactIds deletions { contactId outcome } userErrors { code field message } } }`;

function sourceOfTwo(name: string, options: Partial<LookUpSourceOptions> = {}): LookUpSource {
  const found = { contact: { 1: contactRecord(name, '1', { displayName: 'Ada' }), 2: contactRecord(name, '2') } };
  return new LookUpSource({ name, found, ...options });
}

test('deletes a contact and shows it as it was', async () => {
  const source = sourceOfTwo('a');
  const query =
    'mutation ($id: ID!) { deleteContact(input: { id: $id }) { deletedContactId deletion { outcome url contact { displayName } } userErrors { code } } }';

  const { data } = await run([source], query, { variables: { id: idOf('a', '1') } });

  expect(data).toEqual({
    deleteContact: {
      deletedContactId: idOf('a', '1'),
      deletion: { outcome: 'DELETED', url: null, contact: { displayName: 'Ada' } },
      userErrors: [],
    },
  });
  expect(source.deleted).toMatchObject([[{ entity: 'contact', idInSource: '1', before: { displayName: 'Ada' } }]]);
});

test('changes nothing in a dry run', async () => {
  const source = sourceOfTwo('a');

  const { data } = await run([source], ONE, { variables: { id: idOf('a', '1'), dryRun: true } });

  expect(data).toMatchObject({ deleteContact: { deletedContactId: null, deletion: { outcome: 'WOULD_DELETE' } } });
  expect(source.deleted).toEqual([]);
});

test.each([
  ['the CRM refuses', { outcome: 'REFUSED', reason: 'HAS_DEPENDENTS', message: 'An invoice.' } as const, 'REFUSED', null, 'HAS_DEPENDENTS'],
  ['it broke', { outcome: 'FAILED', error: new SourceError('a', 'TIMEOUT', 'Late.') } as const, 'FAILED', { code: 'TIMEOUT' }, undefined],
])('tells when %s, and where to do it by hand', async (_name, deletion, outcome, error, code) => {
  const source = sourceOfTwo('a', { deletion: () => deletion });

  const { data } = await run([source], ONE, { variables: { id: idOf('a', '1') } });

  expect(data).toEqual({
    deleteContact: {
      deletedContactId: null,
      deletion: { outcome, source: { name: 'a' }, url: 'https://a.example/contact/1', error },
      userErrors: code === undefined ? [] : [{ code, field: ['input', 'id'] }],
    },
  });
});

test('answers for each distinct id in the order given, whatever becomes of the others', async () => {
  const sources = [sourceOfTwo('a'), sourceOfTwo('b')];
  const ids = [idOf('b', '2'), 'nonsense', idOf('a', '1'), idOf('b', '2'), idOf('a', '1', 'tag'), idOf('b', '1')];

  const { data } = await run(sources, MANY, { variables: { ids } });

  const message = 'This is not the id of a contact.';
  expect(data).toEqual({
    deleteContacts: {
      deletedContactIds: [ids[0], ids[2], ids[5]],
      deletions: [
        { contactId: ids[0], outcome: 'DELETED' },
        { contactId: 'nonsense', outcome: 'REFUSED' },
        { contactId: ids[2], outcome: 'DELETED' },
        { contactId: ids[4], outcome: 'REFUSED' },
        { contactId: ids[5], outcome: 'DELETED' },
      ],
      userErrors: [
        { code: 'INVALID_ID', field: ['input', 'ids', '1'], message },
        { code: 'INVALID_ID', field: ['input', 'ids', '4'], message },
      ],
    },
  });
  expect(sources.map(({ deleted }) => deleted.map((targets) => targets.map(({ idInSource }) => idInSource)))).toEqual([
    [['1']],
    [['2', '1']],
  ]);
});

test('does nothing when there are more than 25 ids', async () => {
  const source = sourceOfTwo('a');

  const { data } = await run([source], MANY, { variables: { ids: Array.from({ length: 26 }, (_, index) => idOf('a', `${index + 1}`)) } });

  expect(data).toMatchObject({
    deleteContacts: { deletedContactIds: [], deletions: [], userErrors: [{ code: 'TOO_MANY_IDS', field: ['input', 'ids'] }] },
  });
  expect([source.finds, source.deleted]).toEqual([[], []]);
});

test('reads what the payload shows around the contact before it is deleted', async () => {
  const events: string[] = [];
  const person = contactRecord('a', '1', {
    tags: undefined,
    photo: { smallKey: 's', mediumKey: 'm' },
    company: { entity: 'company', idInSource: '8', displayName: undefined },
  });
  const company = contactRecord('a', '8', { entity: 'company', kind: 'COMPANY', displayName: 'Engines', tags: undefined });
  const tag = { idInSource: 'vip', name: 'VIP', color: null };
  const source = new LookUpSource({
    name: 'a',
    found: { contact: { 1: person }, company: { 8: company }, tags: { 1: [tag], 8: [tag] }, photoUrl: { s: 'https://a.example/s.png' } },
    deletion: () => {
      events.push(...source.finds);
      return { outcome: 'DELETED' };
    },
  });
  const query = `mutation ($ids: [ID!]!) { deleteContacts(input: { ids: $ids }) { deletions { contact {
    tags { name } photo { smallUrl } ... on Person { company { displayName tags { name } } } } } } }`;

  const { data } = await run([source], query, { variables: { ids: [idOf('a', '1'), idOf('a', '8', 'company')] } });

  const shown = {
    tags: [{ name: 'VIP' }],
    photo: { smallUrl: 'https://a.example/s.png' },
    company: { displayName: 'Engines', tags: [{ name: 'VIP' }] },
  };
  expect(data).toMatchObject({ deleteContacts: { deletions: [{ contact: shown }, { contact: { tags: [{ name: 'VIP' }] } }] } });
  expect(source.finds.toSorted()).toEqual(['company 8 [tags]', 'contact 1 [tags]', 'photoUrl s', 'tags 1,8']);
  expect([...new Set(events)].toSorted()).toEqual(source.finds.toSorted());
});

test('reads all the users that the payload shows, and the names of their groups, before the contact is deleted', async () => {
  const user = (idInSource: string) => ({ idInSource, known: { group: { idInSource: '5', name: undefined } } });
  const person = contactRecord('a', '1', {
    responsible: user('71'),
    access: { shareType: 'READ', isPrivate: true, isShared: false, members: [user('72'), user('73')] },
  });
  const named = {
    displayName: 'Grace',
    jobTitle: null,
    email: null,
    avatarUrl: null,
    profileUrl: null,
    group: { idInSource: '5', name: 'Sales' },
  };
  const findsBefore: string[] = [];
  const source = new LookUpSource({
    name: 'a',
    found: {
      contact: { 1: person },
      user: { 71: { idInSource: '71', ...named }, 72: { idInSource: '72', ...named }, 73: { idInSource: '73', ...named } },
    },
    deletion: () => {
      findsBefore.push(...source.finds);
      return { outcome: 'DELETED' };
    },
  });
  const query = `mutation ($ids: [ID!]!) { deleteContacts(input: { ids: $ids }) { deletions { contact {
    responsible { group { name } } access { members { displayName } } } } } }`;

  const { data } = await run([source], query, { variables: { ids: [idOf('a', '1')] } });

  const shown = { responsible: { group: { name: 'Sales' } }, access: { members: [{ displayName: 'Grace' }, { displayName: 'Grace' }] } };
  expect(data).toMatchObject({ deleteContacts: { deletions: [{ contact: shown }] } });
  expect(findsBefore.map((find) => find.split(/[ ,]/).toSorted())).toEqual([
    ['1', 'contact'],
    ['71', '72', '73', 'user'],
  ]);
  expect(source.finds).toEqual(findsBefore);
});

test('forgets what was deleted before the next mutation of the same request', async () => {
  const source = sourceOfTwo('a');
  const query =
    'mutation ($id: ID!) { a: deleteContact(input: { id: $id }) { deletedContactId } b: deleteContact(input: { id: $id }) { deletedContactId } }';

  await run([source], query, { variables: { id: idOf('a', '1') } });

  expect(source.finds).toEqual(['contact 1', 'contact 1']);
});

test('refuses everything with the reason when nothing may be deleted', async () => {
  const source = sourceOfTwo('a');

  const { data, errors } = await run([source], ONE, { variables: { id: idOf('a', '1') }, deletionRefusal: 'Set keys first.' });

  expect(data).toEqual({ deleteContact: null });
  expect(errors).toMatchObject([{ message: 'Set keys first.', extensions: { code: 'FORBIDDEN' } }]);
  expect([source.finds, source.deleted]).toEqual([[], []]);
});

test('needs the scope to delete, and the scope to read for the contact in the payload', async () => {
  const query = 'mutation ($id: ID!) { deleteContact(input: { id: $id }) { deletedContactId deletion { contact { displayName } } } }';
  const variables = { id: idOf('a', '1') };

  const reader = await run([sourceOfTwo('a')], query, { variables, scopes: ['contacts:read'] });
  const deleter = await runIn(createContext([sourceOfTwo('a')], { scopes: ['contacts:delete'] }), query, { variables });

  expect(reader).toMatchObject({ data: { deleteContact: null }, errors: [{ extensions: { code: 'FORBIDDEN' } }] });
  expect(deleter.data).toEqual({ deleteContact: { deletedContactId: variables.id, deletion: { contact: null } } });
  expect(deleter.errors).toMatchObject([{ path: ['deleteContact', 'deletion', 'contact'], extensions: { code: 'FORBIDDEN' } }]);
});
