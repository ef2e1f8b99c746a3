import fc from 'fast-check';
import { createYoga, type Plugin } from 'graphql-yoga';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { maskError } from '../../../../src/graphql/mask-error.ts';
import { useQueryExecution } from '../../../../src/graphql/use-query-execution.ts';
import {
  createFaultySchema,
  faultyOperation,
  type FaultyContext,
  type FaultyOperation,
} from '../../../support/operations/faulty-schema.ts';

const schema = createFaultySchema();

/** Without validation: most generated documents leave a variable or a fragment unused, or select two fields under one name. */
const withoutValidation: Plugin = {
  onValidate: ({ setResult }) => setResult([]),
};

function server(plugins: readonly Plugin[]) {
  return createYoga<FaultyContext>({ schema, maskedErrors: { maskError }, logging: false, plugins: [withoutValidation, ...plugins] });
}
const reference = server([]);
const own = server([useQueryExecution()]);

async function answerOf(
  yoga: typeof own,
  { query, variables }: FaultyOperation,
  context: FaultyContext,
): Promise<{ status: number; text: string; answer: Answer }> {
  const response = await yoga.fetch(
    'http://gateway/graphql',
    { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query, variables }) },
    context,
  );
  const text = await response.text();
  await nextTurn();
  return { status: response.status, text, answer: withoutLeftovers(JSON.parse(text) as Answer) };
}

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly { readonly path?: readonly (string | number)[] }[];
}

/**
 * Of several errors below one null the specification wants one. Executors differ in how many of the others come in time: only the first is kept.
 */
function withoutLeftovers({ errors = [], ...answer }: Answer): Answer {
  const nulls = new Set<string>();
  const kept = errors.filter(({ path = [] }) => {
    let value = answer.data;
    const place: (string | number)[] = [];
    for (const key of path) {
      if (value === null || value === undefined) break;
      place.push(key);
      value = (value as Record<string, unknown>)[key];
    }
    const name = place.join('.');
    return !nulls.has(name) && nulls.add(name);
  });
  return { ...answer, errors: kept };
}

/** The reference executor leaves rejections of lists unheard, which would end a process; the own one must not. */
let isReference = false;
let unheard = 0;
const listeners = process.listeners('unhandledRejection');
beforeAll(() => {
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', () => {
    if (!isReference) unheard += 1;
  });
});
afterAll(() => {
  process.removeAllListeners('unhandledRejection');
  for (const listener of listeners) process.on('unhandledRejection', listener);
});

test('answers are those of the reference executor, errors and their places included', { timeout: 120_000 }, async () => {
  const counts = { ok: 0, partial: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(faultyOperation, fc.integer({ min: 0, max: 1_000_000 }), fc.constantFrom(0, 1, 3), async (operation, seed, faults) => {
      const context = { seed, faults };
      isReference = true;
      const right = await answerOf(reference, operation, context);
      isReference = false;
      const first = await answerOf(own, operation, context);
      const again = await answerOf(own, operation, context);
      const { status, answer } = right;
      expect([first, again]).toMatchObject([
        { status, answer },
        { status, answer },
      ]);
      // Where nothing is left over, to the byte.
      if (right.answer.errors?.length === 0) expect([first.text, again.text]).toEqual([right.text, right.text]);
      counts[right.text.includes('"errors"') ? (right.text.includes('"data":{') ? 'partial' : 'refused') : 'ok'] += 1;
    }),
    { numRuns: 1_000, interruptAfterTimeLimit: 60_000, markInterruptAsFailure: false },
  );
  // The run says something only if each kind of answer occurs often; a busy machine has time for fewer runs.
  const runs = counts.ok + counts.partial + counts.refused;
  expect(runs).toBeGreaterThan(200);
  expect(Math.min(counts.ok, counts.partial, counts.refused)).toBeGreaterThan(runs / 20);
  expect(unheard).toBe(0);
});
