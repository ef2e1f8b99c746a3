import { expect, test } from 'vitest';
import { longLivedToken } from '../../../../../src/datasources/kommo/credentials/credentials.ts';

const jwt = (claims: unknown) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`;

test('a long-lived token says when it expires, as its claim has it', () => {
  expect(longLivedToken(jwt({ exp: 1_900_000_000 })).expiry).toEqual({ expiresAt: new Date('2030-03-17T17:46:40Z'), isRenewed: false });
});

test.each([
  ['no JSON web token', 'token'],
  ['without the claim', jwt({ sub: 'user' })],
  ['with a claim that is no moment', jwt({ exp: 1e300 })],
  ['with a claim that is no number', jwt({ exp: '1900000000' })],
  ['with claims that are none', jwt(null)],
])('of a token %s it is not known', (_name, token) => {
  expect(longLivedToken(token).expiry).toBeNull();
});
