import { expect, test } from 'vitest';
import { z } from 'zod';
import { WHATEVER_ELSE_IS_WRONG, checkWayIn } from '../../../../src/datasources/credentials/way-in.ts';

const text = z.string().optional();
const settings = z
  .object({ url: z.url(), token: text, login: text, password: text })
  .superRefine(checkWayIn({ login: 'login', password: 'password' }), WHATEVER_ELSE_IS_WRONG);

function faultsOf(given: object): Record<string, string> {
  const issues = settings.safeParse({ url: 'https://crm.example.com', ...given }).error?.issues ?? [];
  return Object.fromEntries(issues.map(({ path, message }) => [path.join('.'), message]));
}

test('one way in is enough', () => {
  expect(faultsOf({ token: 'a' })).toEqual({});
  expect(faultsOf({ login: 'a', password: 'b' })).toEqual({});
});

test('no way, half a way and two ways are told apart, by the members that are wrong', () => {
  expect(faultsOf({})).toEqual({ token: 'is missing; give a token, or login and password' });
  expect(faultsOf({ password: 'b' })).toEqual({ login: 'is missing; without a token, login and password are needed' });
  const both = 'must not be given together with a token';
  expect(faultsOf({ token: 'a', login: 'a', password: 'b' })).toEqual({ login: both, password: both });
});

test('a fault of another member hides none of the way in', () => {
  expect(Object.keys(faultsOf({ url: 'nowhere' }))).toEqual(['url', 'token']);
});
