import { expect, test } from 'vitest';
import { startTestGateway, type TestGateway, type TestGatewayOptions } from '../../support/gateway.ts';
import { startTraceCollector, type CollectedSpan, type TraceCollector } from '../../support/processes/trace-collector.ts';
import { startTestServer } from '../../support/http/http-server.ts';
import { eventually } from '../../support/eventually.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';
const CONTEXT = { traceparent: `00-${TRACE}-${PARENT}-01`, tracestate: 'vendor=value', baggage: 'user=ivan' };
const POPULATION = { onlyoffice: 10, kommo: 10, callgear: 10 };
const QUERY = `query Names($name: String) {
  contacts(first: 5, filter: { firstName: $name }) { nodes { displayName leads(first: 2) { nodes { name } } } isComplete }
  sources { name }
}`;

async function startTraced(collector: TraceCollector, options: TestGatewayOptions = {}): Promise<TestGateway> {
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...options.environment };
  return startTestGateway({ population: POPULATION, ...options, environment });
}

/** Runs one query with a trace context and stops the gateway, which sends what is left. */
async function traceOf(document: string, variables: object, options: TestGatewayOptions = {}, headers: Record<string, string> = CONTEXT) {
  await using collector = await startTraceCollector();
  const gateway = await startTraced(collector, options);
  await gateway.query(document, { ...variables }, headers);
  const upstream = gateway.requests();
  await gateway[Symbol.asyncDispose]();
  return { spans: collector.spans, text: collector.text(), requests: collector.requests, upstream, log: gateway.log };
}

function named(spans: readonly CollectedSpan[], name: string): CollectedSpan {
  const span = spans.find((candidate) => candidate.name === name);
  if (span === undefined) throw new Error(`There is no span ${name} in ${spans.map((known) => known.name).join(', ')}.`);
  return span;
}

test('a request is a span below the trace of its client, its fields are below it, and the calls of a field below the field', async () => {
  const { spans, requests, log } = await traceOf(QUERY, { name: 'Anna' });

  const request = named(spans, 'GraphQL query');
  expect(request).toMatchObject({ traceId: TRACE, parentSpanId: PARENT, isError: false });
  expect(request.attributes).toMatchObject({
    'http.request.method': 'POST',
    'http.response.status_code': 200,
    'graphql.operation.name': 'Names',
    'crm_gateway.outcome': 'ok',
  });
  expect(named(spans, 'Query.contacts').parentSpanId).toBe(request.spanId);
  expect(named(spans, 'Query.sources').parentSpanId).toBe(request.spanId);
  for (const source of ['onlyoffice', 'kommo', 'callgear']) {
    const call = named(spans, `call ${source}`);
    expect(call.parentSpanId).toBe(named(spans, 'Query.contacts').spanId);
    expect(call.attributes).toMatchObject({ 'crm_gateway.source': source, 'crm_gateway.outcome': 'OK' });
  }
  expect(spans.every(({ traceId }) => traceId === TRACE)).toBe(true);
  expect(requests[0]).toMatchObject({ path: '/v1/traces', resource: { 'service.name': 'crm-gateway' } });
  expect(log).toContainEqual(expect.objectContaining({ message: 'request', members: expect.objectContaining({ traceId: TRACE }) }));
});

test('a span lies within the one that it is part of', async () => {
  const { spans } = await traceOf(QUERY, { name: null });

  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const nested = spans.filter(({ parentSpanId }) => byId.has(parentSpanId));
  expect(nested.length).toBeGreaterThan(4);
  for (const { name, startMs, endMs, parentSpanId } of nested) {
    const parent = byId.get(parentSpanId);
    // Node's two clocks agree to a few milliseconds.
    expect({ name, isWithin: startMs >= (parent?.startMs ?? 0) - 5 && endMs <= (parent?.endMs ?? 0) + 5 }).toEqual({
      name,
      isWithin: true,
    });
  }
});

test('lists with pages have spans, and other fields have none', async () => {
  const { spans } = await traceOf(`{ contacts(first: 20, sources: ["kommo"]) { nodes { displayName leads { nodes { name } } } } }`, {});

  const fields = new Set(spans.map(({ name }) => name));
  expect([...fields].toSorted()).toEqual(['GraphQL query', 'Person.leads', 'Query.contacts', 'call kommo']);
});

test('CRMs are sent no trace context, with reads and with deletions', async () => {
  const ids = async (gateway: TestGateway) => {
    const { contacts } = await gateway.ask<{ contacts: { nodes: { id: string }[] } }>(
      '{ contacts(first: 3) { nodes { id } } }',
      {},
      CONTEXT,
    );
    return contacts.nodes.map(({ id }) => id);
  };
  await using collector = await startTraceCollector();
  await using gateway = await startTraced(collector);
  for (const id of await ids(gateway)) {
    await gateway.query('mutation ($id: ID!) { deleteContact(input: { id: $id }) { deletion { outcome } } }', { id }, CONTEXT);
  }

  const sent = gateway.requests().flatMap(({ headers }) => Object.keys(headers));
  expect(gateway.requests().some(({ didWrite }) => didWrite)).toBe(true);
  expect(sent).toContain('user-agent');
  for (const name of ['traceparent', 'tracestate', 'baggage', 'b3', 'x-b3-traceid']) expect(sent).not.toContain(name);
});

test('nothing that a caller asks for or a CRM answers is in a trace, but the name of the operation', async () => {
  const secret = 'Zvezdochkina';
  const document = `query Names($name: String) { found: contacts(first: 5, filter: { firstName: $name }) { nodes { displayName } } contact(id: "!${secret}") { id } }`;
  const { spans, text } = await traceOf(document, { name: secret });

  expect(named(spans, 'GraphQL query').attributes['crm_gateway.error_codes']).toEqual(['BAD_USER_INPUT']);
  for (const part of [secret, 'found', 'filter', 'displayName', '/api/', 'http://', '?']) expect(text).not.toContain(part);
});

test('calls that fail, and the fields and requests that fail by them, are marked', async () => {
  await using collector = await startTraceCollector();
  const gateway = await startTraced(collector, { onlyoffice: null, callgear: null });
  gateway.kommo.setFaults([{ route: 'GET /api/v4/*', effect: { kind: 'respond', status: 402 } }]);
  await gateway.query('{ contact(id: "a29tbW8vcGVyc29uLzE") { id } contacts { isComplete } }');
  await gateway[Symbol.asyncDispose]();

  const calls = collector.spans.filter(({ name }) => name === 'call kommo');
  expect(calls.length).toBeGreaterThan(0);
  for (const { isError, attributes } of calls) expect([isError, attributes['crm_gateway.outcome'] === 'OK']).toEqual([true, false]);
});

test('a client that does not want its trace recorded is heeded, and always_on heeds none', async () => {
  const unsampled = { traceparent: `00-${TRACE}-${PARENT}-00` };
  expect((await traceOf(QUERY, {}, {}, unsampled)).spans).toEqual([]);

  const environment = { OTEL_TRACES_SAMPLER: 'always_on' };
  expect((await traceOf(QUERY, {}, { environment }, unsampled)).spans.length).toBeGreaterThan(3);
});

test('traces carry the headers, the name and the attributes that are set', async () => {
  const { requests } = await traceOf(
    QUERY,
    {},
    {
      environment: {
        OTEL_EXPORTER_OTLP_HEADERS: 'api-key=a%20b,other=2',
        OTEL_SERVICE_NAME: 'contacts',
        OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=staging',
      },
    },
  );

  expect(requests[0]?.headers).toMatchObject({ 'api-key': 'a b', other: '2', 'content-type': 'application/json' });
  expect(requests[0]?.resource).toMatchObject({ 'service.name': 'contacts', 'deployment.environment.name': 'staging' });
});

test('a collector that refuses or is gone costs no answer, and one line of the log', async () => {
  await using refusing = await startTestServer((_request, response) => response.writeHead(400).end('no'));
  const gateway = await startTestGateway({ population: POPULATION, environment: { OTEL_EXPORTER_OTLP_ENDPOINT: refusing.url } });
  const { data, errors } = await gateway.query('{ sources { name } }');
  await gateway[Symbol.asyncDispose]();

  expect([data, errors]).toEqual([{ sources: [{ name: 'onlyoffice' }, { name: 'kommo' }, { name: 'callgear' }] }, []]);
  const lines = await eventually(() => {
    const warnings = gateway.log.filter(({ level }) => level === 'warn');
    expect(warnings.length).toBe(1);
    return warnings;
  });
  expect(lines[0]?.message).toContain('OTEL_EXPORTER_OTLP_ENDPOINT');
});
