import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { GENERAL_SETTINGS } from '../../../src/config/general-settings.ts';
import { SOURCE_MODULES } from '../../../src/datasources/registry.ts';

const ROOT = join(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const KNOWN = new Set([
  ...Object.keys(GENERAL_SETTINGS.shape),
  ...SOURCE_MODULES.flatMap(({ environment }) => Object.keys(environment.names)),
  'CRM_GATEWAY_CONFIG',
]);

test('the image copies only what the project has, or the build makes', () => {
  const made = new Set(['node_modules', 'dist', 'sbom.cdx.json']);
  const copied = [...read('Dockerfile').matchAll(/^COPY (?:--from=build )?(.+) \S+$/gm)].flatMap(([, names = '']) => names.split(' '));
  const missing = copied.map((name) => name.replace(/^\/app\//, '')).filter((name) => !made.has(name) && !existsSync(join(ROOT, name)));

  expect(copied.length).toBeGreaterThan(8);
  expect(missing).toEqual([]);
});

test('the image has what the gateway reads while it runs', () => {
  const image = read('Dockerfile').split('FROM node').at(-1) ?? '';
  for (const path of ['examples', 'scripts', 'dist', 'src', 'node_modules']) expect(image).toContain(`./${path}\n`);
  expect(read('.dockerignore').split('\n')).toEqual(expect.arrayContaining(['.env', 'secrets', '.git', '**/node_modules']));
});

test.each([
  ['Dockerfile', /\b([A-Z][A-Z_]+)=(?!\$)/g],
  ['compose.yaml', /^ {6}([A-Z][A-Z_]+):/gm],
  ['deploy/crm-gateway.service', /^Environment=([A-Z][A-Z_]+)=/gm],
])('%s names only settings that exist', (path, pattern) => {
  const names = [...read(path).matchAll(pattern)].map(([, name = '']) => name.replace(/_FILE$/, ''));

  expect(names.length).toBeGreaterThan(2);
  expect(names.filter((name) => !KNOWN.has(name))).toEqual([]);
});

test.each([
  ['Dockerfile', /^CMD .*/m],
  ['deploy/crm-gateway.service', /^ExecStart=.*/m],
])('%s gives Node.js the options of `npm start`', (path, line) => {
  const optionsIn = (text = '') => text.match(/--[a-z-]+=\d+/g);
  const { scripts } = JSON.parse(read('package.json')) as { scripts: { start: string } };

  expect(optionsIn(scripts.start)?.length).toBeGreaterThan(0);
  expect(optionsIn(line.exec(read(path))?.[0])).toEqual(optionsIn(scripts.start));
});
