import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';
import { expect, test } from 'vitest';

const SRC = join(import.meta.dirname, '../../../src');
/** What is made for each request, or each row. */
const ROOMS = ['auth', 'datasources', 'federation', 'graphql', 'schema', 'server', 'telemetry'];

/** Counts the getters in object literals that are made whenever a function runs. */
function gettersIn(file: string): number {
  let functions = 0;
  let getters = 0;
  const enter = () => void (functions += 1);
  const leave = () => void (functions -= 1);
  const visitor = new Visitor({
    FunctionDeclaration: enter,
    'FunctionDeclaration:exit': leave,
    FunctionExpression: enter,
    'FunctionExpression:exit': leave,
    ArrowFunctionExpression: enter,
    'ArrowFunctionExpression:exit': leave,
    ObjectExpression({ properties }) {
      if (functions > 0) getters += properties.filter((property) => property.type === 'Property' && property.kind === 'get').length;
    },
  });
  visitor.visit(parseSync(file, readFileSync(join(SRC, file), 'utf8')).program);
  return getters;
}

test('no object of a request has a getter of its own: V8 would keep its shape, and all that the getter sees, until a major collection', () => {
  const files = globSync(`{${ROOMS.join()}}/**/*.ts`, { cwd: SRC });
  expect(files.length).toBeGreaterThan(200);
  expect(files.filter((file) => gettersIn(file) > 0)).toEqual([]);
});
