import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { envExample } from '../../../scripts/env-example.ts';
import { GENERAL_SETTINGS } from '../../../src/config/general-settings.ts';
import { readSettings } from '../../../src/config/settings.ts';
import { SOURCE_MODULES } from '../../../src/datasources/registry.ts';

const ROOT = join(import.meta.dirname, '../../..');
const example = readFileSync(join(ROOT, '.env.example'), 'utf8');
const settings = [...example.matchAll(/^#([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value] as const);

test('.env.example is what npm run env:print makes of docs/settings.md', () => {
  expect(example).toBe(envExample(readFileSync(join(ROOT, 'docs/settings.md'), 'utf8')));
});

test('.env.example holds every setting once, and sets nothing as it is', () => {
  const known = [...Object.keys(GENERAL_SETTINGS.shape), ...SOURCE_MODULES.flatMap(({ environment }) => Object.keys(environment.names))];
  expect(settings.map(([name]) => name).toSorted()).toEqual([...known, 'CRM_GATEWAY_CONFIG'].toSorted());
  expect(parseEnv(example)).toEqual({});
});

test('the defaults in .env.example are those that hold without it', () => {
  const general = Object.fromEntries(settings.filter(([name, value]) => value !== '' && name in GENERAL_SETTINGS.shape));
  expect(Object.keys(general).length).toBeGreaterThan(10);
  const crms = { KOMMO_URL: 'https://acme.kommo.com', KOMMO_TOKEN: 'token' };
  expect(readSettings({ ...crms, ...general }, SOURCE_MODULES)).toEqual(readSettings(crms, SOURCE_MODULES));
});
