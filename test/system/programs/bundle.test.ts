import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, afterAll, expect, test } from 'vitest';
import { startProgram } from '../../support/processes/child-process.ts';
import { startTraceCollector } from '../../support/processes/trace-collector.ts';

const ROOT = join(import.meta.dirname, '../../..');
const QUERY = '{ contacts(first: 5) { nodes { displayName source { name } } isComplete } }';
/** Some seconds each, and much longer on a busy machine. */
const BUILD_MS_MAX = 300_000;

let copy = '';

/** A checkout of its own, so that nothing here touches the one that is tested. */
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'crm-gateway-bundle-'));
  for (const name of ['src', 'scripts', 'examples', 'web', 'package.json', 'package-lock.json', 'tsconfig.json']) {
    await cp(join(ROOT, name), join(copy, name), { recursive: true, preserveTimestamps: true });
  }
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  await promisify(execFile)(process.execPath, ['scripts/build.cjs', '--if-older'], { cwd: copy });
}, BUILD_MS_MAX);

afterAll(() => rm(copy, { recursive: true, force: true }));

/** Runs the bundle for one request. @returns The files of the bundle and the packages that it has loaded by its end. */
async function filesOf(
  environment: Readonly<Record<string, string>>,
  program = 'dist/bundle/main.cjs',
  options = '',
): Promise<readonly string[]> {
  await using gateway = startProgram(join(copy, program), {
    environment: {
      PORT: '0',
      NODE_OPTIONS: `${options} --import=${join(ROOT, 'test/support/processes/record-modules.mjs')}`,
      ...environment,
    },
    directory: copy,
  });
  const [, url = ''] = await gateway.waitFor(/ready: (http\S+)/);
  expect(await ask(url)).toHaveProperty('data.contacts.nodes.length', 5);
  gateway.kill('SIGTERM');
  await gateway.exitCode;
  return /^loaded: (.*)$/m.exec(gateway.output())?.[1]?.split(' ') ?? [];
}

async function ask(url: string): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: QUERY }),
  });
  return response.json();
}

async function answerOf(program: string): Promise<unknown> {
  await using gateway = startProgram(join(copy, program), { environment: { PORT: '0' }, directory: copy });
  const [, url = ''] = await gateway.waitFor(/ready: (http\S+)/);
  return await ask(url);
}

test('the bundle answers as the sources do', async () => {
  expect(await answerOf('dist/bundle/main.cjs')).toEqual(await answerOf('src/main.ts'));
});

test('the first answer does without the client for fetch of Node.js', async () => {
  const loaded = await filesOf({});
  expect(loaded).toContain('internal/http');
  expect(loaded).not.toContain('internal/deps/undici/undici');
});

test('a start runs the code that was compiled before, and the bundle itself where that is damaged or of another bundle', async () => {
  const { scripts } = JSON.parse(await readFile(join(copy, 'package.json'), 'utf8')) as { scripts: { start: string } };
  const options = scripts.start.split(' ').slice(2, -1).join(' ');
  const bundle = join(copy, 'dist/bundle/main.cjs');
  const isBundleRead = async () => (await filesOf({}, 'scripts/start.mjs', options)).includes('dist/bundle/main.cjs');
  expect(await isBundleRead()).toBe(true);

  await promisify(execFile)(process.execPath, ['scripts/warm-up.mjs'], { cwd: copy });
  const [name = ''] = (await readdir(dirname(bundle))).filter((file) => file.endsWith('.code'));
  const code = join(dirname(bundle), name);
  expect(await isBundleRead()).toBe(false);

  const bytes = await readFile(code);
  await writeFile(code, bytes.with(bytes.length >> 1, ~(bytes.at(bytes.length >> 1) ?? 0) & 0xff));
  expect(await isBundleRead()).toBe(true);

  await writeFile(code, bytes);
  const later = new Date(Date.now() + 10_000);
  await utimes(bundle, later, later);
  expect(await isBundleRead()).toBe(true);
});

test('the bundle sends traces where an endpoint is set, and loads what that takes only then', async () => {
  await using collector = await startTraceCollector();
  const [off, on] = [await filesOf({}), await filesOf({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url })];

  const added = on.filter((name) => name.startsWith('dist/bundle/') && !off.includes(name));
  expect(off).toContain('dist/bundle/main.cjs');
  expect(added).toEqual([expect.stringContaining('otel-tracing')]);
  expect(collector.spans.map(({ name }) => name)).toEqual(expect.arrayContaining(['GraphQL query', 'Query.contacts', 'call kommo']));
});

test(
  'a start builds what is missing or older than its sources, and nothing else',
  async () => {
    const build = () => promisify(execFile)(process.execPath, ['scripts/build.cjs', '--if-older'], { cwd: copy });
    const [bundle, page] = [join(copy, 'dist/bundle/main.cjs'), join(copy, 'dist/pages/graphiql.html')];
    const times = async () => (await Promise.all([bundle, page].map((path) => stat(path)))).map(({ mtimeMs }) => mtimeMs);
    const long = new Date(Date.now() - 3_600_000);
    const age = () => Promise.all([bundle, page].map((path) => utimes(path, long, long)));
    const inThePast = async (folder: string): Promise<void> => {
      for (const entry of await readdir(join(copy, folder), { recursive: true })) await utimes(join(copy, folder, entry), 0, 0);
    };
    for (const folder of ['src', 'web', 'examples', 'scripts']) await inThePast(folder);
    await utimes(join(copy, 'package-lock.json'), 0, 0);

    await age();
    await build();
    expect(await times()).toEqual([long.getTime(), long.getTime()]);
    for (const [source, built] of [
      ['src/federation/merge.ts', 0],
      ['web/graphiql/console.css', 1],
      ['examples/1-contacts.graphql', 1],
    ] as const) {
      await age();
      await utimes(join(copy, source), new Date(), new Date());
      await build();
      const fresh = (await times()).map((time) => time !== long.getTime());
      expect(fresh).toEqual([built === 0, built === 1]);
      await utimes(join(copy, source), 0, 0);
    }
    await rm(page);
    await build();
    await expect(stat(page)).resolves.toBeDefined();
  },
  BUILD_MS_MAX,
);

test('npm start takes the bundle, and the sources as soon as one of them is newer', async () => {
  await mkdir(join(copy, 'dist/bundle'), { recursive: true });
  await writeFile(join(copy, 'dist/bundle/main.cjs'), "console.log('the bundle was started'); process.exit(0);\n");
  {
    await using gateway = startProgram(join(copy, 'scripts/start.mjs'), { environment: { PORT: '0' }, directory: copy });
    await gateway.waitFor(/the bundle was started/);
  }
  const later = new Date(Date.now() + 10_000);
  await utimes(join(copy, 'src/sources.ts'), later, later);
  await using gateway = startProgram(join(copy, 'scripts/start.mjs'), { environment: { PORT: '0' }, directory: copy });
  await gateway.waitFor(/crm-gateway is ready/);
});
