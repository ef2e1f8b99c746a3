import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { findApiKey, parseApiKeys } from '../../../src/auth/api-keys.ts';

const HASH = createHash('sha256').update('the key').digest('hex');

test('entries are parted by ";", blanks do not matter', () => {
  const { keys, faults } = parseApiKeys(
    `front contacts:read sha256:${HASH};\n  back-office  contacts:read,contacts:delete  SHA256:${HASH.toUpperCase()} ; `,
  );

  expect(faults).toEqual([]);
  expect(keys.map(({ name, scopes }) => [name, ...scopes])).toEqual([
    ['front', 'contacts:read'],
    ['back-office', 'contacts:read', 'contacts:delete'],
  ]);
});

test('a key is found by its hash, and no other is', () => {
  const { keys } = parseApiKeys(`front contacts:read sha256:${HASH}`);

  expect(findApiKey(keys, 'the key')?.name).toBe('front');
  expect(findApiKey(keys, 'the kez')).toBeNull();
  expect(findApiKey(keys, HASH)).toBeNull();
});

test.each([
  ['', 'holds no key'],
  [' ; ', 'holds no key'],
  ['secret', 'entry 1 must be'],
  [`front contacts:read ${HASH}`, 'entry 1 must end with sha256:'],
  [`front contacts:read sha256:${HASH.slice(1)}`, 'entry 1 must end with sha256:'],
  [`front contacts:write sha256:${HASH}`, 'entry 1 names an unknown scope'],
  [`jwt:front contacts:read sha256:${HASH}`, 'entry 1 has a name with other characters'],
  [`a contacts:read sha256:${HASH};a contacts:read sha256:${HASH}`, 'entry 2 has a name that is taken'],
])('what is wrong is told by its place and never by its text: %s', (text, fault) => {
  const { faults } = parseApiKeys(text);

  expect(faults).toEqual([expect.stringContaining(fault)]);
  expect(faults.join()).not.toMatch(/secret|[0-9a-f]{20}/);
});
