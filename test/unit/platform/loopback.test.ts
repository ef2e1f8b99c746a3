import { expect, test } from 'vitest';
import { isLoopbackHost } from '../../../src/platform/loopback.ts';

test.each([
  ['127.0.0.1', true],
  ['127.1.2.3', true],
  ['::1', true],
  ['localhost', true],
  ['[::1]', true],
  ['LOCALHOST', true],
  ['127.0.0.1.evil.net', false],
  ['localhost.evil.net', false],
  ['0.0.0.0', false],
  ['::', false],
  ['192.168.1.4', false],
])('%s is loopback: %s', (host, isLoopback) => {
  expect(isLoopbackHost(host)).toBe(isLoopback);
});
