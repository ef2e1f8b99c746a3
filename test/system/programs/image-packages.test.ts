import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const DOCKERFILE = join(import.meta.dirname, '../../../Dockerfile');

/** What the image's build does with the packages once the bundle is made. */
async function packageCommands(): Promise<string> {
  const text = await readFile(DOCKERFILE, 'utf8');
  const [, commands = ''] = /^RUN node scripts\/build\.cjs \\\n\s*&& ([^]*?[^\\])\n(?!\s)/m.exec(text) ?? [];
  return commands;
}

/** A project with one package that runs and one that only developing needs. */
async function makeProject(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'crm-gateway-image-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const write = (path: string, content: object) =>
    writeFile(join(folder, path, 'package.json'), JSON.stringify({ version: '1.0.0', ...content }));
  for (const name of ['runs', 'develops']) {
    await mkdir(join(folder, name));
    await write(name, { name });
  }
  await write('.', { name: 'project', dependencies: { runs: 'file:runs' }, devDependencies: { develops: 'file:develops' } });
  return folder;
}

test(
  'the build of the image lists the packages that run, leaves out the others, and makes nothing newer than the bundle',
  { timeout: 120_000 },
  async () => {
    const cwd = await makeProject();
    const run = (command: string) =>
      promisify(execFile)('sh', ['-c', command], {
        cwd,
        env: { ...process.env, npm_config_offline: 'true', npm_config_audit: 'false', npm_config_cache: join(cwd, '.npm') },
      });
    await run('npm install --no-fund');
    const lock = join(cwd, 'package-lock.json');
    await utimes(lock, 1_000, 1_000);

    await run(await packageCommands());

    const { components } = JSON.parse(await readFile(join(cwd, 'sbom.cdx.json'), 'utf8')) as { components: { name: string }[] };
    expect(components.map(({ name }) => name)).toEqual(['runs']);
    expect((await readdir(join(cwd, 'node_modules'))).filter((name) => !name.startsWith('.'))).toEqual(['runs']);
    expect((await stat(lock)).mtimeMs).toBe(1_000_000);
  },
);
