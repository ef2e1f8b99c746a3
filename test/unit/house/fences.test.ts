import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
const OXLINT = join(ROOT, 'node_modules/oxlint/bin/oxlint');
/** The linter needs two seconds, and much longer on a busy machine. */
const LINTER_MS_MAX = 120_000;
const A_CRM = 'datasources/kommo/client.ts';

/** What the files of each room must not import: paths under src, or packages. A CRM that nobody has heard of yet is one of the rooms. */
const MUST_NOT: Readonly<Record<string, readonly string[]>> = {
  'datasources/port': ['datasources/http/source-http.ts', A_CRM, 'federation/cursor.ts', 'schema/context.ts', 'got', 'graphql', 'zod'],
  'datasources/wire': ['datasources/http/source-http.ts', A_CRM, 'federation/cursor.ts', 'got'],
  'datasources/http': [A_CRM, 'datasources/cache/read-cache.ts', 'federation/cursor.ts', 'graphql', 'config/settings.ts'],
  'datasources/governor': [A_CRM, 'datasources/http/governed-http.ts', 'federation/cursor.ts', 'got'],
  'datasources/cache': [A_CRM, 'datasources/governor/governor.ts', 'federation/cursor.ts', 'got'],
  'datasources/credentials': [A_CRM, 'datasources/registry.ts', 'federation/cursor.ts', 'got'],
  'datasources/onlyoffice': [
    A_CRM,
    'federation/cursor.ts',
    'schema/context.ts',
    'config/settings.ts',
    'sandbox/fault.ts',
    'got',
    'node:https',
  ],
  'datasources/kommo': ['datasources/callgear/client.ts', 'datasources/registry.ts', 'federation/cursor.ts', 'graphql', 'node:http'],
  'datasources/callgear': [A_CRM, 'federation/cursor.ts', 'sandbox/fault.ts', 'telemetry/log.ts', 'graphql-yoga', 'got'],
  'datasources/tomorrow': [
    A_CRM,
    'datasources/registry.ts',
    'federation/cursor.ts',
    'schema/context.ts',
    'sandbox/fault.ts',
    'graphql',
    'got',
  ],
  datasources: [A_CRM, 'datasources/governor/governor.ts', 'federation/cursor.ts', 'schema/context.ts', 'config/settings.ts', 'got'],
  federation: [
    A_CRM,
    'datasources/http/source-http.ts',
    'datasources/registry.ts',
    'schema/context.ts',
    'graphql',
    'got',
    'zod',
    'node:http',
  ],
  indexing: [
    A_CRM,
    'federation/cursor.ts',
    'datasources/governor/governor.ts',
    'config/settings.ts',
    'schema/context.ts',
    'got',
    'node:http',
  ],
  schema: [
    A_CRM,
    'datasources/cache/read-cache.ts',
    'datasources/source-module.ts',
    'auth/callers.ts',
    'config/settings.ts',
    'graphql-yoga',
    'got',
  ],
  auth: [
    A_CRM,
    'federation/cursor.ts',
    'schema/context.ts',
    'graphql/graphql-server.ts',
    'server/server.ts',
    'datasources/registry.ts',
    'graphql',
    'got',
  ],
  config: [A_CRM, 'federation/cursor.ts', 'datasources/registry.ts', 'server/server.ts', 'schema/schema.ts', 'graphql', 'got'],
  graphql: [A_CRM, 'datasources/registry.ts', 'datasources/http/source-http.ts', 'server/server.ts', 'sandbox/fault.ts', 'got'],
  server: [A_CRM, 'datasources/http/source-http.ts', 'sandbox/fault.ts', 'commands/check.ts', 'got', '@pothos/core'],
  telemetry: [A_CRM, 'datasources/http/governed-http.ts', 'server/server.ts', 'schema/schema.ts', 'got'],
  replicas: [A_CRM, 'datasources/http/source-http.ts', 'server/server.ts', 'schema/schema.ts', 'config/settings.ts', 'got', 'graphql'],
  commands: [A_CRM, 'datasources/http/source-http.ts', 'sandbox/fault.ts', 'schema/schema.ts', 'got', 'graphql'],
  platform: [A_CRM, 'datasources/port/records/contact.ts', 'config/settings.ts', 'server/server.ts', 'got', 'zod'],
  sandbox: [
    A_CRM,
    'platform/loopback.ts',
    'datasources/port/records/contact.ts',
    'federation/cursor.ts',
    'schema/context.ts',
    'server/server.ts',
    'graphql',
    'zod',
  ],
};
/** And what they may. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  'datasources/tomorrow': [
    'datasources/port/records/contact.ts',
    'datasources/http/source-http.ts',
    'datasources/wire/wire-reply.ts',
    'zod',
  ],
  federation: ['datasources/port/records/contact.ts', 'datasources/port/some/day.ts'],
  schema: ['datasources/port/records/contact.ts', 'federation/cursor.ts', 'auth/scopes.ts', '@pothos/core'],
  server: ['graphql/graphql-server.ts', 'node:http', 'node:timers/promises'],
};
const FORMS: readonly ((path: string) => string)[] = [
  (path) => `import { x } from '${path}';`,
  (path) => `import type { X } from '${path}';`,
  (path) => `export { x } from '${path}';`,
  (path) => `export * from '${path}';`,
  (path) => `export const x = await import('${path}');`,
];
/** Where in its room the file stands. */
const PLACES = ['', 'inner', 'inner/most', 'inner/most/of'];

/** As a file in a folder under src writes the import. */
function specifier(folder: string, target: string): string {
  if (!target.endsWith('.ts')) return target;
  const path = posix.relative(folder, target);
  return path.startsWith('.') ? path : `./${path}`;
}

interface Diagnostic {
  readonly code: string;
  readonly filename: string;
}

describe('the linter', () => {
  const house = mkdtempSync(join(tmpdir(), 'house-'));
  let refused: ReadonlySet<string>;
  let circular: ReadonlySet<string>;

  function put(path: string, text: string): void {
    mkdirSync(dirname(join(house, path)), { recursive: true });
    writeFileSync(join(house, path), text);
  }

  /** One file for each import, form and place; @returns their paths. */
  function probes(room: string, targets: readonly string[], kind: string): string[] {
    const places = room === 'datasources' ? [''] : PLACES;
    return places.flatMap((place) =>
      targets.flatMap((target, index) =>
        FORMS.map((form, at) => {
          const folder = posix.join(room, place);
          const path = posix.join('src', folder, `${kind}-${index}-${at}.ts`);
          put(path, form(specifier(folder, target)));
          return path;
        }),
      ),
    );
  }

  const bad = new Map(Object.entries(MUST_NOT).map(([room, targets]) => [room, () => probes(room, targets, 'bad')]));
  const good = new Map(Object.entries(MAY).map(([room, targets]) => [room, () => probes(room, targets, 'good')]));
  const badFiles = new Map<string, readonly string[]>();
  const goodFiles = new Map<string, readonly string[]>();

  beforeAll(async () => {
    cpSync(join(ROOT, 'oxlint.config.ts'), join(house, 'oxlint.config.ts'));
    cpSync(join(ROOT, 'package.json'), join(house, 'package.json'));
    symlinkSync(join(ROOT, 'node_modules'), join(house, 'node_modules'));
    for (const [room, write] of bad) badFiles.set(room, write());
    for (const [room, write] of good) goodFiles.set(room, write());
    put('src/schema/sideways.ts', `import { x } from '../auth/callers.ts'; console.log(x);`);
    put('src/schema/one.ts', `import type { Two } from './other.ts';\nexport type One = Two | 1;\n`);
    put('src/schema/other.ts', `import type { One } from './one.ts';\nexport type Two = One | 2;\n`);
    ({ refused, circular } = await lint());
  }, LINTER_MS_MAX);
  afterAll(() => rmSync(house, { recursive: true }));

  /** Lints the house once; finds the files that a fence turned away, and those of a circle. */
  async function lint() {
    const run = promisify(execFile)(process.execPath, [OXLINT, '--format', 'json', 'src'], { cwd: house, maxBuffer: 64 * 1024 * 1024 });
    const { stdout } = await run.catch((error: { stdout: string }) => error);
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: readonly Diagnostic[] };
    const filesWith = (rule: string) => new Set(diagnostics.filter(({ code }) => code.includes(rule)).map(({ filename }) => filename));
    return { refused: filesWith('no-restricted-imports'), circular: filesWith('no-cycle') };
  }

  test.each(Object.keys(MUST_NOT))('refuses what src/%s must not import, in whatever form and however deep', (room) => {
    const files = badFiles.get(room) ?? [];
    expect(files.length).toBeGreaterThan(10);
    expect(files.filter((file) => !refused.has(file))).toEqual([]);
  });

  test.each(Object.keys(MAY))('lets src/%s import what is below it', (room) => {
    expect((goodFiles.get(room) ?? []).filter((file) => refused.has(file))).toEqual([]);
  });

  test('refuses a path that leaves a room by way of one of its own folders', () => {
    expect(refused).toContain('src/schema/sideways.ts');
  });

  test('refuses files that import each other in a circle, if only for their types', () => {
    expect([...circular].filter((file) => file.startsWith('src/schema/')).toSorted()).toEqual(['src/schema/one.ts', 'src/schema/other.ts']);
  });

  test('has a fence for every room that there is', () => {
    const folders = (path: string) =>
      readdirSync(join(ROOT, path), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
    // A folder with a module is a CRM: the fence of any CRM is its own.
    const isCrm = (name: string) => readdirSync(join(ROOT, 'src/datasources', name)).some((file) => file.endsWith('-module.ts'));
    const shared = folders('src/datasources').filter((name) => !isCrm(name));
    const rooms = [...folders('src'), ...shared.map((name) => `datasources/${name}`)];
    expect(rooms.filter((room) => !(room in MUST_NOT))).toEqual([]);
  });
});
