import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { Agent, createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';

const CONNECTIONS = 8;
const ROUNDS = Number(process.argv[2] ?? 3);
const REQUESTS = Number(process.argv[3] ?? 400);

const SMALL = '{ contacts(first: 25) { nodes { id displayName } } }';
const FULL =
  '{ contacts(first: 25) { nodes { id displayName emails { value } phones { value } customFields { field { label } text } responsible { displayName } ... on Person { company { displayName } } } } }';
/** Takes whatever traces come, and looks at nothing. */
const collector = createServer((request, response) => request.resume().on('end', () => response.end('{}'))).listen(0, '127.0.0.1');
await once(collector, 'listening');
const TRACED = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}` };

const SERVERS = [
  { name: 'floor: three calls, no GraphQL', script: 'bench/floor.ts', query: SMALL, environment: {} },
  { name: 'gateway, nothing remembered', script: 'src/main.ts', query: SMALL, environment: { CACHE_TTL_MS: '0' } },
  { name: 'gateway', script: 'src/main.ts', query: SMALL, environment: {} },
  { name: 'gateway, nothing remembered, traces', script: 'src/main.ts', query: SMALL, environment: { CACHE_TTL_MS: '0', ...TRACED } },
  { name: 'gateway, traces', script: 'src/main.ts', query: SMALL, environment: TRACED },
  { name: 'gateway, nested data', script: 'src/main.ts', query: FULL, environment: {} },
];
/** Limits that stand for the CRMs' and the callers' quotas, which a benchmark would only wait for. */
const UNLIMITED = { KOMMO_RATE_LIMIT: '1000', CALLER_RATE_LIMIT: '1000000', LOG_LEVEL: 'error', PORT: '0' };

interface Sample {
  readonly perSecond: number;
  /** Of the server's process, user and system, for each request. */
  readonly cpuMs: number;
}

const upstream = start('bench/upstream.ts', {});
const environment = JSON.parse(await firstLine(upstream, /^\{/)) as Record<string, string>;
const samples = new Map<string, Sample[]>();
for (let round = 0; round < ROUNDS; round += 1) {
  // Interleaved, so that a slow minute of the machine is everybody's.
  for (const server of SERVERS) samples.set(server.name, [...(samples.get(server.name) ?? []), await measure(server)]);
}
upstream.kill();
collector.close();
const floor = median(samples.get(SERVERS[0]?.name ?? '') ?? []);
console.table(
  Object.fromEntries(
    [...samples].map(([name, all]) => {
      const { perSecond, cpuMs } = median(all);
      return [
        name,
        { 'requests/s': Math.round(perSecond), 'CPU ms/request': cpuMs.toFixed(2), 'CPU, floor = 1': (cpuMs / floor.cpuMs).toFixed(2) },
      ];
    }),
  ),
);

async function measure(server: (typeof SERVERS)[number]): Promise<Sample> {
  const child = start(server.script, { ...environment, ...UNLIMITED, ...server.environment });
  const url = (await firstLine(child, /ready: /)).match(/ready: (\S+)/)?.[1] ?? '';
  await load(url, server.query, REQUESTS);
  const cpuBefore = cpuMsOf(child);
  const startedAt = performance.now();
  await load(url, server.query, REQUESTS);
  const perSecond = (REQUESTS * 1_000) / (performance.now() - startedAt);
  const cpuMs = (cpuMsOf(child) - cpuBefore) / REQUESTS;
  child.kill();
  return { perSecond, cpuMs };
}

async function load(url: string, query: string, count: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  let left = count;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (left-- > 0) await ask(url, query, agent);
    }),
  );
  agent.destroy();
}

function ask(url: string, query: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = send(url, { method: 'POST', agent, headers: { 'content-type': 'application/json' } }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () =>
        text.includes('"errors"') || response.statusCode !== 200 ? reject(new Error(text.slice(0, 300))) : resolve(),
      );
    });
    request.on('error', reject);
    request.end(JSON.stringify({ query }));
  });
}

function start(script: string, extra: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [script], { env: { PATH: process.env['PATH'] ?? '', ...extra }, stdio: ['ignore', 'pipe', 'inherit'] });
}

async function firstLine(child: ChildProcess, pattern: RegExp): Promise<string> {
  if (child.stdout === null) throw new Error('no output to read');
  for await (const line of createInterface({ input: child.stdout })) if (pattern.test(line)) return line;
  throw new Error('a server did not start');
}

/** Linux counts in ticks of 10 ms. */
function cpuMsOf(child: ChildProcess): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function median(all: readonly Sample[]): Sample {
  const middle = (numbers: number[]) => numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0;
  return { perSecond: middle(all.map(({ perSecond }) => perSecond)), cpuMs: middle(all.map(({ cpuMs }) => cpuMs)) };
}
