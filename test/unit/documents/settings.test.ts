import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { GENERAL_SETTINGS } from '../../../src/config/general-settings.ts';
import { RATE_LIMIT_WITH_KEYS } from '../../../src/config/settings.ts';
import { SOURCE_MODULES } from '../../../src/datasources/registry.ts';

const text = readFileSync(new URL('../../../docs/settings.md', import.meta.url), 'utf8');
const documented = new Map(
  [...text.matchAll(/^\| `([A-Z_]+)` +\| (.+?) +\| (.+?) +\|$/gm)].map(([, name = '', byDefault = '', meaning = '']) => [
    name,
    { byDefault, meaning },
  ]),
);

const NAMES_OF_SOURCES = SOURCE_MODULES.flatMap(({ environment }) => Object.keys(environment.names));

test('docs/settings.md tells of every setting, and of no other', () => {
  const known = [...Object.keys(GENERAL_SETTINGS.shape), ...NAMES_OF_SOURCES, 'CRM_GATEWAY_CONFIG'];

  expect([...documented.keys()].toSorted()).toEqual(known.toSorted());
});

function asWritten(value: unknown): string {
  if (value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0)) return 'none';
  if (typeof value === 'boolean') return value ? '`on`' : '`off`';
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

test('docs/settings.md tells the defaults as they are', () => {
  const defaults: Record<string, unknown> = GENERAL_SETTINGS.parse({});
  const depending = new Map([
    ['CONTACT_INDEX', '`off`, for the sandbox `on`'],
    ['GRAPHIQL', '`on`, in production `off`'],
    ['INTROSPECTION', '`on`, in production `off`'],
    ['STATUS_PAGE', '`on`, in production `off`'],
    ['CALLER_RATE_LIMIT', `\`${RATE_LIMIT_WITH_KEYS}\`, without keys none`],
  ]);
  for (const name of Object.keys(GENERAL_SETTINGS.shape)) {
    expect([name, documented.get(name)?.byDefault]).toEqual([name, depending.get(name) ?? asWritten(defaults[name])]);
  }
});

test("docs/settings.md tells the defaults of the CRMs' settings as they are", () => {
  for (const { settings, environment } of SOURCE_MODULES) {
    const needed = { url: 'https://crm.example.com', token: 'token' };
    const defaults = settings.parse(needed) as Record<string, unknown>;
    for (const [name, key] of Object.entries(environment.names)) {
      const value = key in needed ? undefined : defaults[key];
      expect([name, documented.get(name)?.byDefault]).toEqual([name, asWritten(value)]);
    }
  }
});
