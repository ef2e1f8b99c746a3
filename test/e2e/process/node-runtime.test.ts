import { execFile } from 'node:child_process';
import { cp, mkdir, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder } from '../../support/processes/child-process.ts';

const SCRIPTS = join(import.meta.dirname, '../../../scripts');
const BINARY = `node-${process.platform}-${process.arch}/bin/node`;

/** An npm that installs an empty file for Node.js, or fails, and notes what it was asked. */
const fakeNpm = (succeeds: boolean) => `
const fs = require('fs'), path = require('path');
const given = process.argv.slice(2);
fs.appendFileSync(path.join(__dirname, 'npm-calls.txt'), given.join(' ') + '\\n');
if (!${succeeds}) process.exit(1);
const file = path.join(given[given.indexOf('--prefix') + 1], 'node_modules', '${BINARY}');
fs.mkdirSync(path.dirname(file), { recursive: true });
fs.writeFileSync(file, '');
`;

interface Run {
  readonly code: number;
  readonly output: string;
}

/** Runs the script in a copy of the project's scripts, believing that Node.js has this version. */
async function bringNode(folder: string, version: string, npmSucceeds = true): Promise<Run> {
  await cp(join(SCRIPTS, 'bring-node.cjs'), join(folder, 'scripts/bring-node.cjs'));
  await mkdir(join(folder, 'scripts/node-runtime'), { recursive: true });
  await writeFile(join(folder, 'npm.cjs'), fakeNpm(npmSucceeds));
  await writeFile(
    join(folder, 'version.cjs'),
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`,
  );
  const given = ['--require', join(folder, 'version.cjs'), join(folder, 'scripts/bring-node.cjs')];
  const env = { PATH: process.env['PATH'], npm_execpath: join(folder, 'npm.cjs') };
  return new Promise((resolve) => {
    execFile(process.execPath, given, { env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });
}

test.each(['22.18.0', '24.0.0', '26.1.0'])('Node.js %s of the host is used: nothing is installed', async (version) => {
  await using folder = await makeFolder();

  expect(await bringNode(folder.path, version)).toEqual({ code: 0, output: '' });
  await expect(readlink(join(folder.path, 'node_modules/.bin/node'))).rejects.toThrow('ENOENT');
});

test.each(['12.22.0', '20.20.2', '22.17.9'])('for Node.js %s the pinned one is put first for npm scripts, once', async (version) => {
  await using folder = await makeFolder();
  const first = await bringNode(folder.path, version);
  const second = await bringNode(folder.path, version);

  expect(first).toMatchObject({ code: 0, output: expect.stringContaining('too old') as string });
  expect(second).toEqual({ code: 0, output: '' });
  expect(await readlink(join(folder.path, 'node_modules/.bin/node'))).toBe(`../../scripts/node-runtime/node_modules/${BINARY}`);
});

test('where npm cannot bring it, the message says what to install', async () => {
  await using folder = await makeFolder();
  const { code, output } = await bringNode(folder.path, '20.20.2', false);

  expect(code).toBe(1);
  expect(output).toContain('Install Node.js 24 from https://nodejs.org');
});
