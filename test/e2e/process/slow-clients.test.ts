import { describe, expect, test } from 'vitest';
import type { ClientLimits } from '../../../src/server/server.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { openConnection, requestHead, type Connection } from '../../support/http/raw-connection.ts';
import { LARGE_ANSWER_SETTINGS, addLargeContact, queryRequest } from '../../support/http/large-answer.ts';
import { eventually } from '../../support/eventually.ts';

const startGateway = (clientLimits: Partial<ClientLimits>) =>
  startTestGateway({ population: { onlyoffice: 3 }, kommo: null, callgear: null, clientLimits, environment: LARGE_ANSWER_SETTINGS });

/** Asks for an answer that is larger than what the system takes for a client, and reads nothing of it. @returns once it has begun to come. */
async function askForMuch({ url }: TestGateway, query: string, { socket }: Connection): Promise<void> {
  socket.pause();
  socket.write(queryRequest(url, query, 'Connection: close'));
  await eventually(() => expect(socket.bytesRead).toBeGreaterThan(0));
}

/** Waits until an answer is broken off. */
async function seeBreakOff({ log }: TestGateway, reason: string): Promise<void> {
  await eventually(() =>
    expect(log).toContainEqual(
      expect.objectContaining({ message: 'a client did not take its answer', members: expect.objectContaining({ reason }) }),
    ),
  );
}

const isWhole = ({ received }: Connection): boolean => {
  const [head = '', ...body] = received().split('\r\n\r\n');
  return body.join('\r\n\r\n').length === Number(/content-length: (\d+)/i.exec(head)?.[1]);
};

describe('a client that sends slowly is cut off', () => {
  test.each([
    ['nothing', () => ''],
    ['a part of a head', (url: string) => requestHead(url, 'GET /health HTTP/1.1').slice(0, 30)],
  ])('after %s, when its time for a head is up', async (_what, beginning) => {
    await using gateway = await startGateway({ headersMs: 1_000, requestMs: 600_000, checkMs: 500 });
    await using slow = await openConnection(gateway.url);
    slow.socket.write(beginning(gateway.url));
    await slow.ended;
    expect(slow.received()).toContain('408');
  });

  test('after a part of a body, when its time for a request is up', async () => {
    await using gateway = await startGateway({ headersMs: 1_000, requestMs: 1_000, checkMs: 500 });
    await using slow = await openConnection(gateway.url);
    const head = requestHead(gateway.url, 'POST /graphql HTTP/1.1', 'Content-Type: application/json', 'Content-Length: 100');
    slow.socket.write(`${head}{`);
    await slow.ended;
    expect(slow.received()).toContain('408');
  });
});

test('a connection is kept longer than the load balancers keep theirs, and clients learn how long', async () => {
  await using gateway = await startGateway({});
  const answer = await fetch(new URL('/health', gateway.url));
  expect(Number(/timeout=(\d+)/.exec(answer.headers.get('keep-alive') ?? '')?.[1])).toBeGreaterThan(60);
});

describe('a client that does not take its answer', () => {
  test('is cut off when its time for that is up', async () => {
    await using gateway = await startGateway({ answerMs: 1_000 });
    await using slow = await openConnection(gateway.url);
    await askForMuch(gateway, addLargeContact(gateway), slow);
    await seeBreakOff(gateway, 'time');
    slow.socket.resume();
    await slow.ended;
    expect(isWhole(slow)).toBe(false);
  });

  test('is cut off when the answers of others need the room, and they get theirs', async () => {
    await using gateway = await startGateway({ untakenBytes: 20_000_000 });
    await using first = await openConnection(gateway.url);
    await using second = await openConnection(gateway.url);
    await using third = await openConnection(gateway.url);
    const query = addLargeContact(gateway);
    for (const connection of [first, second, third]) await askForMuch(gateway, query, connection);
    await seeBreakOff(gateway, 'bytes');
    for (const { socket } of [first, second, third]) socket.resume();
    await Promise.all([first.ended, second.ended, third.ended]);
    expect([first, second, third].map(isWhole)).toEqual([false, true, true]);
  });
});
