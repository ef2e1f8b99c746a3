import { describe, expect, test } from 'vitest';
import { corsHeaders, toOrigin } from '../../../src/auth/cors.ts';
import { withoutSuggestions } from '../../../src/graphql/disclosure.ts';
import { chooseMediaType } from '../../../src/server/accept.ts';

test.each([
  [null, 'application/json'],
  ['', 'application/json'],
  ['*/*', 'application/json'],
  ['application/*', 'application/json'],
  ['APPLICATION/GraphQL-Response+JSON; charset=utf-8', 'application/graphql-response+json'],
  ['text/html, */*;q=0.8', 'application/json'],
  ['application/json;q=0.1, application/graphql-response+json;q=0.2', 'application/graphql-response+json'],
  ['application/json;q=0', null],
  ['application/json;q=0, */*', 'application/graphql-response+json'],
  ['*/*, application/json;q=0', 'application/graphql-response+json'],
  ['application/*;q=0, */*', null],
  ['application/*;q=0.1, application/graphql-response+json;q=0.2, */*', 'application/graphql-response+json'],
  ['application/json;q=0.5, */*;q=0.8', 'application/graphql-response+json'],
  ['application/graphql-response+json;q=0, application/*;q=0.1', 'application/json'],
  ['application/graphql-response+json, application/json', 'application/graphql-response+json'],
  ['application/json, application/graphql-response+json', 'application/json'],
  ['application/json;charset=utf-8;q=0.2, application/json', 'application/json'],
  ['application/json;q=x', 'application/json'],
  ['text/event-stream', null],
  ['nonsense', null],
])('Accept: %s is answered with %s', (accept, mediaType) => {
  expect(chooseMediaType(accept)).toBe(mediaType);
});

test.each([
  ['https://app.example.com', 'https://app.example.com'],
  ['https://App.Example.com/', 'https://app.example.com'],
  ['http://localhost:3000', 'http://localhost:3000'],
  ['https://app.example.com:443', null],
  ['https://app.example.com/path', null],
  ['app.example.com', null],
  ['*', null],
  ['null', null],
  ['file:///', null],
])('%s among CORS_ORIGINS is the origin %s', (text, origin) => {
  expect(toOrigin(text)).toBe(origin);
});

test('without listed origins there is no trace of CORS', () => {
  expect(corsHeaders('https://app.example.com', { listed: [], admitsLoopback: false })).toEqual({});
});

describe('suggestions', () => {
  test.each([
    ['Cannot query field "id" on type "Contact". Did you mean "ids" or "x"?', 'Cannot query field "id" on type "Contact".'],
    ['Unknown argument "fist". Did you mean\n "first"?', 'Unknown argument "fist".'],
    ['Nothing to suggest.', 'Nothing to suggest.'],
  ])('%s is shown as %s', (message, shown) => {
    expect(withoutSuggestions(message)).toBe(shown);
  });
});
