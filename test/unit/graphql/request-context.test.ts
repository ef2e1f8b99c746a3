import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createErasureSigner } from '../../../src/config/erasure-signer.ts';
import { readSettings } from '../../../src/config/settings.ts';
import { SOURCE_MODULES } from '../../../src/datasources/registry.ts';
import { createIdentityKit } from '../../../src/federation/identity/identity-kit.ts';
import { createRequestContext } from '../../../src/graphql/request-context.ts';

const timeOf = (requestTimeoutMs: number, waitedMs = 0): number => {
  const startedAt = performance.now() - waitedMs;
  const context = createRequestContext({
    settings: readSettings({ REQUEST_TIMEOUT_MS: String(requestTimeoutMs) }, SOURCE_MODULES),
    sources: new Map(),
    identityKit: createIdentityKit({
      identity: { sharedKeys: [], sharedMailboxes: [], foldsPlusAddresses: false },
      stateKey: null,
      defaultCountry: undefined,
    }),
    requestId: 'a',
    caller: { name: 'anonymous', scopes: new Set() },
    headers: new Headers(),
    startedAt,
    signal: new AbortController().signal,
    announceDeletion: async () => undefined,
    auditDeletion: () => undefined,
    auditErasure: () => undefined,
    erasureSigner: createErasureSigner(readSettings({}, SOURCE_MODULES)),
  });
  context.endReads();
  return context.deadline - startedAt;
};

test('every REQUEST_TIMEOUT_MS that the settings take gives a request its time, less a little for the answer', () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 86_400_000 }), (requestTimeoutMs) => {
      expect(timeOf(requestTimeoutMs)).toBeGreaterThan(requestTimeoutMs * 0.9);
    }),
    { examples: [[101], [750], [4_999]] },
  );
});

test.each([1_000, 90_000])('the time of a request counts from its start, of which %i ms have passed before it is executed', (waitedMs) => {
  expect(timeOf(60_000, waitedMs)).toBeCloseTo(timeOf(60_000));
});
