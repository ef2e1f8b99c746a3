import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SOURCE_MODULES } from '../../../src/datasources/registry.ts';
import { encodeSourceId } from '../../../src/federation/source-id.ts';
import { createSchema } from '../../../src/schema/schema.ts';
import { spoiltDocument, validDocument } from '../../support/operations/document-arbitraries.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';

const POPULATION = { onlyoffice: 20, kommo: 20, callgear: 20 };
const schema = createSchema(SOURCE_MODULES);
const ids = ['onlyoffice', 'kommo', 'callgear'].flatMap((source) =>
  ['1', '427', '0'].map((idInSource) => encodeSourceId({ source, entity: 'contact', idInSource })),
);
const options = { ids, depthMax: 4 };

/** One that executes every request by itself, and one that shares and keeps answers. */
let slow: TestGateway;
let fast: TestGateway;
beforeAll(async () => {
  const environment = { CACHE_TTL_MS: '600000', SCAN_BUDGET: '50' };
  // On the same CRMs: ids are the same, and so are addresses in answers.
  slow = await startTestGateway({ population: POPULATION, environment: { ...environment, ANSWER_CACHE_BYTES: '0' } });
  fast = await startTestGateway({
    onlyoffice: null,
    kommo: null,
    callgear: null,
    environment: {
      ...environment,
      ONLYOFFICE_URL: slow.onlyoffice.url,
      ONLYOFFICE_TOKEN: slow.onlyoffice.token,
      KOMMO_URL: slow.kommo.url,
      KOMMO_TOKEN: slow.kommo.token,
      KOMMO_RATE_LIMIT: '50',
      CALLGEAR_URL: slow.callgear.url,
      CALLGEAR_TOKEN: slow.callgear.token,
    },
  });
});
afterAll(async () => {
  await fast[Symbol.asyncDispose]();
  await slow[Symbol.asyncDispose]();
});

/** The answer to the byte, but for what differs from one request to the next by its nature. */
async function answerOf({ url }: TestGateway, query: string): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const text = await response.text();
  return `${response.status} ${text
    .replace(/"calls":\d+/, '"calls":0')
    .replaceAll(/"sha256":"[0-9a-f]*"/g, '"sha256":0')
    .replaceAll(/madeAt\\":\\"[^"\\]*/g, 'madeAt')
    .replace(/"(asOf|checkedAt|resetsAt|latencyMs|remaining|status)":("[^"]*"|\d+|null)/g, '"$1":0')}`;
}

const isMutation = (query: string) => query.includes('mutation');

test(
  'an answer that is shared or kept is the same as one that is executed, errors and their places included',
  { timeout: 60_000 },
  async () => {
    const documents = fc.oneof(
      { weight: 4, arbitrary: validDocument(schema, options) },
      { weight: 1, arbitrary: spoiltDocument(schema, options) },
    );
    await fc.assert(
      fc.asyncProperty(documents, async ({ query }) => {
        fc.pre(!isMutation(query));
        const right = await answerOf(slow, query);
        const atOnce = await Promise.all([query, ` ${query}`, query].map((text) => answerOf(fast, text)));
        const later = await answerOf(fast, query);
        // A blank in front moves the places of errors in the first line by one.
        const moved = await answerOf(slow, ` ${query}`);
        expect([...atOnce, later]).toEqual([right, moved, right, right]);
      }),
      { numRuns: 300, interruptAfterTimeLimit: 20_000, markInterruptAsFailure: false },
    );
  },
);
