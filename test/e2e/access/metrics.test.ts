import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { sendRaw } from '../../support/http/raw-http.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ callgear: null, population: { onlyoffice: 10, kommo: 10 } });
});
afterAll(() => gateway[Symbol.asyncDispose]());

/** Samples by their name with labels. */
async function read(): Promise<ReadonlyMap<string, number>> {
  const { text } = await sendRaw(new URL('/metrics', gateway.url).href);
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]));
}

test('requests are counted by type of operation and outcome', async () => {
  const before = await read();
  await gateway.query('{ sources { name } }');
  await gateway.query('{ sources { name } contact(id: "!") { id } }');
  await gateway.query('{ contact(id: "!") { id } }');
  await gateway.query('mutation { __typename }');
  await gateway.query('{ nothing }');
  await sendRaw(gateway.url, { method: 'PUT' });
  const after = await read();

  const rise = (operation: string, outcome: string) => {
    const name = `crm_gateway_requests_total{operation="${operation}",outcome="${outcome}"}`;
    return (after.get(name) ?? 0) - (before.get(name) ?? 0);
  };
  expect([rise('query', 'ok'), rise('query', 'partial'), rise('query', 'failed'), rise('mutation', 'ok')]).toEqual([1, 1, 1, 1]);
  expect([rise('none', 'failed'), rise('none', 'refused')]).toEqual([1, 1]);
  expect(after.get('crm_gateway_request_duration_seconds_count{operation="query"}')).toBeGreaterThanOrEqual(3);
});

test('calls to the CRMs are counted by source and outcome, retries included, and timed', async () => {
  const before = await read();
  gateway.kommo.setFaults([{ route: 'GET /api/v4/contacts', times: 1, effect: { kind: 'respond', status: 503 } }]);
  await gateway.ask('{ contacts(first: 1) { totalCount } }');
  const after = await read();

  const rise = (source: string, outcome: string) => {
    const name = `crm_gateway_source_calls_total{source="${source}",outcome="${outcome}"}`;
    return (after.get(name) ?? 0) - (before.get(name) ?? 0);
  };
  expect([rise('kommo', 'UNAVAILABLE'), rise('kommo', 'OK'), rise('onlyoffice', 'OK')]).toEqual([1, 1, 1]);
  expect(after.get('crm_gateway_source_call_duration_seconds_count{source="kommo"}')).toBeGreaterThanOrEqual(2);
});

test('the process is told of in the usual names', async () => {
  const names = [...(await read()).keys()];

  for (const name of ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'nodejs_eventloop_lag_p99_seconds']) {
    expect(names).toContain(name);
  }
});

test('nothing that callers send makes a series of its own', async () => {
  await gateway.query('{ sources { name } }');
  const before = await read();
  for (let count = 0; count < 20; count += 1) {
    await gateway.query(
      `query Name${count} { alias${count}: sources { name } }`,
      {},
      { 'x-request-id': `request-${count}`, 'user-agent': `agent-${count}` },
    );
    await gateway.query(`{ unknown${count} }`);
    await gateway.query(`{ source(name: "name-${count}") { name } contacts(sources: ["name-${count}"]) { totalCount } }`);
    await sendRaw(new URL(`/path-${count}`, gateway.url).href);
  }
  const added = [...(await read()).keys()].filter((name) => !before.has(name) && name.startsWith('crm_gateway'));

  // A query with and without errors may be new, but not twenty of anything.
  expect(added.filter((name) => !name.includes('_bucket')).length).toBeLessThan(6);
});
