import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
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

describe('npm run key', () => {
  const run = (...parameters: string[]) =>
    promisify(execFile)(process.execPath, [join(import.meta.dirname, '../../../src/commands/key.ts'), ...parameters]);

  test('makes a key, and the entry that lets it in', async () => {
    const { stdout } = await run('front', 'contacts:read,contacts:delete');

    const key = /crmgw_[\w-]{43}/.exec(stdout)?.[0] ?? '';
    const { keys, faults } = parseApiKeys(/^ +(front .*)$/m.exec(stdout)?.[1] ?? '');
    expect(faults).toEqual([]);
    expect(findApiKey(keys, key)).toMatchObject({ name: 'front', scopes: new Set(['contacts:read', 'contacts:delete']) });
  });

  test('tells how it is used when it is used wrongly', async () => {
    await expect(run('a b')).rejects.toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('npm run key -- NAME') });
  });
});
