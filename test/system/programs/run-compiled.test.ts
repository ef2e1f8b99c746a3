import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const RUN_COMPILED = pathToFileURL(join(import.meta.dirname, '../../../scripts/run-compiled.mjs')).href;

/** A folder with a bundle of two files: the second one requires the first one, as those of the gateway do. */
async function makeBundle(main: string) {
  const folder = await mkdtemp(join(tmpdir(), 'crm-gateway-compiled-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, 'bundle'));
  await writeFile(join(folder, 'bundle/main.cjs'), main);
  await writeFile(join(folder, 'bundle/later.cjs'), "require('./main.cjs');\n");
  return folder;
}

/** Runs a bundle. @returns What it wrote. */
async function run(file: string, keep: boolean): Promise<string> {
  const program = `(await import(${JSON.stringify(RUN_COMPILED)})).runCompiled(${JSON.stringify(file)}, ${keep});`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program]);
  return stdout;
}

test.each([true, false])('a bundle in a folder that is a link is run once (code is kept: %s)', async (keep) => {
  const folder = await makeBundle("console.log('run'); require('./later.cjs');\n");
  await symlink(join(folder, 'bundle'), join(folder, 'link'));

  await run(join(folder, 'link/main.cjs'), true);

  expect(await run(join(folder, 'link/main.cjs'), keep)).toBe('run\n');
});

test('code of a bundle that was replaced while it ran is not taken for that of the new one', async () => {
  const main = (word: string) =>
    `console.log('${word}'); if ('${word}' === 'one') require('fs').writeFileSync(__filename, require('fs').readFileSync(__dirname + '/new'));\n`;
  const folder = await makeBundle(main('one'));
  const file = join(folder, 'bundle/main.cjs');
  await writeFile(join(folder, 'bundle/new'), main('two'));
  await utimes(file, 1_000, 1_000);

  expect(await run(file, true)).toBe('one\n');
  expect((await readdir(join(folder, 'bundle'))).filter((name) => name.endsWith('.code'))).toHaveLength(1);

  expect(await run(file, false)).toBe('two\n');
});
