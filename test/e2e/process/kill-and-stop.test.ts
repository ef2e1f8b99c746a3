import { Agent, get } from 'node:http';
import { expect, test } from 'vitest';
import { startCallgearSandbox } from '../../../src/sandbox/callgear/callgear-sandbox.ts';
import { createPopulation } from '../../../src/sandbox/population.ts';
import { GATEWAY, startProgram } from '../../support/processes/child-process.ts';
import { eventually } from '../../support/eventually.ts';

const population = createPopulation({ kommo: 1, onlyoffice: 1, callgear: 20 });

interface Answered {
  readonly status: number;
  readonly body: string;
}

/** Keeps its connections, as front ends and load balancers do. */
function ask(agent: Agent, url: string): Promise<Answered> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers: { 'x-requested-with': 'test', accept: 'application/json' } }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', reject);
    }).on('error', reject);
  });
}

test('SIGTERM under load loses no request: /ready says 503 first, what is asked until then is answered, and the exit is clean', async () => {
  await using callgear = await startCallgearSandbox({
    population,
    quotas: { minute: 1_000_000 },
    faults: [{ route: '*', effect: { kind: 'delay', delayMs: 30 } }],
  });
  await using gateway = startProgram(GATEWAY, {
    environment: {
      PORT: '0',
      CALLGEAR_URL: callgear.url,
      CALLGEAR_TOKEN: callgear.token,
      CACHE_TTL_MS: '0',
      SOURCE_TIMEOUT_MS: '25000',
      REQUEST_TIMEOUT_MS: '30000',
    },
  });
  const url = (await gateway.waitFor(/is ready: (\S+)/))[1] ?? '';
  const ready = new URL('/ready', url).href;
  const agent = new Agent({ keepAlive: true, maxSockets: 20 });
  const seen: Answered[] = [];
  const failures: unknown[] = [];
  let isReady = true;
  let number = 0;
  const client = async (): Promise<void> => {
    while (isReady) {
      number += 1;
      const query = `{ contacts(first: 2, filter: { lastName: "Nobody ${number}" }) { nodes { id } sourceReports { status } } }`;
      await ask(agent, `${url}?query=${encodeURIComponent(query)}`).then(
        (answer) => seen.push(answer),
        (error: unknown) => failures.push(error),
      );
    }
  };
  const clients = Array.from({ length: 10 }, client);
  await eventually(() => expect(seen.length).toBeGreaterThan(20));
  expect(await ask(agent, ready)).toMatchObject({ status: 200 });
  gateway.kill('SIGTERM');
  // What a load balancer does.
  await eventually(async () => expect((await ask(agent, ready)).status).toBe(503));
  const seenWhenUnready = seen.length;
  isReady = false;
  await Promise.all(clients);
  expect(await gateway.exitCode).toBe(0);
  expect(failures).toEqual([]);
  expect(seen.length).toBeGreaterThanOrEqual(seenWhenUnready);
  for (const { status, body } of seen) {
    expect(status).toBe(200);
    expect(body).toContain('"status":"OK"');
  }
  agent.destroy();
});

test('a deletion under way is carried through and told to the log before the process ends, though its client has left', async () => {
  const hold = Promise.withResolvers<void>();
  await using callgear = await startCallgearSandbox({
    population,
    faults: [{ route: 'POST delete.contacts', effect: { kind: 'hold', until: hold.promise } }],
  });
  await using gateway = startProgram(GATEWAY, {
    environment: {
      PORT: '0',
      CALLGEAR_URL: callgear.url,
      CALLGEAR_TOKEN: callgear.token,
      LOG_LEVEL: 'info',
      // The SHA-256 of "key".
      API_KEYS: 'tester contacts:read,contacts:delete sha256:2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683',
    },
  });
  const url = (await gateway.waitFor(/is ready: (\S+)/))[1] ?? '';
  const headers = { 'content-type': 'application/json', authorization: 'Bearer key' };
  const post = (query: string, signal?: AbortSignal) =>
    fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }), ...(signal && { signal }) });
  const list = (await (await post('{ contacts { nodes { id } } }')).json()) as { data: { contacts: { nodes: { id: string }[] } } };
  const client = new AbortController();
  // The first one is among those that this CRM refuses to delete.
  const id = list.data.contacts.nodes[1]?.id ?? '';
  const answer = post(`mutation { deleteContacts(input: { ids: ["${id}"] }) { deletions { outcome } } }`, client.signal);
  await eventually(() => expect(callgear.requests.at(-1)?.route).toBe('POST delete.contacts'));
  client.abort();
  await expect(answer).rejects.toThrow(/abort/i);
  gateway.kill('SIGTERM');
  // It listens no more, and still waits for the deletion.
  await eventually(() => expect(fetch(url)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } }));
  hold.resolve();
  expect(await gateway.exitCode).toBe(0);
  expect(callgear.requests.at(-1)).toMatchObject({ didWrite: true, wasAborted: false });
  expect(gateway.output()).toMatch(/"outcome":"DELETED".*deletion/);
});

test('a failure that nothing waited for is logged, and ends neither the process nor an answer', async () => {
  const careless = "process.on('SIGUSR2', () => void Promise.reject(new Error('left alone')))";
  await using gateway = startProgram(GATEWAY, {
    environment: { PORT: '0', LOG_LEVEL: 'error', NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(careless)}` },
  });
  const [, url = ''] = await gateway.waitFor(/is ready: (http\S+)/);
  gateway.kill('SIGUSR2');
  await gateway.waitFor(/a failure that nothing waited for/);

  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ sources { name } }' }),
  });
  expect(await response.json()).toMatchObject({ data: { sources: [{}, {}, {}] } });
});
