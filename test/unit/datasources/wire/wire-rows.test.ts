import { expect, test } from 'vitest';
import { z } from 'zod';
import { parseRows } from '../../../../src/datasources/wire/wire-rows.ts';
import { createTestLog } from '../../../support/call.ts';

const schema = z.object({ id: z.int(), name: z.string().optional() });

test('odd rows are null in their places, and one line tells their number and places, without a value', () => {
  const log = createTestLog();
  const rows = [{ id: 1 }, { name: 'canary' }, { id: 3, name: ['canary'] }, null, { id: 5 }];
  expect(parseRows(rows, schema, { source: 'kommo', path: '$.rows', log })).toEqual([{ id: 1 }, null, null, null, { id: 5 }]);
  expect(log.lines).toMatchObject([
    { level: 'warn', members: { source: 'kommo', droppedRows: 3, paths: ['$.rows[1].id', '$.rows[2].name', '$.rows[3]'] } },
  ]);
  expect(JSON.stringify(log.lines)).not.toContain('canary');
});

test('a whole answer of odd rows is one line with the first five places, counted from where the rows stand', () => {
  const log = createTestLog();
  const rows = Array.from({ length: 250 }, () => 'odd');
  parseRows(rows, schema, { source: 'kommo', path: '$.rows', from: 3, log });
  expect(log.lines).toHaveLength(1);
  expect(log.lines[0]?.members).toEqual({
    source: 'kommo',
    droppedRows: 250,
    paths: ['$.rows[3]', '$.rows[4]', '$.rows[5]', '$.rows[6]', '$.rows[7]'],
  });
});

test('rows that fit are no matter for the log', () => {
  const log = createTestLog();
  parseRows([{ id: 1 }], schema, { source: 'kommo', path: '$.rows', log });
  expect(log.lines).toEqual([]);
});
