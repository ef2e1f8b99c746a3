import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PARAMETER_LIMITS } from '../../../src/graphql/parameter-limits.ts';
import { OPERATION_LIMITS } from '../../../src/graphql/use-operation-limits.ts';
import { BODY_BYTES_MAX } from '../../../src/server/body.ts';
import { CLIENT_LIMITS } from '../../../src/server/server.ts';
import { PAGE_SIZE_MAX } from '../../../src/schema/page-size.ts';

const ROOT = join(import.meta.dirname, '../../..');
const text = readFileSync(join(ROOT, 'docs/security.md'), 'utf8');
/** The rest of the row of each code. */
const rows = new Map([...text.matchAll(/^\| `([A-Z_]+)` +\| (.+)$/gm)].map(([, code = '', row = '']) => [code, row]));

test('docs/security.md tells of every code with which the door refuses', () => {
  const sources = globSync(['src/{auth,server}/*.ts', 'src/graphql/use-*.ts', 'src/graphql/disclosure.ts'], { cwd: ROOT }).map((path) =>
    readFileSync(join(ROOT, path), 'utf8'),
  );
  const codes = sources.flatMap((source) => [...source.matchAll(/(?:code: |refuse\(\s*)'([A-Z_]+)'/g)].map(([, code]) => code));

  expect(codes.length).toBeGreaterThan(18);
  expect(codes.filter((code) => code !== 'INTERNAL_SERVER_ERROR' && !rows.has(code ?? ''))).toEqual([]);
});

test('docs/security.md tells the limits as they are', () => {
  const limits: [string, readonly number[]][] = [
    ['BODY_TOO_LARGE', [BODY_BYTES_MAX]],
    ['TOKEN_LIMIT_EXCEEDED', [OPERATION_LIMITS.tokens]],
    ['DEPTH_LIMIT_EXCEEDED', [OPERATION_LIMITS.depth, OPERATION_LIMITS.depth * 2]],
    ['ALIAS_LIMIT_EXCEEDED', [OPERATION_LIMITS.aliases]],
    ['DIRECTIVE_LIMIT_EXCEEDED', [OPERATION_LIMITS.directivesPerNode, OPERATION_LIMITS.directives]],
    ['FRAGMENT_LIMIT_EXCEEDED', [OPERATION_LIMITS.fragments]],
    [
      'FIELD_LIMIT_EXCEEDED',
      [
        OPERATION_LIMITS.fields,
        OPERATION_LIMITS.fieldsInDocument,
        OPERATION_LIMITS.repeats,
        OPERATION_LIMITS.repeats,
        OPERATION_LIMITS.plainRepeats,
      ],
    ],
    ['VARIABLE_LIMIT_EXCEEDED', [PARAMETER_LIMITS.values, PARAMETER_LIMITS.depth]],
    ['PAGE_LIMIT_EXCEEDED', [PAGE_SIZE_MAX]],
  ];
  for (const [code, expected] of limits) {
    const [, when = ''] = rows.get(code)?.split('|') ?? [];
    expect([code, [...when.matchAll(/[\d,]*\d/g)].map(([number]) => Number(number.replaceAll(',', '')))]).toEqual([code, expected]);
  }
});

test('docs/security.md tells how long slow clients are waited for as it is', () => {
  const [, paragraph = ''] = /\*\*Slow clients\*\*: ([^]*?)\n- /.exec(text) ?? [];
  const { headersMs, requestMs, answerMs, checkMs, keepAliveMs, untakenBytes } = CLIENT_LIMITS;

  expect([...paragraph.matchAll(/(\d+) s\b/g)].map(([, seconds]) => Number(seconds) * 1_000)).toEqual([
    headersMs,
    requestMs,
    answerMs,
    checkMs,
    keepAliveMs,
  ]);
  expect(Number(/(\d+) MiB/.exec(paragraph)?.[1]) * 1024 * 1024).toBe(untakenBytes);
});
