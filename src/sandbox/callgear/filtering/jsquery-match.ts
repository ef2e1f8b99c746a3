import { isJsonArray, isJsonObject } from './json-value.ts';
import type { JsqueryExpression, JsqueryScalar, JsqueryStep, JsqueryTest } from './jsquery-parser.ts';

/**
 * Tells whether a JSON value satisfies a jsquery. A path is satisfied when one of the values that it selects passes the test;
 * with `#:`, `%:` and `*:` all of them have to. Comparison is strict: `"5"` is not `5`, `"A"` is not `"a"`.
 */
export function matchesJsquery(expression: JsqueryExpression, value: unknown): boolean {
  switch (expression.kind) {
    case 'and':
      return matchesJsquery(expression.left, value) && matchesJsquery(expression.right, value);
    case 'or':
      return matchesJsquery(expression.left, value) || matchesJsquery(expression.right, value);
    case 'not':
      return !matchesJsquery(expression.operand, value);
    case 'path':
      return followPath(expression.steps, expression.test, value);
  }
}

function followPath(steps: readonly JsqueryStep[], test: JsqueryTest, value: unknown): boolean {
  const [step, ...rest] = steps;
  if (step === undefined) return passes(test, value);
  const follow = (inner: unknown): boolean => followPath(rest, test, inner);
  switch (step.kind) {
    case 'any':
      return step.of === 'everything'
        ? follow(value) || children(value).some((child) => followPath(steps, test, child))
        : isOf(step.of, value) && children(value).some(follow);
    case 'all':
      return step.of === 'everything'
        ? follow(value) && children(value).every((child) => followPath(steps, test, child))
        : isOf(step.of, value) && children(value).every(follow);
    case 'itself':
      return follow(value);
    case 'length':
      return (isJsonArray(value) || isJsonObject(value)) && follow(children(value).length);
    case 'element':
      return isJsonArray(value) && step.index < value.length && follow(value[step.index]);
    case 'member':
      return isJsonObject(value) && Object.hasOwn(value, step.key) && follow(value[step.key]);
    case 'only':
      return matchesJsquery(step.expression, value) && follow(value);
  }
}

function isOf(kind: 'elements' | 'members', value: unknown): boolean {
  return kind === 'elements' ? isJsonArray(value) : isJsonObject(value);
}

function children(value: unknown): readonly unknown[] {
  if (isJsonArray(value)) return value;
  return isJsonObject(value) ? Object.values(value) : [];
}

function passes(test: JsqueryTest, value: unknown): boolean {
  switch (test.kind) {
    case 'exists':
      return true;
    case 'equals':
      return value === test.value;
    case 'in':
      return includes(test.values, value);
    case 'equals list':
      return isJsonArray(value) && value.length === test.values.length && value.every((element, index) => element === test.values[index]);
    case 'contains':
      return isJsonArray(value) && test.values.every((wanted) => value.includes(wanted));
    case 'contained':
      return isJsonArray(value) && value.every((element) => includes(test.values, element));
    case 'overlaps':
      return isJsonArray(value) && test.values.some((wanted) => value.includes(wanted));
    case '<':
      return typeof value === 'number' && value < test.value;
    case '>':
      return typeof value === 'number' && value > test.value;
    case '<=':
      return typeof value === 'number' && value <= test.value;
    case '>=':
      return typeof value === 'number' && value >= test.value;
    case 'is':
      return typeName(value) === test.type;
    case 'satisfies':
      return matchesJsquery(test.expression, value);
  }
}

function includes(values: readonly JsqueryScalar[], value: unknown): boolean {
  return values.some((candidate) => candidate === value);
}

function typeName(value: unknown): string | undefined {
  if (isJsonArray(value)) return 'array';
  if (isJsonObject(value)) return 'object';
  if (typeof value === 'number') return 'numeric';
  if (typeof value === 'string' || typeof value === 'boolean') return typeof value;
  return undefined;
}
