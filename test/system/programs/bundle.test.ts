import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
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
async function filesOf(environment: Readonly<Record<string, string>>): Promise<readonly string[]> {
  await using gateway = startProgram(join(copy, 'dist/bundle/main.js'), {
    environment: {
      PORT: '0',
      NODE_OPTIONS: `--import=${join(ROOT, 'test/support/processes/record-modules.mjs')}`,
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
  expect(await answerOf('dist/bundle/main.js')).toEqual(await answerOf('src/main.ts'));
});

test('the first answer does without the client for fetch of Node.js', async () => {
  const loaded = await filesOf({});
  expect(loaded).toContain('internal/http');
  expect(loaded).not.toContain('internal/deps/undici/undici');
});

test('the bundle sends traces where an endpoint is set, and loads what that takes only then', async () => {
  await using collector = await startTraceCollector();
  const [off, on] = [await filesOf({}), await filesOf({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url })];

  const added = on.filter((name) => name.startsWith('dist/bundle/') && !off.includes(name));
  expect(off).toContain('dist/bundle/main.js');
  expect(added).toEqual([expect.stringContaining('otel-tracing')]);
  expect(collector.spans.map(({ name }) => name)).toEqual(expect.arrayContaining(['GraphQL query', 'Query.contacts', 'call kommo']));
});

const build = () => promisify(execFile)(process.execPath, ['scripts/build.cjs', '--if-older'], { cwd: copy });

/** Writes a line more at the end of a file. */
async function change(path: string, times?: Date): Promise<void> {
  await appendFile(join(copy, path), '\n');
  if (times !== undefined) await utimes(join(copy, path), times, times);
}

/** The files of `dist` with the contents of those that are built, by path. */
async function builtFiles(): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(join(copy, 'dist'), { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return new Map(await Promise.all(paths.map(async (path) => [relative(copy, path), await readFile(path, 'latin1')] as const)));
}

test(
  'a start builds what is missing or made of other sources, whatever their dates, and nothing else',
  async () => {
    const [bundle, page] = [join(copy, 'dist/bundle/main.js'), join(copy, 'dist/pages/graphiql.html')];
    const times = async () => (await Promise.all([bundle, page].map((path) => stat(path)))).map(({ mtimeMs }) => mtimeMs);
    const long = new Date(Date.now() - 3_600_000);
    const age = () => Promise.all([bundle, page].map((path) => utimes(path, long, long)));
    await build();

    await age();
    // As `npm prune` does, and a clock that was wrong.
    await utimes(join(copy, 'package-lock.json'), new Date(), new Date());
    await utimes(join(copy, 'src/main.ts'), new Date('2100-01-01'), new Date('2100-01-01'));
    await build();
    expect(await times()).toEqual([long.getTime(), long.getTime()]);
    for (const [source, built, dates] of [
      ['src/federation/merge.ts', 0, new Date()],
      ['src/federation/order-key.ts', 0, new Date(0)],
      ['web/graphiql/console.css', 1, new Date('2100-01-01')],
      ['examples/1-contacts.graphql', 1, new Date(0)],
    ] as const) {
      await age();
      await change(source, dates);
      await build();
      const fresh = (await times()).map((time) => time !== long.getTime());
      expect(fresh).toEqual([built === 0, built === 1]);
    }
    await rm(page);
    await build();
    await expect(stat(page)).resolves.toBeDefined();
  },
  BUILD_MS_MAX,
);

test(
  'a build that is killed leaves what was there whole, and the next one leaves nothing of it',
  async () => {
    await build();
    const before = await builtFiles();
    const namesBefore = (await readdir(join(copy, 'dist'), { recursive: true })).join();
    await change('src/main.ts');

    const killed = spawn(process.execPath, ['scripts/build.cjs', '--if-older'], { cwd: copy });
    const ended = once(killed, 'exit');
    // It begins to write seconds before it is done.
    while (killed.exitCode === null && (await readdir(join(copy, 'dist'), { recursive: true })).join() === namesBefore);
    killed.kill('SIGKILL');
    await ended;

    expect(killed.signalCode).toBe('SIGKILL');
    const left = await builtFiles();
    expect([...before].filter(([path, content]) => left.get(path) !== content).map(([path]) => path)).toEqual([]);
    await build();
    expect((await readdir(join(copy, 'dist'))).toSorted()).toEqual(['bundle', 'pages']);
    expect(await answerOf('scripts/start.mjs')).toHaveProperty('data.contacts.isComplete', true);
  },
  BUILD_MS_MAX,
);

test(
  'two builds at once leave one whole result, also where dist is a link',
  async () => {
    await rm(join(copy, 'dist'), { recursive: true });
    await mkdir(join(copy, 'elsewhere'));
    await symlink('elsewhere', join(copy, 'dist'));
    await build();
    const names = async () => (await readdir(join(copy, 'dist'), { recursive: true })).toSorted();
    const whole = await names();
    await change('src/main.ts');
    await change('src/main.ts');

    await Promise.all([build(), build()]);

    expect((await names()).length).toBe(whole.length);
    expect((await readdir(join(copy, 'dist'))).toSorted()).toEqual(['bundle', 'pages']);
    expect(await answerOf('scripts/start.mjs')).toHaveProperty('data.contacts.isComplete', true);
  },
  BUILD_MS_MAX,
);

test(
  'npm start takes the bundle whatever the dates of its sources, and the sources as soon as one of them is another',
  async () => {
    await build();
    await writeFile(join(copy, 'dist/bundle/main.js'), "console.log('the bundle was started'); process.exit(0);\n");
    for (const source of ['package-lock.json', 'src/main.ts']) await utimes(join(copy, source), new Date(), new Date('2100-01-01'));
    {
      await using gateway = startProgram(join(copy, 'scripts/start.mjs'), { environment: { PORT: '0' }, directory: copy });
      await gateway.waitFor(/the bundle was started/);
    }
    await change('src/sources.ts', new Date(0));
    await using gateway = startProgram(join(copy, 'scripts/start.mjs'), { environment: { PORT: '0' }, directory: copy });
    await gateway.waitFor(/crm-gateway is ready/);
  },
  BUILD_MS_MAX,
);
