import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
const FILES_MAX = 20;
const FILES_OF_SRC_MAX = 5;

/** Every folder below one of the project's, with the names of its files; paths are from the project's root. */
function foldersOf(top: string): ReadonlyMap<string, readonly string[]> {
  const folders = new Map<string, string[]>([[top, []]]);
  for (const entry of readdirSync(join(ROOT, top), { withFileTypes: true, recursive: true })) {
    const parent = relative(ROOT, entry.parentPath);
    const files = folders.get(parent) ?? [];
    folders.set(parent, files);
    if (entry.isFile()) files.push(entry.name);
    else folders.set(join(parent, entry.name), folders.get(join(parent, entry.name)) ?? []);
  }
  return folders;
}

function foldersDirectlyIn(path: string): string[] {
  return readdirSync(join(ROOT, path), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [`${path}/${entry.name}`] : []));
}

/** The paths under src of the tree in CONTRIBUTING.md, with `a/{b,c}` as two of them. */
function drawnPaths(): string[] {
  const text = readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8');
  const tree = /```text\n(src\/[\s\S]*?)```/.exec(text)?.[1] ?? '';
  return [...tree.matchAll(/\bsrc\/[\w/.-]*(?:\{[\w,-]+\})?/g)].flatMap(([path]) => {
    const [, stem = path, names] = /^(.*)\{(.*)\}$/.exec(path) ?? [];
    return names === undefined ? [stem] : names.split(',').map((name) => stem + name);
  });
}

describe('the rooms', () => {
  test.each(['src', 'test', 'web'])(`of %s hold at most ${FILES_MAX} files each`, (top) => {
    expect([...foldersOf(top)].filter(([, files]) => files.length > FILES_MAX).map(([path, files]) => `${path}: ${files.length}`)).toEqual(
      [],
    );
  });

  test(`are where the files of src are: at most ${FILES_OF_SRC_MAX} stand outside of them`, () => {
    expect(foldersOf('src').get('src')?.length).toBeLessThanOrEqual(FILES_OF_SRC_MAX);
  });

  test('hold no folder without a file in it or below it', () => {
    const folders = [...foldersOf('src')];
    const isEmpty = (path: string) => folders.every(([other, files]) => files.length === 0 || !`${other}/`.startsWith(`${path}/`));
    expect(folders.map(([path]) => path).filter(isEmpty)).toEqual([]);
  });

  test('are those of the tree in CONTRIBUTING.md', () => {
    const folders = [...foldersDirectlyIn('src'), ...foldersDirectlyIn('src/datasources')].filter((path) => path !== 'src/datasources');
    const files = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).filter((entry) => entry.isFile());
    expect(drawnPaths().toSorted()).toEqual([...folders, ...files.map(({ name }) => `src/${name}`)].toSorted());
  });

  test('have their unit tests in folders of the same names', () => {
    const ofNoRoom = ['documents', 'house'];
    const rooms = new Set([...foldersOf('src').keys()].map((path) => path.replace(/^src\/?/, '')));
    const tested = [...foldersOf('test/unit').keys()].map((path) => path.replace(/^test\/unit\/?/, ''));
    expect(tested.filter((path) => !rooms.has(path) && !ofNoRoom.includes(path))).toEqual([]);
  });
});

test('what tests know of all three CRMs stands in test/support alone', () => {
  const shared = [...readFileSync(join(ROOT, 'test/support/sources.ts'), 'utf8').matchAll(/^export (?:const|function|type) (\w+)/gm)];
  const names = shared.map(([, name]) => name);
  expect(names).toEqual(expect.arrayContaining(['ALL', 'LIST_ROUTES', 'rowsOf']));
  const again = new RegExp(`^\\s*(?:export )?(?:const|let|function|type) (?:${names.join('|')})\\b`, 'm');
  const files = [...foldersOf('test')].flatMap(([path, inside]) => inside.map((name) => join(path, name)));
  const others = files.filter((path) => path.endsWith('.ts') && path !== join('test/support/sources.ts'));
  expect(others.filter((path) => again.test(readFileSync(join(ROOT, path), 'utf8')))).toEqual([]);
});
