import { expect, test } from 'vitest';
import { isAllowedHost } from '../../../src/auth/hosts.ts';

test.each([
  ['localhost:4000', true],
  ['127.0.0.1:4000', true],
  ['[::1]:4000', true],
  ['10.0.0.5:4000', true],
  ['gateway.example.com', true],
  ['GATEWAY.example.com.:443', true],
  ['evil.example.net', false],
  ['gateway.example.com.evil.net', false],
  ['localhost.evil.net', false],
  ['127.0.0.1.evil.net', false],
  ['10.0.0.6', false],
  ['', false],
  ['a b', false],
  ['localhost\u00a0', false],
  ['localhost, evil.example.net', false],
  [undefined, false],
])('a request addressed to %s is let in: %s', (host, isLetIn) => {
  expect(isAllowedHost(host, ['gateway.example.com'], '::ffff:10.0.0.5')).toBe(isLetIn);
});
