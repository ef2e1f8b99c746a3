import { expect, test } from 'vitest';
import { RequestTurn } from '../../../src/graphql/request-turn.ts';

test("a request's first calls to each source are small reads, and what comes after them is a scan", () => {
  const turn = new RequestTurn('front');
  const take = (source: string) => Array.from({ length: 6 }, () => turn.take(source));
  expect(take('kommo')).toEqual(['SMALL', 'SMALL', 'SMALL', 'SMALL', 'SCAN', 'SCAN']);
  expect(take('callgear')).toEqual(['SMALL', 'SMALL', 'SMALL', 'SMALL', 'SCAN', 'SCAN']);
  expect(turn.caller).toBe('front');
});
