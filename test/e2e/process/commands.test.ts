import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parseApiKeys } from '../../../src/auth/api-keys.ts';
import { COMMAND, GATEWAY, makeFolder, startProgram } from '../../support/processes/child-process.ts';

const PROGRAMS: Readonly<Record<string, string>> = { start: GATEWAY, sandbox: 'src/sandbox/main.ts' };

interface Run {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a program: `start`, `sandbox`, or a command. */
async function run(name: string, given: readonly string[] = [], directory?: string): Promise<Run> {
  const script = PROGRAMS[name] ?? COMMAND;
  const options = {
    arguments: script === COMMAND ? [name, ...given] : given,
    environment: { PORT: '0' },
    ...(directory !== undefined && { directory }),
  };
  await using program = startProgram(script, options);
  return { code: await program.exitCode, output: program.output() };
}

const COMMANDS = ['start', 'sandbox', 'check', 'connect', 'key'];

test.each(COMMANDS)('npm run %s says with --help how it is used, and does nothing else', async (script) => {
  const { code, output } = await run(script, ['--help']);

  expect(output).toMatch(/^Usage: npm (run \w+|start)/);
  expect(output).not.toMatch(/crmgw_|http:\/\/127/);
  expect(code).toBe(0);
});

test.each<[string, readonly string[]]>([
  ...COMMANDS.map((script): [string, string[]] => [script, ['--nonsense']]),
  ['start', ['kommo']],
  ['sandbox', ['kommo']],
  ['check', ['kommo']],
  ['connect', ['kommo', 'onlyoffice']],
  ['key', []],
  ['key', ['alice', 'contacts:everything']],
  ['key', ['alice smith']],
])('npm run %s %j is not understood: exit code 2, with words', async (script, given) => {
  const { code, output } = await run(script, given);

  expect(code).toBe(2);
  expect(output).toMatch(/Usage|--help/);
  expect(output).not.toContain('crmgw_');
});

describe('npm run key', () => {
  /** The key and the setting that it printed. */
  function readKey({ output }: Run): { readonly digest: string; readonly entries: ReturnType<typeof parseApiKeys> } {
    const key = /^crmgw_\S+$/m.exec(output)?.[0] ?? '';
    const line = /^API_KEYS=.*$/m.exec(output)?.[0] ?? '';
    return { digest: createHash('sha256').update(key).digest('hex'), entries: parseApiKeys(parseEnv(line)['API_KEYS'] ?? '') };
  }

  test.each([
    [['alice'], ['contacts:read']],
    [
      ['alice', 'contacts:read,contacts:delete'],
      ['contacts:read', 'contacts:delete'],
    ],
    [
      ['alice', 'contacts:read', 'contacts:delete'],
      ['contacts:read', 'contacts:delete'],
    ],
  ])('%j makes a key of these scopes: %j', async (given, scopes) => {
    await using folder = await makeFolder();
    const { digest, entries } = readKey(await run('key', given, folder.path));

    expect(entries.faults).toEqual([]);
    expect(entries.keys.map(({ name, scopes: granted }) => [name, [...granted]])).toEqual([['alice', scopes]]);
    expect(entries.keys.map(({ hash }) => hash.toString('hex'))).toEqual([digest]);
  });

  test('prints a line that keeps the keys that .env has', async () => {
    await using folder = await makeFolder();
    const present = `bob contacts:read sha256:${'b'.repeat(64)}`;
    await writeFile(join(folder.path, '.env'), `API_KEYS='${present}'\n`);

    const { entries } = readKey(await run('key', ['alice'], folder.path));

    expect(entries.keys.map(({ name }) => name)).toEqual(['bob', 'alice']);
  });
});

test('npm run check without any source says so and fails', async () => {
  await using folder = await makeFolder();
  const { code, output } = await run('check', [], folder.path);

  expect(code).toBe(1);
  expect(output).toContain('No source is configured');
});

test.each(['prod', 'PRODUCTION', 'staging'])('NODE_ENV=%s stops the start', async (value) => {
  await using program = startProgram(GATEWAY, { environment: { NODE_ENV: value, PORT: '0' } });

  expect(await program.exitCode).toBe(1);
  expect(program.output()).toContain('NODE_ENV: must be production, development or test');
});

test('faults of the sandbox are refused where real CRMs are configured', async () => {
  const environment = { PORT: '0', KOMMO_URL: 'http://127.0.0.1:9', KOMMO_TOKEN: 'token' };
  await using program = startProgram(GATEWAY, { arguments: ['--fault', 'kommo=slow'], environment });

  expect(await program.exitCode).toBe(2);
  expect(program.output()).toContain('for the sandbox alone');
});
