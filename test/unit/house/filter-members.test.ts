import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
const PORT = 'src/datasources/port';
/** Where filters are planned, checked and given, and served; what these rooms import compiles with them. */
const COMPILED = ['src/schema', 'src/federation', 'src/datasources', 'src/graphql'];
/** The compiler needs two seconds, and much longer on a busy machine. */
const COMPILER_MS_MAX = 120_000;

/** Compiles the sources with some texts changed. @returns The files with errors, each once. */
async function filesWithErrors(changes: readonly (readonly [file: string, from: string, to: string])[]): Promise<readonly string[]> {
  const house = mkdtempSync(join(tmpdir(), 'house-'));
  onTestFinished(() => rmSync(house, { recursive: true }));
  for (const path of ['src', 'tsconfig.json', 'package.json']) cpSync(join(ROOT, path), join(house, path), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(house, 'node_modules'));
  const compiler = join(house, 'tsconfig.json');
  writeFileSync(compiler, readFileSync(compiler, 'utf8').replace(/"include": \[.*\]/, `"include": ${JSON.stringify(COMPILED)}`));
  for (const [file, from, to] of changes) {
    const text = readFileSync(join(house, file), 'utf8');
    if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
    writeFileSync(join(house, file), text.replace(from, to));
  }
  const run = promisify(execFile)(join(ROOT, 'node_modules/.bin/tsc'), ['--pretty', 'false', '--singleThreaded'], { cwd: house });
  const { stdout } = await run.catch((error: { stdout: string }) => error);
  return [...new Set([...stdout.matchAll(/^([\w/.-]+)\(/gm)].map(([, file = '']) => file))].toSorted();
}

test(
  'a new member of the filter does not compile until each CRM plans it, rows are checked for it, and clients can give it',
  async () => {
    const files = await filesWithErrors([
      [`${PORT}/list-query.ts`, 'readonly lastName?: string;', 'readonly lastName?: string; readonly nickname?: string;'],
      [`${PORT}/contact-filter-field.ts`, "  'LAST_NAME',\n] as const", "  'LAST_NAME',\n  'NICKNAME',\n] as const"],
    ]);
    expect(files).toEqual([
      'src/datasources/callgear/planning/plan.ts',
      'src/datasources/kommo/planning/plan.ts',
      'src/datasources/onlyoffice/planning/plan.ts',
      `${PORT}/filter-fields.ts`,
      'src/federation/contact-filter.ts',
      'src/federation/filter-match.ts',
      'src/schema/contacts/contact-filter-field.ts',
      'src/schema/contacts/read-contact-filter.ts',
    ]);
  },
  COMPILER_MS_MAX,
);
