import { expect, test } from 'vitest';
import { SourceError } from '../../../src/datasources/port/source-error.ts';
import { contactRecord } from '../../support/in-memory-source.ts';
import { LookUpSource, type LookUpSourceOptions } from './look-up-source.ts';
import { run } from './run.ts';

const FORBIDDEN = new SourceError('a', 'FORBIDDEN', 'Users need admin rights.');
const REPORTS = 'isComplete sourceReports { status error { code message } }';

function sourceWithUsers(options: Partial<LookUpSourceOptions>): LookUpSource {
  const rows = ['1', '2', '3'].map((id) => ({
    record: contactRecord('a', id, { responsible: { idInSource: `7${id}`, known: { email: null } } }),
  }));
  return new LookUpSource({ name: 'a', rows, ...options });
}

test('tells a lack of rights to see users in the report, not at each user', async () => {
  const source = sourceWithUsers({ healthError: FORBIDDEN });

  const { data, errors } = await run([source], `{ contacts { nodes { responsible { displayName } } ${REPORTS} } }`);

  expect(errors).toBeUndefined();
  expect(data).toEqual({
    contacts: {
      nodes: [1, 2, 3].map(() => ({ responsible: { displayName: null } })),
      isComplete: true,
      sourceReports: [{ status: 'PARTIAL', error: { code: 'FORBIDDEN', message: 'Users need admin rights.' } }],
    },
  });
  expect(source.finds).toEqual(['user 71,72,73']);
});

test('does so too when the source answers with users without names', async () => {
  const nameless = { displayName: null, jobTitle: null, email: null, avatarUrl: null, profileUrl: null, group: null };
  const user = { 71: { idInSource: '71', ...nameless } };
  const source = sourceWithUsers({ healthError: FORBIDDEN, found: { user } });

  const { data } = await run([source], `{ contacts(first: 1) { nodes { createdBy { email } responsible { displayName } } ${REPORTS} } }`);

  expect(data).toMatchObject({ contacts: { sourceReports: [{ status: 'PARTIAL', error: { code: 'FORBIDDEN' } }] } });
});

test('does so too when the look-up itself is refused', async () => {
  const source = sourceWithUsers({ found: { user: { 71: FORBIDDEN, 72: FORBIDDEN, 73: FORBIDDEN } } });

  const { data, errors } = await run([source], `{ contacts { nodes { ... on Person { responsible { group { name } } } } ${REPORTS} } }`);

  expect(errors).toBeUndefined();
  expect(data).toMatchObject({ contacts: { sourceReports: [{ status: 'PARTIAL', error: { code: 'FORBIDDEN' } }] } });
});

test.each([
  ['no user is selected', 'id'],
  ['only the id of users is selected', 'responsible { id __typename }'],
  ['the rows know what is selected', 'responsible { email }'],
])('looks no user up for the report when %s', async (_name, selection) => {
  const source = sourceWithUsers({ healthError: FORBIDDEN });

  const { data } = await run([source], `{ contacts { nodes { ${selection} } ${REPORTS} } }`);

  expect(data).toMatchObject({ contacts: { sourceReports: [{ status: 'OK', error: null }] } });
  expect(source.finds).toEqual([]);
});

test('does so for the users who may see a private contact, as far as something of them is selected', async () => {
  const access = { shareType: 'READ', isPrivate: true, isShared: false, members: [{ idInSource: '81', known: {} }] } as const;
  const rows = [{ record: contactRecord('a', '1', { access }) }];
  const source = () => new LookUpSource({ name: 'a', rows, healthError: FORBIDDEN });
  const [withNames, withoutNames] = [source(), source()];

  const shown = await run([withNames], `{ contacts { nodes { access { isPrivate members { displayName } } } ${REPORTS} } }`);
  const hidden = await run([withoutNames], `{ contacts { nodes { access { isPrivate members { id } } } ${REPORTS} } }`);

  expect(shown.data).toMatchObject({ contacts: { sourceReports: [{ status: 'PARTIAL', error: { code: 'FORBIDDEN' } }] } });
  expect(hidden.data).toMatchObject({ contacts: { sourceReports: [{ status: 'OK', error: null }] } });
  expect([withNames.finds, withoutNames.finds]).toEqual([['user 81'], []]);
});

test('leaves the report alone when a user is merely not known any more', async () => {
  const { data } = await run([sourceWithUsers({})], `{ contacts { nodes { responsible { displayName } } ${REPORTS} } }`);

  expect(data).toMatchObject({ contacts: { sourceReports: [{ status: 'OK', error: null }] } });
});

test('errs at each user when the look-up failed for another reason', async () => {
  const timeout = new SourceError('a', 'TIMEOUT', 'No answer in time.');
  const source = sourceWithUsers({ found: { user: { 71: timeout, 72: timeout, 73: timeout } } });

  const { errors } = await run([source], `{ contacts(first: 1) { nodes { responsible { displayName } } ${REPORTS} } }`);

  expect(errors).toMatchObject([{ path: ['contacts', 'nodes', 0, 'responsible', 'displayName'] }]);
});
