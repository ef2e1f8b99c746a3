import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startKommoSandbox, type KommoSandbox } from '../../../src/sandbox/kommo/kommo-sandbox.ts';
import { createPopulation } from '../../../src/sandbox/population.ts';
import { eventually } from '../../support/eventually.ts';
import { HAS_REDIS, startRedis, type RedisServer } from '../../support/processes/redis-server.ts';
import { dumpOf } from '../../support/replicas/dump.ts';
import { startReplica, type Replica } from '../../support/replicas/gateways.ts';

const WALK = 'GET /api/v4/contacts';
/** Pages of the largest size, one call a second: there is time to kill who reads. */
const PAGE = 250;
const CONTACTS = 700;

const STATE = '{ sources { index { status rowsRead asOf } } }';
const walksOf = ({ requests }: KommoSandbox) => requests.filter(({ route, url }) => route === WALK && url.includes(`limit=${PAGE}`)).length;

describe.skipIf(!HAS_REDIS)('the contact index of two gateways', () => {
  const stack = new AsyncDisposableStack();
  let redis: RedisServer;
  let kommo: KommoSandbox;
  let environment: Readonly<Record<string, string>>;
  let one: Replica;
  let other: Replica;

  beforeAll(async () => {
    redis = stack.use(await startRedis());
    kommo = stack.use(await startKommoSandbox({ population: createPopulation({ kommo: CONTACTS, onlyoffice: 0, callgear: 0 }) }));
    environment = { KOMMO_URL: kommo.url, KOMMO_TOKEN: kommo.token, CONTACT_INDEX: 'on' };
    one = stack.use(await startReplica(redis, environment));
    other = stack.use(await startReplica(redis, environment));
  }, 60_000);
  afterAll(() => stack.disposeAsync());

  const isReady = async (replica: Replica) => expect(await replica.text(STATE)).toContain('"READY"');

  test('is read by another one when the one who reads is killed, once, and is the same at both', async () => {
    // The one that started first reads for all.
    await eventually(() => expect(walksOf(kommo)).toBeGreaterThan(0));
    one.kill('SIGKILL');
    const before = walksOf(kommo);
    await eventually(() => isReady(other));
    const calls = walksOf(kommo);
    expect(calls - before).toBeGreaterThanOrEqual(Math.ceil(CONTACTS / PAGE));
    const successor = stack.use(await startReplica(redis, environment));
    await eventually(() => isReady(successor));
    expect(JSON.parse(await successor.text(STATE)).data).toEqual(JSON.parse(await other.text(STATE)).data);
    expect(walksOf(kommo)).toBe(calls);
    const names = [...(await successor.text('{ contacts(first: 40) { nodes { displayName } } }')).matchAll(/"displayName":"([^"]{5,})"/g)];
    const dump = await dumpOf(redis);
    expect(dump).toContain(':rows:');
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter(([, name = '']) => dump.includes(name))).toEqual([]);
  });
});
