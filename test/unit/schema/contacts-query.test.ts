import { expect, test } from 'vitest';
import { SourceError } from '../../../src/datasources/port/source-error.ts';
import { contactRecord } from '../../support/in-memory-source.ts';
import { LookUpSource, type LookUpSourceOptions } from './look-up-source.ts';
import { createContext, idOf, run, runIn } from './run.ts';

function sourceOfThree(name: string, options: Partial<LookUpSourceOptions> = {}): LookUpSource {
  const rows = ['1', '2', '3'].map((id) => ({ record: contactRecord(name, id, { displayName: `${name} ${id}` }) }));
  return new LookUpSource({ name, rows, ...options });
}

test('merges the sources into one list and reports each', async () => {
  const query =
    '{ contacts(first: 4) { nodes { displayName } totalCount isComplete sourceReports { source { name } status error { code } totalCount } } }';

  const { data } = await run([sourceOfThree('a'), sourceOfThree('b')], query);

  expect(data).toEqual({
    contacts: {
      nodes: ['a 1', 'a 2', 'a 3', 'b 1'].map((displayName) => ({ displayName })),
      totalCount: 6,
      isComplete: true,
      sourceReports: ['a', 'b'].map((name) => ({ source: { name }, status: 'OK', error: null, totalCount: 3 })),
    },
  });
});

test('goes on after a cursor', async () => {
  const sources = [sourceOfThree('a'), sourceOfThree('b')];
  const query = 'query ($after: String) { contacts(first: 4, after: $after) { nodes { displayName } pageInfo { hasNextPage endCursor } } }';

  const first = await run(sources, query);
  const after = (first.data as { contacts: { pageInfo: { endCursor: string } } }).contacts.pageInfo.endCursor;
  const second = await run(sources, query, { variables: { after } });

  expect(second.data).toMatchObject({
    contacts: { nodes: [{ displayName: 'b 2' }, { displayName: 'b 3' }], pageInfo: { hasNextPage: false } },
  });
});

test('keeps the contacts of the others when a source fails', async () => {
  const broken = sourceOfThree('broken', {
    beforeRead: () => {
      throw new SourceError('broken', 'UNAVAILABLE', 'No connection.', { retryAfterMs: 1_500.2 });
    },
  });
  const query = '{ contacts { nodes { displayName } isComplete sourceReports { status error { code message retryAfterMs } } } }';

  const { data, errors } = await run([sourceOfThree('a'), broken], query);

  expect(errors).toBeUndefined();
  expect(data).toMatchObject({
    contacts: {
      nodes: [{ displayName: 'a 1' }, { displayName: 'a 2' }, { displayName: 'a 3' }],
      isComplete: false,
      sourceReports: [
        { status: 'OK', error: null },
        { status: 'FAILED', error: { code: 'UNAVAILABLE', message: 'No connection.', retryAfterMs: 1501 } },
      ],
    },
  });
});

test.each([
  ['null, which is all', null, ['a', 'b']],
  ['[], which is none', [], []],
  ['names in any order, repeats included', ['b', 'a', 'b'], ['a', 'b']],
  ['one name', ['b'], ['b']],
])('asks the sources named by %s', async (_name, sources, names) => {
  const query = 'query ($sources: [String!]) { contacts(sources: $sources) { sourceReports { source { name } } } }';

  const { data } = await run([sourceOfThree('a'), sourceOfThree('b')], query, { variables: { sources } });

  expect(data).toEqual({ contacts: { sourceReports: names.map((name) => ({ source: { name } })) } });
});

test('takes null for the defaults of first and orderBy', async () => {
  const source = sourceOfThree('a');

  const { data } = await run([source], '{ contacts(first: null, orderBy: null, filter: null, after: null) { nodes { idInSource } } }');

  expect(data).toEqual({ contacts: { nodes: [{ idInSource: '1' }, { idInSource: '2' }, { idInSource: '3' }] } });
  expect(source.queries[0]).toMatchObject({ order: { field: 'DISPLAY_NAME', direction: 'ASC' }, filter: {} });
});

test('counts without contacts when first is 0', async () => {
  const { data } = await run([sourceOfThree('a')], '{ contacts(first: 0) { totalCount nodes { id } } }');

  expect(data).toEqual({ contacts: { totalCount: 3, nodes: [] } });
});

const otherId = idOf('a', '1', 'tag');
test.each([
  ['first: -1', 'first: must be from 0 to 100, not -1.'],
  ['first: 101', 'first: must be from 0 to 100, not 101.', 'PAGE_LIMIT_EXCEEDED'],
  ['sources: ["a", "z"]', 'sources[1]: no source has this name.'],
  ['filter: { statusIds: ["nonsense"] }', 'filter.statusIds[0]: not an id.'],
  [`filter: { groupIds: ["${otherId}"] }`, 'filter.groupIds[0]: an id of another type (tag).'],
  ['filter: { firstName: "  " }', 'filter.firstName: must not be blank.'],
  ['filter: { lastName: "" }', 'filter.lastName: must not be blank.'],
  ['filter: { tags: ["vip", " "] }', 'filter.tags[1]: must not be blank.'],
  ['filter: { contactInfos: [{ type: PHONE, value: " " }] }', 'filter.contactInfos[0].value: must not be blank.'],
  [`filter: { search: "${'x'.repeat(501)}" }`, 'filter.search: at most 500 characters, not 501.'],
  [`filter: { tags: [${'"x",'.repeat(101)}] }`, 'filter.tags: at most 100, not 101.'],
  [`filter: { contactInfos: [${'{ type: PHONE, value: "1" },'.repeat(11)}] }`, 'filter.contactInfos: at most 10, not 11.'],
])('refuses contacts(%s) by name of the argument, without a call', async (args, message, code = 'BAD_USER_INPUT') => {
  const source = sourceOfThree('a');

  const { data, errors } = await run([source], `{ contacts(${args}) { totalCount } sources { name } }`);

  expect(data).toEqual({ contacts: null, sources: [{ name: 'a' }] });
  expect(errors).toMatchObject([{ message, path: ['contacts'], extensions: { code } }]);
  expect(source.reads).toEqual([]);
});

test("refuses a cursor that is damaged or another list's", async () => {
  const source = sourceOfThree('a');
  const { data } = await run([source], '{ contacts(first: 1) { pageInfo { endCursor } } }');
  const { endCursor } = (data as { contacts: { pageInfo: { endCursor: string } } }).contacts.pageInfo;

  const damaged = await run([source], '{ contacts(after: "nonsense") { totalCount } }');
  const other = await run([source], `{ contacts(after: "${endCursor}", filter: { lastName: "Smith" }) { totalCount } }`);

  for (const { errors } of [damaged, other]) expect(errors).toMatchObject([{ extensions: { code: 'INVALID_CURSOR' } }]);
});

test('hands filters on with ids taken apart, texts trimmed and empty members left out', async () => {
  const source = sourceOfThree('a');
  const variables = {
    filter: {
      search: '  ',
      tags: [],
      statusIds: [idOf('a', '7', 'status')],
      companyIds: [idOf('a', '8', 'company'), idOf('a', '9')],
      contactInfos: [{ type: 'EMAIL', value: ' ada@example.com ', category: null, isPrimary: null }],
      kind: null,
      createdAt: {},
      updatedAt: { from: '2026-03-01T10:00:00+02:00' },
      lastName: ' Lovelace ',
    },
  };

  const { errors } = await run([source], 'query ($filter: ContactFilter) { contacts(filter: $filter) { totalCount } }', { variables });

  expect(errors).toBeUndefined();
  expect(source.queries[0]?.filter).toEqual({
    statusIds: ['7'],
    companyIds: ['8', '9'],
    contactInfos: [{ type: 'EMAIL', value: 'ada@example.com', match: 'EXACT' }],
    updatedAt: { from: new Date('2026-03-01T08:00:00Z') },
    lastName: 'Lovelace',
  });
});

test('asks a source nothing when all ids are of another source', async () => {
  const source = sourceOfThree('a');
  const filter = `{ statusIds: ["${idOf('b', '7', 'status')}"] }`;

  const { data } = await run([source], `{ contacts(filter: ${filter}) { nodes { id } sourceReports { status } } }`);

  expect(data).toEqual({ contacts: { nodes: [], sourceReports: [{ status: 'OK' }] } });
  expect(source.reads).toEqual([]);
});

test('remembers the rows of a page for reads by id in the same request', async () => {
  const source = sourceOfThree('a');
  const context = createContext([source]);

  await runIn(context, '{ contacts { nodes { id } } }');
  const { data } = await runIn(context, `{ contact(id: "${idOf('a', '2')}") { displayName } }`);

  expect(data).toEqual({ contact: { displayName: 'a 2' } });
  expect(source.finds).toEqual([]);
});

test('explains each list when asked to', async () => {
  const context = createContext([sourceOfThree('a')], { isExplained: true });

  await runIn(context, '{ people: contacts(filter: { lastName: "Nobody" }) { totalCount } }');

  expect(context.explanations).toMatchObject([
    { field: 'people', sources: [{ source: 'a', status: 'OK', pushed: ['LAST_NAME'], checked: [] }] },
  ]);
});

test('refuses callers without the scope, field by field', async () => {
  const { data, errors } = await run([sourceOfThree('a')], '{ contacts { totalCount } sources { name } }', { scopes: [] });

  expect(data).toEqual({ contacts: null, sources: null });
  expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }, { extensions: { code: 'FORBIDDEN' } }]);
});
