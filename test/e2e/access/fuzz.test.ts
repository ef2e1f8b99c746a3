import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fuzzRequests, REQUEST_KINDS, startRequestTarget } from '../../support/fuzz/request-fuzz.ts';
import type { TestGateway } from '../../support/gateway.ts';

/** Of each kind, a thousand in all; `npm run fuzz` sends ten times as many. */
const RUNS = 250;
/** What fails names the seed and the path to it; FUZZ_SEED sets another. */
const SEED = Number(process.env['FUZZ_SEED'] ?? 1);

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startRequestTarget();
});
afterAll(() => gateway[Symbol.asyncDispose]());

describe('whatever is sent, the gateway lives, each error has a code, and what is refused costs no call', () => {
  test.each(Object.keys(REQUEST_KINDS) as (keyof typeof REQUEST_KINDS)[])('%s', { timeout: 120_000 }, async (kind) => {
    await fuzzRequests(gateway, kind, { runs: RUNS, seed: SEED });

    // The process that answered all this still answers.
    expect((await fetch(new URL('/health', gateway.url))).status).toBe(200);
  });
});
