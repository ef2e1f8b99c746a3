import { deepStrictEqual, match, notEqual, ok } from 'node:assert/strict';
import fc from 'fast-check';
import { SOURCE_MODULES } from '../../../src/datasources/registry.ts';
import { encodeSourceId } from '../../../src/federation/source-id.ts';
import { createSchema } from '../../../src/schema/schema.ts';
import { spoiltDocument, validDocument, type DocumentOptions } from '../operations/document-arbitraries.ts';
import { startTestGateway, type TestGateway } from '../gateway.ts';
import { sendRaw, type RawRequest } from '../http/raw-http.ts';
import { DOCUMENTED_CODES } from './documented-codes.ts';

const MESSAGE_LENGTH_MAX = 500;
const PRINTABLE = Array.from({ length: 95 }, (_, index) => String.fromCodePoint(32 + index));
const ENTITIES = ['contact', 'company', 'user', 'tag', 'status', 'type', 'group', 'source'] as const;

const documents: DocumentOptions = {
  ids: ['onlyoffice', 'kommo', 'callgear', 'nobody'].flatMap((source) =>
    ENTITIES.flatMap((entity) =>
      ['1', '427', '0', '99999999999999999999', '../1'].map((idInSource) => encodeSourceId({ source, entity, idInSource })),
    ),
  ),
  depthMax: 5,
};

/** One request, as it goes over the wire; `query` follows the URL. */
interface FuzzedRequest extends RawRequest {
  readonly query?: string;
}

const inBody = (body: string): FuzzedRequest => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body });

const bodies = fc.oneof(
  fc
    .record(
      {
        query: fc.oneof(fc.constantFrom('{ __typename }', 'query A { __typename } query B { sources { name } }', ''), fc.anything()),
        variables: fc.anything(),
        operationName: fc.oneof(fc.constantFrom('A', 'C'), fc.anything()),
        extensions: fc.anything(),
      },
      { requiredKeys: [] },
    )
    .map((value) => JSON.stringify(value) ?? ''),
  fc.json(),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.integer({ min: 1, max: 40_000 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
);

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
const requests = fc
  .record({
    method: fc.constantFrom('GET', 'POST', 'POST', 'PUT', 'DELETE', 'PATCH'),
    headers,
    query: fc.oneof(
      fc.constantFrom('', '?query={__typename}', '?query={sources{name}}&variables=[]'),
      text.map((value) => `?query=${encodeURIComponent(value)}&extensions=${encodeURIComponent(value)}`),
    ),
  })
  .map((request) => ({ ...request, ...(request.method !== 'GET' && { body: '{"query":"{ __typename }"}' }) }) as FuzzedRequest);

const schema = createSchema(SOURCE_MODULES);

/** What is sent, by kind. */
export const REQUEST_KINDS = {
  'operations over the whole schema': validDocument(schema, documents).map(({ query }) => inBody(JSON.stringify({ query }))),
  'spoilt operations': spoiltDocument(schema, documents).map(({ query }) => inBody(JSON.stringify({ query }))),
  'bodies that are no requests': bodies.map(inBody),
  'requests of any method, path and headers': requests,
} as const satisfies Record<string, fc.Arbitrary<FuzzedRequest>>;

/** Starts what the requests are sent to. */
export function startRequestTarget(): Promise<TestGateway> {
  return startTestGateway({ population: { onlyoffice: 20, kommo: 20, callgear: 20 }, environment: { SCAN_BUDGET: '100' } });
}

/**
 * Sends requests at random and looks at each answer.
 *
 * @throws Error of fast-check, which names the seed and the path that repeat the request, and the request itself.
 */
export async function fuzzRequests(
  gateway: TestGateway,
  kind: keyof typeof REQUEST_KINDS,
  options: { readonly runs: number; readonly seed: number },
): Promise<void> {
  const run = async ({ query = '', ...request }: FuzzedRequest) => {
    gateway.clearCalls();
    checkAnswer((await sendRaw(gateway.url + query, request)).text, gateway);
  };
  await fc.assert(fc.asyncProperty(REQUEST_KINDS[kind] as fc.Arbitrary<FuzzedRequest>, run), { numRuns: options.runs, seed: options.seed });
}

interface CheckedAnswer {
  readonly data?: object | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: unknown } }[];
  readonly extensions?: { readonly cost?: { readonly calls: number; readonly limit: number } };
}

/** What holds for every answer, whatever was sent. */
function checkAnswer(answerText: string, gateway: TestGateway): void {
  const answer = JSON.parse(answerText) as CheckedAnswer;
  for (const { message, extensions } of answer.errors ?? []) {
    ok(DOCUMENTED_CODES.has(String(extensions?.code)), `the code ${String(extensions?.code)} is not documented`);
    notEqual(extensions?.code, 'INTERNAL_SERVER_ERROR', message);
    ok(message.length <= MESSAGE_LENGTH_MAX, 'a message is too long');
    match(message, /^(?![^]*(?:\n|node_modules|\bat \w+ \(|\[object))/);
  }
  deepStrictEqual(answer.extensions?.cost?.limit, gateway.settings.callBudget);
  ok(answer.data !== undefined || (answer.errors ?? []).length > 0, 'neither data nor errors');
  // Nothing of a request that was refused as a whole may have been run.
  const isRefused = answer.data === undefined || answer.data === null;
  if (isRefused) deepStrictEqual([answer.extensions?.cost?.calls, gateway.calls()], [0, {}]);
}
