import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parse, validate } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SOURCE_MODULES } from '../../../src/datasources/registry.ts';
import { encodeSourceId } from '../../../src/federation/source-id.ts';
import { createSchema } from '../../../src/schema/schema.ts';
import { spoiltDocument, validDocument, type DocumentOptions } from '../../support/document-arbitraries.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { sendRaw, type RawRequest } from '../../support/raw-http.ts';

/** Long enough to find something, short enough to run each time; `FUZZ_MS` makes it longer. */
const BUDGET_MS = Number(process.env['FUZZ_MS'] ?? 1_000);
const bounded = { interruptAfterTimeLimit: BUDGET_MS, markInterruptAsFailure: false, numRuns: 100_000, endOnFailure: true } as const;

const PRINTABLE = Array.from({ length: 95 }, (_, index) => String.fromCodePoint(32 + index));

const schema = createSchema(SOURCE_MODULES);
const entities = ['contact', 'company', 'user', 'tag', 'status', 'type', 'group', 'source'] as const;
const options: DocumentOptions = {
  ids: ['onlyoffice', 'kommo', 'callgear', 'nobody'].flatMap((source) =>
    entities.flatMap((entity) =>
      ['1', '427', '0', '99999999999999999999', '../1'].map((idInSource) => encodeSourceId({ source, entity, idInSource })),
    ),
  ),
  depthMax: 5,
};

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ population: { onlyoffice: 20, kommo: 20, callgear: 20 }, environment: { SCAN_BUDGET: '100' } });
});
afterAll(() => gateway[Symbol.asyncDispose]());

const time = { timeout: BUDGET_MS + 20_000 };

/** Runs for the time allowed, and waits for the run that was under way when it ended: its calls are not the next test's. */
async function assertBounded<T>(arbitrary: fc.Arbitrary<T>, run: (value: T) => Promise<unknown>): Promise<void> {
  let underWay: Promise<void> = Promise.resolve();
  const start = (value: T) => (underWay = run(value).then(() => undefined));
  await fc.assert(fc.asyncProperty(arbitrary, start), bounded);
  await underWay;
}

/** Every code that docs/errors.md has. */
const DOCUMENTED_CODES = [...readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8').matchAll(/^\| `([A-Z_]+)`/gm)].map(
  ([, code]) => code,
);

/** Refusals of the whole request: nothing of it may have been run. */
const isRefused = (answer: { data?: unknown }) => answer.data === undefined || answer.data === null;

interface Answer {
  readonly data?: object | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: unknown } }[];
  readonly extensions?: { readonly cost?: { readonly calls: number; readonly limit: number } };
}

/** What holds for every answer, whatever was sent. */
function check(text: string): Answer {
  const answer = JSON.parse(text) as Answer;
  for (const { message, extensions } of answer.errors ?? []) {
    expect(DOCUMENTED_CODES).toContain(extensions?.code);
    expect(message.length).toBeLessThanOrEqual(500);
    expect([extensions?.code, message]).not.toContain('INTERNAL_SERVER_ERROR');
    expect(message).not.toMatch(/\n|node_modules|\bat \w+ \(|\[object/);
  }
  expect(answer.extensions?.cost?.limit).toBe(100);
  expect(answer.data !== undefined || (answer.errors ?? []).length > 0).toBe(true);
  if (isRefused(answer)) expect([answer.extensions?.cost?.calls, gateway.calls()]).toEqual([0, {}]);
  return answer;
}

async function post(body: string, headers: Record<string, string> = {}): Promise<Answer> {
  gateway.clearCalls();
  const { text } = await sendRaw(gateway.url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
  return check(text);
}

afterAll(async () => {
  // The process that answered all this still answers.
  expect((await fetch(new URL('/health', gateway.url))).status).toBe(200);
});

describe('whatever is sent, the gateway lives, each error has a code, and what is refused costs no call', () => {
  test('operations over the whole schema', time, async () => {
    await assertBounded(validDocument(schema, options), async ({ query }) => {
      expect(validate(schema, parse(query)).map(({ message }) => message)).toEqual([]);
      await post(JSON.stringify({ query }));
    });
  });

  test('spoilt operations', time, async () => {
    await assertBounded(spoiltDocument(schema, options), ({ query }) => post(JSON.stringify({ query })));
  });

  test('bodies that are no requests', time, async () => {
    const members = {
      query: fc.oneof(fc.constantFrom('{ __typename }', 'query A { __typename } query B { sources { name } }', ''), fc.anything()),
      variables: fc.anything(),
      operationName: fc.oneof(fc.constantFrom('A', 'C'), fc.anything()),
      extensions: fc.anything(),
    };
    const bodies = fc.oneof(
      fc.record(members, { requiredKeys: [] }).map((value) => JSON.stringify(value) ?? ''),
      fc.json(),
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.integer({ min: 1, max: 40_000 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
    );
    await assertBounded(bodies, (body) => post(body));
  });

  test('requests of any method, path and headers', time, async () => {
    const text = fc.string({ unit: fc.constantFrom(...PRINTABLE), maxLength: 40 });
    const headers = fc.record(
      {
        accept: fc.oneof(fc.constantFrom('application/json', '*/*;q=0', 'text/event-stream', 'multipart/mixed', 'application/*;q=x'), text),
        'content-type': fc.oneof(fc.constantFrom('application/json', 'application/json; charset=utf-8', 'text/plain'), text),
        authorization: text,
        origin: text,
        'x-request-id': text,
        'x-forwarded-for': text,
        'cache-control': text,
        'sec-fetch-site': fc.constantFrom('cross-site', 'same-origin', 'none'),
        cookie: text,
      },
      { requiredKeys: [] },
    );
    const requests = fc.record({
      method: fc.constantFrom('GET', 'POST', 'POST', 'PUT', 'DELETE', 'PATCH'),
      headers,
      query: fc.oneof(
        fc.constantFrom('', '?query={__typename}', '?query={sources{name}}&variables=[]'),
        text.map((value) => `?query=${encodeURIComponent(value)}&extensions=${encodeURIComponent(value)}`),
      ),
    });
    await assertBounded(requests, async ({ query, ...request }) => {
      gateway.clearCalls();
      const answer = await sendRaw(gateway.url + query, {
        ...request,
        ...(request.method !== 'GET' && { body: '{"query":"{ __typename }"}' }),
      } as RawRequest);
      check(answer.text);
    });
  });
});
