import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startProgram } from '../../support/processes/child-process.ts';
import { startTraceCollector } from '../../support/processes/trace-collector.ts';

const RECORDER = join(import.meta.dirname, '../../support/processes/record-modules.mjs');

/** Runs the gateway for one request. @returns the packages that it has loaded by its end. */
async function packagesOf(environment: Readonly<Record<string, string>>): Promise<readonly string[]> {
  await using gateway = startProgram('src/main.ts', { environment: { PORT: '0', NODE_OPTIONS: `--import=${RECORDER}`, ...environment } });
  const [, url = ''] = await gateway.waitFor(/ready: (http\S+)/);
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ contacts(first: 1) { nodes { id } } }' }),
  });
  expect(await response.json()).toHaveProperty('data.contacts.nodes');
  gateway.kill('SIGTERM');
  expect(await gateway.exitCode).toBe(0);
  return /^loaded: (.*)$/m.exec(gateway.output())?.[1]?.split(' ') ?? [];
}

test('nothing of OpenTelemetry is loaded where nobody wants traces, but the interface that prom-client needs', async () => {
  const packages = await packagesOf({});

  expect(packages).toContain('graphql-yoga');
  expect(packages.filter((name) => name.startsWith('@opentelemetry/'))).toEqual(['@opentelemetry/api']);
});

test('it is loaded where an endpoint is set, and what is left is sent when the gateway stops', async () => {
  await using collector = await startTraceCollector();
  const packages = await packagesOf({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });

  expect(packages).toContain('@opentelemetry/sdk-trace');
  expect(collector.spans.map(({ name }) => name)).toEqual(expect.arrayContaining(['GraphQL query', 'Query.contacts', 'call kommo']));
});
