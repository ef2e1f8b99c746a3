import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { GATEWAY, startProgram } from '../../support/processes/child-process.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { openConnection, requestHead, type Connection } from '../../support/http/raw-connection.ts';
import { LARGE_ANSWER_SETTINGS, addLargeContact, queryRequest } from '../../support/http/large-answer.ts';
import { eventually } from '../../support/eventually.ts';

const POPULATION = { onlyoffice: 3, callgear: 3 };

/** @param until When CallGear answers. */
function startGateway(until: Promise<unknown> = Promise.resolve()): Promise<TestGateway> {
  return startTestGateway({
    population: POPULATION,
    kommo: null,
    environment: LARGE_ANSWER_SETTINGS,
    callgear: { faults: [{ route: '*', effect: { kind: 'hold', until } }] },
  });
}

const seeReceived = ({ received }: Connection, pattern: RegExp) => eventually(() => expect(received()).toMatch(pattern));

/** Begins to stop the gateway. @returns once it listens no more. */
async function seeListeningEnd(gateway: TestGateway): Promise<{ readonly closing: Promise<void> }> {
  const closing = Promise.resolve(gateway[Symbol.asyncDispose]());
  await eventually(() => expect(fetch(gateway.url)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } }));
  return { closing };
}

/** One that waits for CallGear. */
const askHeld = (gateway: TestGateway) =>
  fetch(`${gateway.url}?query={contacts(sources:["callgear"]){nodes{id}}}`, { headers: { 'x-requested-with': 'test' } });

test('a connection that never brings a request does not keep the process from a clean exit', async () => {
  await using gateway = startProgram(GATEWAY, { environment: { PORT: '0' } });
  const url = (await gateway.waitFor(/is ready: (\S+)/))[1] ?? '';
  await using mute = await openConnection(url);
  // Connections are accepted in turn, so the mute one is the gateway's by now.
  expect((await fetch(new URL('/ready', url))).status).toBe(200);
  gateway.kill('SIGTERM');
  expect(await gateway.exitCode).toBe(0);
  await mute.ended;
});

test('a client that takes its answer slowly gets all of it, and one that is answered meanwhile is told to let go', async () => {
  const hold = Promise.withResolvers<void>();
  const gateway = await startGateway(hold.promise);
  await using slow = await openConnection(gateway.url);
  // Larger than what the system takes for a client that reads nothing: its end is still the gateway's.
  slow.socket.pause();
  slow.socket.write(queryRequest(gateway.url, addLargeContact(gateway)));
  await eventually(() => expect(slow.socket.bytesRead).toBeGreaterThan(0));
  const held = askHeld(gateway);
  await eventually(() => expect(gateway.callgear.requests).toHaveLength(1));
  const { closing } = await seeListeningEnd(gateway);
  hold.resolve();
  const answer = await held;
  expect(await answer.json()).toMatchObject({ data: { contacts: { nodes: [{}, {}, {}] } } });
  expect(answer.headers.get('connection')).toBe('close');
  slow.socket.resume();
  await Promise.all([slow.ended, closing]);
  const [headers = '', ...body] = slow.received().split('\r\n\r\n');
  expect(body.join('\r\n\r\n')).toHaveLength(Number(/content-length: (\d+)/i.exec(headers)?.[1]));
});

test('a request that is half here when listening ends is answered, once it is whole', async () => {
  const gateway = await startGateway();
  await using kept = await openConnection(gateway.url);
  const whole = requestHead(gateway.url, 'GET /health HTTP/1.1');
  kept.socket.write(whole + whole.slice(0, 30));
  await seeReceived(kept, /200 OK/);
  const { closing } = await seeListeningEnd(gateway);
  kept.socket.write(whole.slice(30));
  await Promise.all([kept.ended, closing]);
  expect(kept.received().match(/200 OK/g)).toHaveLength(2);
  expect(kept.received()).toMatch(/connection: close/i);
});

test('a request that is on the wire when connections are closed is read first', async () => {
  const gateway = await startGateway();
  await using kept = await openConnection(gateway.url);
  const whole = requestHead(gateway.url, 'GET /health HTTP/1.1');
  kept.socket.write(whole);
  await once(kept.socket, 'data');
  const closing = gateway[Symbol.asyncDispose]();
  kept.socket.write(whole);
  // Other work keeps the process from reading until connections are to be closed.
  const busyUntil = performance.now() + 100;
  while (performance.now() < busyUntil);
  await Promise.all([kept.ended, closing]);
  expect(kept.received().match(/200 OK/g)).toHaveLength(2);
});

test('connections that are made before listening ends are taken, however many they are', async () => {
  const gateway = await startGateway();
  const { hostname, port } = new URL(gateway.url);
  const answers = Array.from({ length: 20 }, () => {
    const socket = connect(Number(port), hostname);
    let received = '';
    socket.on('data', (bytes) => (received += bytes.toString('latin1')));
    socket.on('error', () => undefined);
    socket.write(requestHead(gateway.url, 'GET /health HTTP/1.1'));
    return new Promise<string>((resolve) => socket.once('close', () => resolve(received)));
  });
  // The system has made them by then, and the server has not been asked for any of them.
  await new Promise<void>((resolve) => process.nextTick(resolve));
  const closing = gateway[Symbol.asyncDispose]();
  expect((await Promise.all(answers)).filter((received) => received.includes('200 OK'))).toHaveLength(20);
  await closing;
});

test('a client that does not finish its request is not waited for', async () => {
  const gateway = await startGateway();
  await using unfinished = await openConnection(gateway.url);
  unfinished.socket.write(
    requestHead(gateway.url, 'POST /graphql HTTP/1.1', 'Content-Type: application/json', 'Content-Length: 100') + '{',
  );
  expect((await fetch(new URL('/ready', gateway.url))).status).toBe(200);
  await gateway[Symbol.asyncDispose]();
  await unfinished.ended;
  expect(unfinished.received()).toBe('');
});
