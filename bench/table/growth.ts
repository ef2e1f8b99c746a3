import { mkdtempSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Crms } from './crms.ts';
import { ask, assertGood, load, quantile } from './load.ts';
import { floor, gateway, gatewayEnvironment, startGateway, type Reuse } from './servers.ts';
import type { ServerProcess } from './server-process.ts';
import { digits, markdown } from './table.ts';

const WARM_UP_REQUESTS = 200;

const MEMBERS = 'id displayName emails { value } phones { value } ... on Person { company { displayName } } responsible { displayName }';

/** Each prints how the gateway's cost grows with one thing. `isQuick` measures a part of it. */
export const GROWTHS: Readonly<Record<string, (isQuick: boolean) => Promise<void>>> = {
  rows: measureRows,
  sources: measureSources,
  pages: measurePages,
  clients: measureClients,
  traces: measureTraces,
  documents: (isQuick) => measureMemory('distinct documents', isQuick ? 2_000 : 20_000, distinctDocument),
  searches: (isQuick) => measureMemory('distinct searches', isQuick ? 250 : 2_500, distinctSearch),
};

interface Cost {
  readonly cpu: number;
  readonly p50: number;
  readonly p99: number;
  readonly calls: number;
}

async function costOf(crms: Crms, running: ServerProcess, body: () => string, clients = 1): Promise<Cost> {
  await load(running.url, { clients, body, seconds: 4, requests: WARM_UP_REQUESTS });
  await crms.takeCalls();
  const before = running.cpuMs();
  const { requests, durationsMs } = await load(running.url, { clients, body, seconds: 2 });
  const cpu = (running.cpuMs() - before) / requests;
  return { cpu, p50: quantile(durationsMs, 0.5), p99: quantile(durationsMs, 0.99), calls: (await crms.takeCalls()) / requests };
}

const listBody = (first: number, after?: string) =>
  JSON.stringify({
    query: `query List($first: Int, $after: String) { contacts(first: $first, after: $after) { nodes { ${MEMBERS} } pageInfo { endCursor } isComplete } }`,
    variables: { first, after },
  });

async function measureRows(): Promise<void> {
  await using crms = await Crms.start({ rows: 100 });
  await using running = await gateway().start(crms, 'none');
  const rows: string[][] = [];
  for (const first of [25, 50, 75, 100]) {
    await using least = await floor(first).start(crms, 'none');
    const [cost, floorCost] = [await costOf(crms, running, () => listBody(first)), await costOf(crms, least, () => '{}')];
    rows.push([String(first), ...[cost.cpu, floorCost.cpu, cost.cpu / floorCost.cpu, cost.calls].map(digits)]);
  }
  print('Rows of a page, nothing kept', ['rows', 'CPU ms', 'floor, CPU ms', 'ratio', 'calls'], rows);
}

async function measureSources(): Promise<void> {
  const kinds = ['ONLYOFFICE', 'KOMMO', 'CALLGEAR'] as const;
  await using crms = await Crms.start({ addresses: 10 });
  const rows: string[][] = [];
  for (const count of [1, 2, 3, 5, 7, 10]) {
    const sources = crms.urls.slice(0, count).map((url, index) => {
      const kind = kinds[index % kinds.length] ?? 'KOMMO';
      return {
        kind,
        name: `crm-${index}`,
        // Sources with one credential share its limits.
        token: `t${index}`,
        url: kind === 'CALLGEAR' ? `${url}/v2.0` : url,
        ...(kind === 'KOMMO' && { rateLimit: 1_000 }),
        ...(kind === 'ONLYOFFICE' && { rateLimit: 10_000 }),
      };
    });
    const file = join(mkdtempSync(join(tmpdir(), 'bench-')), 'sources.json');
    writeFileSync(file, JSON.stringify({ sources }));
    await using running = await startGateway({
      NODE_ENV: 'production',
      PORT: '0',
      CALLER_RATE_LIMIT: '1000000',
      CACHE_TTL_MS: '0',
      REFERENCE_TTL_MS: '0',
      CRM_GATEWAY_CONFIG: file,
    });
    const { cpu, p50, calls } = await costOf(crms, running, () => listBody(75));
    rows.push([String(count), ...[cpu, cpu / count, p50, calls].map(digits)]);
  }
  print('Sources, a page of 75, nothing kept', ['sources', 'CPU ms', 'CPU ms / source', 'p50 ms', 'calls'], rows);
}

async function measurePages(): Promise<void> {
  await using crms = await Crms.start({ rows: 200 });
  await using running = await gateway().start(crms, 'none');
  const rows: string[][] = [];
  let after: string | undefined;
  for (let page = 1; page <= 20; page += 1) {
    const body = listBody(25, after);
    if ([1, 5, 10, 20].includes(page)) {
      const { cpu, p50, calls } = await costOf(crms, running, () => body);
      rows.push([String(page), ...[cpu, p50, calls].map(digits)]);
    }
    const answer = await ask(running.url, body);
    assertGood(answer);
    const { data } = JSON.parse(answer.bytes.toString()) as { data: { contacts: { pageInfo: { endCursor: string } } } };
    after = data.contacts.pageInfo.endCursor;
  }
  print('Pages of 25 one after another, nothing kept', ['page', 'CPU ms', 'p50 ms', 'calls'], rows);
}

async function measureClients(): Promise<void> {
  await using crms = await Crms.start();
  const server = gateway();
  const rows: string[][] = [];
  for (const reuse of ['shared', 'cached'] satisfies Reuse[]) {
    await using running = await server.start(crms, reuse);
    for (const clients of [1, 8, 32, 100, 200]) {
      const { cpu, p50, p99, calls } = await costOf(crms, running, () => server.body('FirstContacts'), clients);
      rows.push([reuse === 'shared' ? 'in flight' : 'warm', String(clients), ...[cpu, p50, p99, calls].map(digits)]);
    }
  }
  print('Clients, equal queries', ['', 'clients', 'CPU ms', 'p50 ms', 'p99 ms', 'calls'], rows);
}

/** What a request costs with and without traces, which a server takes that looks at nothing. */
async function measureTraces(): Promise<void> {
  const collector = createServer((request, response) => request.resume().on('end', () => response.end('{}'))).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const traced = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}` };
  await using crms = await Crms.start();
  const rows: string[][] = [];
  for (const reuse of ['none', 'cached'] satisfies Reuse[]) {
    await using plain = await startGateway(gatewayEnvironment(crms, reuse));
    await using tracing = await startGateway({ ...gatewayEnvironment(crms, reuse), ...traced });
    const costs = [await costOf(crms, plain, () => listBody(25), 8), await costOf(crms, tracing, () => listBody(25), 8)];
    rows.push([reuse === 'none' ? 'nothing kept' : 'warm', ...costs.map(({ cpu }) => digits(cpu))]);
  }
  collector.close();
  print('Traces, a page of 25, eight clients', ['', 'off, CPU ms', 'on, CPU ms'], rows);
}

function distinctDocument(number: number): string {
  return gateway().body(`Q${number}`);
}

function distinctSearch(number: number): string {
  const query = `query Search($search: String!) { contacts(first: 75, filter: { search: $search }) { nodes { ${MEMBERS} } isComplete } }`;
  return JSON.stringify({ query, variables: { search: `name ${number}` } });
}

/** The resident set while so many requests come that each have something of their own, beside the floor's with as many requests. */
async function measureMemory(what: string, count: number, bodyOf: (number: number) => string): Promise<void> {
  await using crms = await Crms.start();
  await using running = await startGateway(gatewayEnvironment(crms, 'cached'));
  await using least = await floor().start(crms, 'none');
  const rows: string[][] = [];
  let number = 0;
  for (let part = 1; part <= 5; part += 1) {
    const requests = count / 5;
    await load(running.url, { clients: 32, seconds: 120, requests, body: () => bodyOf((number += 1)) });
    await load(least.url, { clients: 32, seconds: 60, requests, body: () => '{}' });
    const [mb, floorMb] = [running.residentMb(), least.residentMb()];
    rows.push([String(number), ...[mb, floorMb, mb - floorMb].map((value) => value.toFixed(0))]);
  }
  print(`Memory, ${what}`, ['requests', 'RSS MB', 'floor, RSS MB', 'above the floor, MB'], rows);
}

function print(title: string, head: readonly string[], rows: readonly (readonly string[])[]): void {
  console.log(`\n${title}\n\n${markdown(head, rows)}`);
}
