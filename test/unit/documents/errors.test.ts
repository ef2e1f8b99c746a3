import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, isEnumType } from 'graphql';
import { describe, expect, test } from 'vitest';
import { SOURCE_ERROR_CODES } from '../../../src/datasources/port/source-error.ts';

const ROOT = join(import.meta.dirname, '../../..');
const schema = buildSchema(readFileSync(join(ROOT, 'schema.graphql'), 'utf8'));
const page = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8');

/** The codes of each table of the page, by the sentence that introduces it. */
function documented(introduction: string): string[] {
  const start = page.indexOf(introduction);
  if (start < 0) throw new Error(`docs/errors.md says nothing of ${introduction}`);
  const table = /\n\|[^\n]*\n\|[ -|]*\n((?:\|[^\n]*\n)+)/.exec(page.slice(start))?.[1] ?? '';
  return table
    .trim()
    .split('\n')
    .map((row) => /^\| *`([A-Z_]+)` *\| *\S.*\| *\S.*\|$/.exec(row)?.[1] ?? row);
}

function valuesOf(name: string): string[] {
  const type = schema.getType(name);
  return isEnumType(type) ? type.getValues().map((value) => value.name) : [];
}

/** What the code of the gateway itself, CRMs apart, puts into `extensions.code`. */
function codesInSource(): Set<string> {
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && !/^(sandbox|datasources|commands)[/\\]/.test(path),
  );
  const codes = new Set<string>();
  for (const path of files) {
    const text = readFileSync(join(ROOT, 'src', path), 'utf8');
    for (const [, code] of text.matchAll(/(?:\bcode: |\brefuse\(\s*)'([A-Z][A-Z_]+)'/g)) codes.add(code ?? '');
  }
  return codes;
}

/** Given by Yoga and the executor themselves; the tests of test/e2e/access meet each. */
const CODES_OF_GRAPHQL = ['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'OPERATION_RESOLUTION_FAILURE'];

describe('docs/errors.md', () => {
  test.each([
    ['Failures of a CRM', 'SourceErrorCode'],
    ['`sourceReports.status`', 'SourceReportStatus'],
    ['`Source.health.status`', 'SourceHealthStatus'],
    ['`ContactDeletion.outcome`', 'DeletionOutcome'],
    ['`userErrors.code`', 'DeleteContactErrorCode'],
    ['## Erasure of a person', 'ErasureErrorCode'],
  ])('has in its table of %s every value of %s and no other', (introduction, type) => {
    const values = valuesOf(type);
    expect(values.length).toBeGreaterThan(2);
    expect(documented(introduction).sort()).toEqual(values.sort());
  });

  test('has every failure that a datasource may throw', () => {
    expect(documented('Failures of a CRM').sort()).toEqual([...SOURCE_ERROR_CODES].sort());
  });

  test('has every code with which the gateway itself turns a request away, and no other', () => {
    const elsewhere = new Set([...SOURCE_ERROR_CODES, ...valuesOf('DeleteContactErrorCode'), ...valuesOf('ErasureErrorCode')]);
    const codes = [...codesInSource()].filter((code) => !elsewhere.has(code));
    expect(codes.length).toBeGreaterThan(20);
    const shared = ['UNAUTHENTICATED', 'FORBIDDEN', 'COST_EXCEEDED', 'TIMEOUT'];
    expect(documented('## Requests that are turned away').sort()).toEqual([...codes, ...shared, ...CODES_OF_GRAPHQL].sort());
    for (const code of shared) expect(codesInSource()).toContain(code);
  });
});
