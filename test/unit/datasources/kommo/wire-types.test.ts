import { describe, expect, test } from 'vitest';
import { isNothing, kommoTokens, pageReader } from '../../../../src/datasources/kommo/wire-types.ts';

const read = pageReader('contacts');

describe('a page of contacts', () => {
  test.each([
    ['an address', { next: { href: 'https://elsewhere.example/api?page=2' } }, true],
    ['no link', {}, false],
    ['null', { next: null }, false],
    ['an empty address', { next: { href: '' } }, false],
    ['an empty list', [], false],
  ])('takes next for a flag: %s', (_what, links, hasNext) => {
    expect(read({ _page: 1, _links: links, _embedded: { contacts: [] } }, 'kommo', 60)).toMatchObject({ rows: [], hasNext });
  });

  test.each([
    ['no list', { _page: 1, _embedded: {} }],
    ['[] for what is embedded', { _page: 1, _embedded: [] }],
    ['no members at all but the page', { _page: 1, _links: {} }],
    ['an empty map', { _embedded: { contacts: {} } }],
    ['null', { _embedded: { contacts: null } }],
    ['false', { _embedded: { contacts: false } }],
  ])('is empty with %s, as PHP may write it', (_what, body) => {
    expect(read(body, 'kommo', 60)).toMatchObject({ rows: [], hasNext: false });
  });

  test('may have its rows in a map whose keys are numbers', () => {
    expect(read({ _embedded: { contacts: { 0: { id: 1 }, 7: { id: 2 } } } }, 'kommo', 60).rows).toEqual([{ id: 1 }, { id: 2 }]);
  });

  test.each([
    ['text', 'text'],
    ['a list', [1]],
    ['rows of another kind', { _embedded: { leads: [] } }],
    ['text for its rows', { _embedded: { contacts: 'none' } }],
    ['a map of something else', { _embedded: { contacts: { first: {} } } }],
    ['members that no envelope has', { message: 'hello' }],
  ])('is not %s', (_what, body) => {
    expect(() => read(body, 'kommo', 60)).toThrow(expect.objectContaining({ code: 'BAD_RESPONSE' }));
  });
});

test.each([[null], [''], [[]], [{}]])('%j says that there is nothing', (body) => {
  expect(isNothing(body)).toBe(true);
});

test.each([[0], [false], ['x'], [[1]], [{ id: 1 }]])('%j says something', (body) => {
  expect(isNothing(body)).toBe(false);
});

const DAY = 86_400;
test.each<[string, number]>([
  ['3600', 3_600],
  ['"3600"', 3_600],
  ['0.001', 1],
  ['1e300', 3_650 * DAY],
  [`"${'9'.repeat(400)}"`, 3_650 * DAY],
  ['1e999', DAY],
  ['0', DAY],
  ['-1', DAY],
  ['"soon"', DAY],
  ['"1e999"', DAY],
  ['null', DAY],
  ['{}', DAY],
])('a pair whose life is given as %.20s is kept, and lives %i s', (life, seconds) => {
  const tokens = kommoTokens.parse(JSON.parse(`{"access_token":"a","refresh_token":"r","expires_in":${life}}`));

  expect(tokens).toEqual({ access_token: 'a', refresh_token: 'r', expires_in: seconds });
});

test('a pair whose life is not given is kept, and lives a day', () => {
  expect(kommoTokens.parse({ access_token: 'a', refresh_token: 'r' }).expires_in).toBe(DAY);
});
