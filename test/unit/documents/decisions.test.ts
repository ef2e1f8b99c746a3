import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const FOLDER = join(import.meta.dirname, '../../../docs/adr');
const files = readdirSync(FOLDER);

test('every decision has a number of its own, a title and tags', () => {
  const numbers = files.map((name) => /^(\d{4})-[a-z0-9-]+\.md$/.exec(name)?.[1]);
  expect(numbers).not.toContain(undefined);
  expect(new Set(numbers).size).toBe(files.length);
  for (const name of files) expect(readFileSync(join(FOLDER, name), 'utf8')).toMatch(/^# \S.*\n\n\*\*Tags:\*\* \S/);
});

test('the tests that decisions name exist', () => {
  const root = join(import.meta.dirname, '../..');
  const texts = files.map((name) => readFileSync(join(FOLDER, name), 'utf8')).join('\n');
  const named = [...texts.matchAll(/`(?:test\/)?((?:unit|e2e|contract)\/[\w/.-]+)`/g)].map(([, path = '']) =>
    path.replace(/(\.test\.ts)?$/, '.test.ts'),
  );
  expect(named.length).toBeGreaterThan(5);
  for (const path of named) expect(() => readFileSync(join(root, path))).not.toThrow();
});
