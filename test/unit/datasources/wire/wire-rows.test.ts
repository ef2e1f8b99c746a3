import { expect, test } from 'vitest';
import { readRows } from '../../../../src/datasources/wire/wire-rows.ts';
import type { WireRow } from '../../../../src/datasources/wire/wire-value.ts';
import { createTestLog } from '../../../support/call.ts';

const readId = (wire: WireRow) => wire.at('id').requiredId();

test('odd rows are null in their places, and one line tells their number and places, without a value', () => {
  const log = createTestLog();
  const rows = [{ id: 1 }, { name: 'canary' }, { id: ['canary'] }, null, { id: 5 }];
  expect(readRows(rows, { source: 'kommo', path: '$.rows', log }, readId)).toEqual({ rows: ['1', null, null, null, '5'], droppedRows: 3 });
  expect(log.lines).toMatchObject([
    { level: 'warn', members: { source: 'kommo', droppedRows: 3, paths: ['$.rows[1].id', '$.rows[2].id', '$.rows[3].id'] } },
  ]);
  expect(JSON.stringify(log.lines)).not.toContain('canary');
});

test('a whole answer of odd rows is one line with the first five places, counted from where the rows stand', () => {
  const log = createTestLog();
  const rows = Array.from({ length: 250 }, () => 'odd');
  readRows(rows, { source: 'kommo', path: '$.rows', from: 3, log }, readId);
  expect(log.lines).toHaveLength(1);
  expect(log.lines[0]?.members).toEqual({
    source: 'kommo',
    droppedRows: 250,
    paths: ['$.rows[3]', '$.rows[4]', '$.rows[5]', '$.rows[6]', '$.rows[7]'],
  });
});

test('rows that fit are no matter for the log', () => {
  const log = createTestLog();
  readRows([{ id: 1 }], { source: 'kommo', path: '$.rows', log }, readId);
  expect(log.lines).toEqual([]);
});
