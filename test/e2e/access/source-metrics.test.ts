import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeFile } from 'node:fs/promises';
import { makeFolder } from '../../support/processes/child-process.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';

const ROOT = join(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const NAMES = /\b(?:crm_gateway|process|nodejs)_[a-z0-9_]+/g;
const LIST = '{ contacts(first: 5) { nodes { id displayName } } }';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({
    population: { onlyoffice: 10, kommo: 10, callgear: 10 },
    environment: { CACHE_TTL_MS: '60000', CONTACT_INDEX: 'on' },
  });
  await gateway.ask(LIST);
  await gateway.ask('{ sources { name } users: contacts(first: 1) { nodes { responsible { displayName } } } }');
});
afterAll(() => gateway[Symbol.asyncDispose]());

async function metrics(): Promise<string> {
  return (await fetch(new URL('/metrics', gateway.url))).text();
}

/** The value of one sample; undefined where there is none. */
async function sample(name: string, labels: Readonly<Record<string, string>>): Promise<number | undefined> {
  const lines = (await metrics()).split('\n').filter((line) => line.startsWith(`${name}{`));
  const line = lines.find((candidate) => Object.entries(labels).every(([label, value]) => candidate.includes(`${label}="${value}"`)));
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ') + 1));
}

/** Labels by metric, as samples have them; those of histograms under their plain names. */
async function labelsByMetric(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const text = await metrics();
  const known = new Map([...text.matchAll(/^# HELP (\S+)/gm)].map(([, name = '']) => [name, new Set<string>()]));
  for (const [, name = '', labels = ''] of text.matchAll(/^([a-z0-9_]+)\{(.*)\} \S+$/gm)) {
    for (const [, label = ''] of labels.matchAll(/([a-z_]+)="/g)) known.get(plainName(name, known))?.add(label);
  }
  return known;
}

function plainName(name: string, known: { has(name: string): boolean }): string {
  return known.has(name) ? name : name.replace(/_(bucket|count|sum)$/, '');
}

test('quotas are shown by source and window', async () => {
  expect(await sample('crm_gateway_source_quota_limit', { source: 'kommo', window: 'SECOND' })).toBe(50);
  expect(await sample('crm_gateway_source_quota_remaining', { source: 'callgear', window: 'DAY' })).toBeLessThan(10_000_000);
});

test('reads are counted by kind and by whether the cache had them, and answers by where they came from', async () => {
  const before = [
    await sample('crm_gateway_cache_reads_total', { source: 'kommo', kind: 'list', origin: 'crm' }),
    await sample('crm_gateway_cache_reads_total', { source: 'kommo', kind: 'list', origin: 'cache' }),
    await sample('crm_gateway_answers_total', { origin: 'kept' }),
  ].map((value) => value ?? 0);
  await gateway.ask(LIST);
  await gateway.ask('{ other: contacts(first: 5) { nodes { id displayName } } }');

  expect(await sample('crm_gateway_cache_reads_total', { source: 'kommo', kind: 'list', origin: 'crm' })).toBe(before[0]);
  expect(await sample('crm_gateway_cache_reads_total', { source: 'kommo', kind: 'list', origin: 'cache' })).toBe((before[1] ?? 0) + 1);
  expect(await sample('crm_gateway_answers_total', { origin: 'kept' })).toBe((before[2] ?? 0) + 1);
});

test('an index is shown with its status, size and age', async () => {
  await eventually(async () => {
    expect(await sample('crm_gateway_contact_index_status', { source: 'onlyoffice', status: 'READY' })).toBe(1);
  });
  expect(await sample('crm_gateway_contact_index_status', { source: 'onlyoffice', status: 'BUILDING' })).toBe(0);
  expect(await sample('crm_gateway_contact_index_contacts', { source: 'onlyoffice' })).toBeGreaterThan(5);
  expect(await sample('crm_gateway_contact_index_age_seconds', { source: 'onlyoffice' })).toBeGreaterThanOrEqual(0);
});

test('a source that fails again and again is shown as failing, and as left alone', async () => {
  await using failing = await startTestGateway({ onlyoffice: null, callgear: null, population: { kommo: 5 } });
  const own = async (name: string) => {
    const text = await (await fetch(new URL('/metrics', failing.url))).text();
    return text.split('\n').filter((line) => line.startsWith(`${name}{`));
  };
  expect(await own('crm_gateway_source_circuit_open')).toEqual(['crm_gateway_source_circuit_open{source="kommo"} 0']);
  failing.kommo.setFaults([{ route: '*', effect: { kind: 'reset' } }]);
  for (let count = 0; count < 5; count += 1) await failing.query(`{ contacts(first: ${count + 1}) { isComplete } }`);

  expect(await own('crm_gateway_source_circuit_open')).toEqual(['crm_gateway_source_circuit_open{source="kommo"} 1']);
  expect(await own('crm_gateway_source_health')).toContain('crm_gateway_source_health{source="kommo",status="DOWN"} 1');
});

test('the version is shown', async () => {
  const { version } = JSON.parse(read('package.json')) as { version: string };
  expect(await sample('crm_gateway_build_info', { version, node: process.versions.node })).toBe(1);
});

test.each(['deploy/prometheus/alerts.yaml', 'deploy/grafana/dashboard.json', 'docs/operation.md'])(
  '%s names only metrics that a running gateway has, with labels that they have',
  async (path) => {
    const known = await labelsByMetric();
    const text = read(path).replaceAll('\\"', '"');
    const named = new Set([...text.matchAll(NAMES)].map(([name]) => plainName(name, known)));

    expect(named.size).toBeGreaterThan(9);
    expect([...named].filter((name) => !known.has(name))).toEqual([]);
    for (const [, name = '', selector = ''] of text.matchAll(/\b(crm_gateway_[a-z_]+)\{([^}]*)\}/g)) {
      const labels = known.get(plainName(name, known)) ?? new Set();
      const selected = [...selector.matchAll(/([a-z_]+)(?:=|!=)/g)].map(([, label = '']) => label);
      const added = new Set(['instance', 'job']);
      if (labels.size > 0) expect([name, selected.filter((label) => !labels.has(label) && !added.has(label))]).toEqual([name, []]);
    }
  },
);

test("docs/operation.md lists every metric of the gateway's own, with its labels", async () => {
  const known = [...(await labelsByMetric())].filter(([name]) => name.startsWith('crm_gateway_'));
  const rows = [...read('docs/operation.md').matchAll(/^\| `(crm_gateway_[a-z_]+)` +\| (.*?) +\|/gm)];
  const documented = new Map(
    rows.map(([, name = '', labels = '']) => [name, [...labels.matchAll(/`([a-z]+)`/g)].map(([, label]) => label)]),
  );

  expect([...documented.keys()].toSorted()).toEqual(known.map(([name]) => name).toSorted());
  for (const [name, labels] of known) {
    const shown = [...labels].filter((label) => label !== 'le');
    if (shown.length > 0) expect([name, documented.get(name)?.toSorted()]).toEqual([name, shown.toSorted()]);
  }
});

const promtool = await promisify(execFile)('promtool', ['--version']).then(
  () => true,
  () => false,
);

test.skipIf(!promtool)('promtool takes the alert rules, and they fire when they should', async () => {
  const run = (...parameters: string[]) => promisify(execFile)('promtool', parameters, { cwd: join(ROOT, 'deploy/prometheus') });
  expect((await run('check', 'rules', 'alerts.yaml')).stdout).toContain('SUCCESS');
  expect((await run('test', 'rules', 'alerts.test.yaml')).stdout).toContain('SUCCESS');
});

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string }[];
}

const { panels } = JSON.parse(read('deploy/grafana/dashboard.json')) as { panels: readonly Panel[] };

test('the panels of the dashboard have numbers of their own, and places beside each other', () => {
  const taken = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
  );

  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  expect(new Set(taken).size).toBe(taken.length);
  expect(panels.filter(({ gridPos: { x, w } }) => x < 0 || x + w > 24)).toEqual([]);
  expect(panels.filter(({ type, targets }) => type !== 'row' && (targets ?? []).length === 0)).toEqual([]);
});

test.skipIf(!promtool)('promtool can read every query of the dashboard', async () => {
  await using folder = await makeFolder();
  const queries = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  const rules = queries.map((query, index) => ({
    record: `query_${index}`,
    expr: query.replaceAll('$__rate_interval', '5m').replaceAll(/\$(instance|source|job)/g, '.+'),
  }));
  // JSON is YAML.
  await writeFile(join(folder.path, 'rules.yaml'), JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));

  expect(queries.length).toBeGreaterThan(20);
  const { stdout } = await promisify(execFile)('promtool', ['check', 'rules', join(folder.path, 'rules.yaml')]);
  expect(stdout).toContain(`${queries.length} rules found`);
});
