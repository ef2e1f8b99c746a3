import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const SRC = join(import.meta.dirname, '../../../src');

/** What a file imports as it is loaded: types, and what is imported when it is needed, left out. */
function importsOf(path: string): string[] {
  const text = readFileSync(path, 'utf8');
  return [...text.matchAll(/^(?:import|export)(?! type)[^;]*? from '([^']+)'/gm)].map(([, name = '']) => name);
}

/** Everything that is loaded with a file: files of the project by their paths, packages by their names. */
function loadedWith(path: string, loaded = new Set<string>()): ReadonlySet<string> {
  if (loaded.has(path)) return loaded;
  loaded.add(path);
  for (const name of importsOf(path)) {
    if (name.startsWith('.')) loadedWith(resolve(dirname(path), name), loaded);
    else loaded.add(name);
  }
  return loaded;
}

test('one process loads nothing of Redis', () => {
  const loaded = [...loadedWith(join(SRC, 'main.ts'))];
  expect(loaded.length).toBeGreaterThan(100);
  expect(loaded).toContain('got');
  expect(loaded.filter((name) => /^(ioredis|redis-semaphore)$/.test(name))).toEqual([]);
  expect(loaded.filter((name) => name.includes('/replicas/'))).toEqual([join(SRC, 'replicas/join.ts')]);
  expect([...loadedWith(join(SRC, 'replicas/replicas.ts'))]).toContain('ioredis');
});
