import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
const EXAMPLE = join(ROOT, 'examples/add-a-crm');
const COPIED = ['src', 'test', 'scripts', 'examples', 'package.json', 'tsconfig.json', 'oxlint.config.ts', 'vitest.config.ts'];
/** What a new source adds to and what it adds, with all that these import: the rest compiles with the project. */
const COMPILED = ['src/datasources/cardfile', 'src/sandbox/cardfile', 'src/datasources/registry.ts', 'test/contract/cardfile.test.ts'];
/** Whole tools run here, which a busy machine makes slow. */
const TOOL_MS_MAX = 300_000;

describe('a fourth CRM, added as examples/add-a-crm says,', () => {
  const house = mkdtempSync(join(tmpdir(), 'fourth-crm-'));

  beforeAll(() => {
    for (const path of COPIED) cpSync(join(ROOT, path), join(house, path), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(house, 'node_modules'));
    for (const folder of ['src', 'test']) cpSync(join(EXAMPLE, folder), join(house, folder), { recursive: true });
    const compiler = join(house, 'tsconfig.json');
    const narrowed = readFileSync(compiler, 'utf8').replace(/"include": \[.*\]/, `"include": ${JSON.stringify(COMPILED)}`);
    expect(narrowed).toContain('cardfile');
    writeFileSync(compiler, narrowed);
    const registry = join(house, 'src/datasources/registry.ts');
    const text = readFileSync(registry, 'utf8');
    const extended = text.replace(/\];\s*$/, ', cardfileModule];\n');
    expect(extended).not.toBe(text);
    writeFileSync(registry, `import { cardfileModule } from './cardfile/cardfile-module.ts';\n${extended}`);
  });
  afterAll(() => rmSync(house, { recursive: true }));

  /** Runs one of the project's tools in the copy. @returns What it printed; the exit code too when it failed. */
  async function run(tool: string, ...parameters: string[]): Promise<string> {
    const { VITEST: _vitest, VITEST_MODE: _mode, VITEST_POOL_ID: _pool, VITEST_WORKER_ID: _worker, ...env } = process.env;
    const running = promisify(execFile)(join(house, 'node_modules/.bin', tool), parameters, { cwd: house, env: { ...env, NO_COLOR: '1' } });
    return running.then(
      ({ stdout }) => stdout,
      ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => `exit code ${code}\n${stdout}\n${stderr}`,
    );
  }

  test('is files of its own and its place in the registry, and nothing in any other room', () => {
    const added = readdirSync(EXAMPLE, { recursive: true, withFileTypes: true }).flatMap((entry) =>
      entry.isFile() ? [join(entry.parentPath, entry.name).slice(EXAMPLE.length + 1)] : [],
    );
    const places =
      /^(README\.md|src\/datasources\/cardfile\/.*|src\/sandbox\/cardfile\/.*|test\/contract\/cardfile\.test\.ts|test\/e2e\/cardfile\/.*)$/;
    expect(added.length).toBeGreaterThan(8);
    expect(added.filter((path) => !places.test(path))).toEqual([]);
  });

  test('compiles', async () => expect(await run('tsc', '--pretty', 'false', '--singleThreaded')).toBe(''), TOOL_MS_MAX);

  test(
    'passes the linter, by whose fences its folder stands from the first day',
    async () => {
      const neighbour = join(house, 'src/datasources/cardfile/neighbour.ts');
      writeFileSync(neighbour, "import '../kommo/client.ts';\n");
      const printed = await run('oxlint', ...COMPILED);
      rmSync(neighbour);
      expect(printed).toContain("'../kommo/client.ts' import is restricted");
      expect(printed).toContain('Found 0 warnings and 1 error');
    },
    TOOL_MS_MAX,
  );

  test(
    'keeps the contract of a source, and a gateway serves its contacts',
    async () => {
      const printed = await run('vitest', 'run', '--maxWorkers', '2', 'test/contract/cardfile.test.ts', 'test/e2e/cardfile');
      expect(printed).toMatch(/Test Files +2 passed \(2\)/);
      expect(Number(/Tests +(\d+) passed/.exec(printed)?.[1])).toBeGreaterThan(50);
    },
    TOOL_MS_MAX,
  );
});
