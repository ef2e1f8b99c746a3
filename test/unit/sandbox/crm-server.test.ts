import { expect, test } from 'vitest';
import { startCrmServer } from '../../../src/sandbox/crm-server.ts';
import type { CrmServer, CrmServerDefinition } from '../../../src/sandbox/crm-server.ts';
import type { Fault } from '../../../src/sandbox/fault.ts';
import { createPopulation } from '../../../src/sandbox/population.ts';
import { createRandom, shuffled } from '../../../src/sandbox/seeded-random.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

/** A server that writes on every request and says so. */
async function startCounting(definition: Partial<CrmServerDefinition> = {}): Promise<CrmServer & { readonly written: () => number }> {
  let written = 0;
  const server = await startCrmServer({
    handle: () => {
      written += 1;
      return { status: 200, headers: JSON_TYPE, body: JSON.stringify({ written, filler: 'x'.repeat(100) }), didWrite: true };
    },
    ...definition,
  });
  return { ...server, written: () => written };
}

/** Resolves when the predicate holds; checked whenever the event loop turns. */
async function eventually(predicate: () => boolean): Promise<void> {
  while (!predicate()) await new Promise((resolve) => setImmediate(resolve));
}

const responding: Fault = { route: 'GET /a', effect: { kind: 'respond', status: 502, contentType: 'text/html', body: '<h1>502</h1>' } };

test('logs each request with route, status, body and whether it wrote', async () => {
  await using server = await startCounting();
  await fetch(`${server.url}/a%20b?x=1`, { method: 'POST', headers: JSON_TYPE, body: '{"n":1}' });
  expect(server.requests).toMatchObject([
    { route: 'POST /a b', method: 'POST', url: '/a%20b?x=1', body: { n: 1 }, status: 200, wasAborted: false, didWrite: true },
  ]);
});

test('hands the handler decoded path, query and no JSON when the body is malformed', async () => {
  const seen: unknown[] = [];
  await using server = await startCrmServer({
    basePath: '/v2.0',
    handle: ({ path, query, bodyText, json }) => {
      seen.push([path, query.getAll('tag'), bodyText, json]);
      return { status: 204 };
    },
  });
  const response = await fetch(`${server.url}/r%C4%ABga?tag=a&tag=b`, { method: 'PUT', body: '{"broken' });
  expect(response.status).toBe(204);
  expect(seen).toEqual([['/v2.0/rīga', ['a', 'b'], '{"broken', undefined]]);
});

test('names routes as the definition wants', async () => {
  await using server = await startCounting({
    routeOf: ({ method }) => `${method} get.contacts`,
    faults: [{ ...responding, route: 'POST get.*' }],
  });
  expect((await fetch(server.url, { method: 'POST', body: '{}' })).status).toBe(502);
  expect(server.requests[0]?.route).toBe('POST get.contacts');
});

test('answers a fault instead of the handler, as often as it says, after what it skips', async () => {
  await using server = await startCounting({ faults: [{ ...responding, skip: 1, times: 2 }] });
  const statuses: number[] = [];
  for (let request = 0; request < 5; request += 1) statuses.push((await fetch(`${server.url}/a`)).status);
  expect(statuses).toEqual([200, 502, 502, 200, 200]);
  expect(server.written()).toBe(3);
});

test('leaves other routes alone and takes a prefix with a star', async () => {
  await using server = await startCounting({ faults: [{ ...responding, route: 'GET /a/*' }] });
  expect((await fetch(`${server.url}/a`)).status).toBe(200);
  expect((await fetch(`${server.url}/a/b`)).status).toBe(502);
});

test('starts the counters anew when faults are set', async () => {
  await using server = await startCounting({ faults: [{ ...responding, times: 1 }] });
  await fetch(`${server.url}/a`);
  expect((await fetch(`${server.url}/a`)).status).toBe(200);
  server.setFaults([{ ...responding, times: 1 }]);
  expect((await fetch(`${server.url}/a`)).status).toBe(502);
});

test.each(['before', 'after'] as const)('resets the connection %s the write', async (when) => {
  await using server = await startCounting({ faults: [{ route: 'DELETE /a', when, effect: { kind: 'reset' } }] });
  await expect(fetch(`${server.url}/a`, { method: 'DELETE' })).rejects.toThrow('fetch failed');
  expect(server.written()).toBe(when === 'after' ? 1 : 0);
  expect(server.requests).toMatchObject([{ status: 0, wasAborted: false, didWrite: when === 'after' }]);
});

test('cuts the body in the middle after the headers', async () => {
  await using server = await startCounting({ faults: [{ route: 'GET /a', effect: { kind: 'cut' } }] });
  const response = await fetch(`${server.url}/a`);
  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow('terminated');
});

test('changes the JSON body on its way out', async () => {
  const alter = (body: unknown): unknown => ({ was: body });
  await using server = await startCounting({ faults: [{ route: 'GET /a', effect: { kind: 'alter', alter } }] });
  expect(await (await fetch(`${server.url}/a`)).json()).toMatchObject({ was: { written: 1 } });
});

test('never answers a hanging request and notes that the client went away', async () => {
  await using server = await startCounting({ faults: [{ route: 'GET /a', effect: { kind: 'hang' } }] });
  const client = new AbortController();
  const answer = fetch(`${server.url}/a`, { signal: client.signal });
  await eventually(() => server.requests.length === 1);
  client.abort();
  await expect(answer).rejects.toThrow('aborted');
  await eventually(() => server.requests[0]?.wasAborted === true);
  expect(server.requests[0]?.status).toBeUndefined();
  expect(server.written()).toBe(0);
});

test('carries out a write before the delay when told to', async () => {
  await using server = await startCounting({ faults: [{ route: 'GET /a', when: 'after', effect: { kind: 'delay', delayMs: 10_000 } }] });
  const answer = fetch(`${server.url}/a`);
  await eventually(() => server.written() === 1);
  await server.close();
  await expect(answer).rejects.toThrow('fetch failed');
});

test('breaks open connections on closing', async () => {
  const server = await startCounting({ faults: [{ route: 'GET /a', effect: { kind: 'hang' } }] });
  const answer = fetch(`${server.url}/a`);
  await eventually(() => server.requests.length === 1);
  await server.close();
  await expect(answer).rejects.toThrow('fetch failed');
  await expect(fetch(server.url)).rejects.toThrow('fetch failed');
});

test('invents the same people for the same seed and others for another', () => {
  expect(createPopulation()).toEqual(createPopulation());
  expect(createPopulation({ seed: 2 }).people).not.toEqual(createPopulation().people);
});

test('writes about a third of the people down in more than one CRM, each CRM in the number asked for', () => {
  const { people } = createPopulation({ onlyoffice: 300, kommo: 400, callgear: 250 });
  const inCrm = (name: string): number => people.filter(({ crms }) => crms.some((crm) => crm === name)).length;
  expect([inCrm('onlyoffice'), inCrm('kommo'), inCrm('callgear')]).toEqual([300, 400, 250]);
  const share = people.filter(({ crms }) => crms.length > 1).length / people.length;
  expect(share).toBeGreaterThan(0.28);
  expect(share).toBeLessThan(0.38);
});

test('has people without last name, phone, e-mail or address, and namesakes', () => {
  const { people } = createPopulation();
  expect(people.some(({ lastName }) => lastName === '')).toBe(true);
  expect(people.some(({ phones, emails }) => phones.length === 0 && emails.length > 0)).toBe(true);
  expect(people.some(({ emails, address }) => emails.length === 0 && address === null)).toBe(true);
  expect(new Set(people.map(({ firstName, lastName }) => `${firstName} ${lastName}`)).size).toBeLessThan(people.length);
});

test('shuffles without losing anything, the same way for the same seed', () => {
  const numbers = Array.from({ length: 50 }, (_, index) => index);
  const once = shuffled(numbers, createRandom(3));
  expect(once).not.toEqual(numbers);
  expect(once.toSorted((a, b) => a - b)).toEqual(numbers);
  expect(shuffled(numbers, createRandom(3))).toEqual(once);
});
