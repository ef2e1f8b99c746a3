import { setTimeout as sleep } from 'node:timers/promises';
import { startCallgearSandbox } from '../../../src/sandbox/callgear/callgear-sandbox.ts';
import { startKommoSandbox, type KommoSandbox, type KommoSandboxOptions } from '../../../src/sandbox/kommo/kommo-sandbox.ts';
import { startOnlyofficeSandbox } from '../../../src/sandbox/onlyoffice/onlyoffice-sandbox.ts';
import { createPopulation } from '../../../src/sandbox/population.ts';
import { RedisTokens } from '../../../src/replicas/redis-tokens.ts';
import { openLink, startRedis, type RedisServer } from '../processes/redis-server.ts';
import { mostWithin, startFleet, type Fleet } from './replica-fleet.ts';
import { startReplicas, type Replica } from './gateways.ts';

const KOMMO_LIMIT = 7;
/** A little more than the second that Kommo counts in, as the gateway has it. */
const KOMMO_WINDOW_MS = 1_010;
/** After a disturbance limits are shared again within this: the life of a heartbeat, one window, and the start of a Redis. */
const SETTLING_MS = 4_000;
const HEALTH_MS = 4_000;
const REFRESH = 'POST /oauth2/access_token';
const WARM_UP = 20;
const DELETION_IDS_MAX = 25;
/** Some of the portal's contacts cannot be deleted. */
const DELETABLE_MARGIN = 1.5;
const IDS = /"id":"([^"]+)"/g;

/** Waits until something no longer fails, a minute at most; of use outside of vitest too. */
async function eventually(attempt: () => unknown): Promise<void> {
  for (const end = performance.now() + 60_000; ; await sleep(50)) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (performance.now() > end) throw error;
    }
  }
}

const idsIn = (text: string) => [...text.matchAll(IDS)].map(([, id = '']) => id);

/** Things that happen to replicas and their Redis, one after the other. */
const DISTURBANCES: readonly ((fleet: Fleet, redis: RedisServer, index: number) => Promise<unknown>)[] = [
  async (_fleet, redis) => {
    await redis.kill();
    await sleep(1_500);
    await redis.start();
  },
  async (_fleet, redis) => {
    redis.signal('SIGSTOP');
    await sleep(1_500);
    redis.signal('SIGCONT');
  },
  async (fleet, _redis, index) => {
    fleet.workers.at(-1 - (index % 2))?.kill('SIGKILL');
    await sleep(500);
    await fleet.startWorker();
  },
  async (fleet) => {
    const worker = fleet.workers.at(-1);
    worker?.kill('SIGSTOP');
    await sleep(2_000);
    worker?.kill('SIGCONT');
  },
  async (_fleet, redis) => redis.restart(),
];

/** Four replicas that call as often as they may, while Redis and they themselves are killed, stopped and started for so long. */
export async function tryLimit(ms: number) {
  await using redis = await startRedis();
  await using fleet = await startFleet(redis, 4, KOMMO_LIMIT);
  const end = performance.now() + ms;
  let disturbances = 0;
  let [callsInHealth, msInHealth] = [0, 0];
  while (performance.now() < end) {
    await sleep(SETTLING_MS);
    const [calls, from] = [fleet.arrivals.length, performance.now()];
    await sleep(HEALTH_MS);
    callsInHealth += fleet.arrivals.length - calls;
    msInHealth += performance.now() - from;
    await DISTURBANCES[disturbances % DISTURBANCES.length]?.(fleet, redis, disturbances);
    disturbances += 1;
  }
  return {
    disturbances,
    calls: fleet.arrivals.length,
    mostInOneSecond: mostWithin(fleet.arrivals, 1_000),
    /** Of the calls that the limit allows. */
    goodput: callsInHealth / ((msInHealth / KOMMO_WINDOW_MS) * KOMMO_LIMIT),
  };
}

/** So many replicas ask for more than a day's quota of CallGear, while Redis dies and stands still. */
export async function tryQuota(replicas: number, quota: number) {
  await using redis = await startRedis();
  const population = createPopulation({ kommo: 0, onlyoffice: 0, callgear: 20 });
  await using callgear = await startCallgearSandbox({ population, quotas: { minute: 10 * quota, day: quota } });
  const environment = { CALLGEAR_URL: callgear.url, CALLGEAR_TOKEN: callgear.token, CACHE_TTL_MS: '0', SOURCE_TIMEOUT_MS: '5000' };
  await using fleet = await startReplicas(replicas, redis, environment);
  const ask = (number: number) =>
    fleet.at(number).text(`{ contacts(first: 1, filter: { lastName: "Nobody ${number}" }) { sourceReports { error { code } } } }`);
  const askMany = (from: number, count: number) => Promise.all(Array.from({ length: count }, (_none, index) => ask(from + index)));
  const third = Math.ceil(quota / 2);
  await ask(0);
  await askMany(0, third);
  await redis.kill();
  const away = askMany(third, third);
  await sleep(1_000);
  await redis.start();
  await away;
  redis.signal('SIGSTOP');
  const stopped = askMany(2 * third, third);
  await sleep(1_000);
  redis.signal('SIGCONT');
  await stopped;
  await askMany(3 * third, third);
  const refused = callgear.requests.filter(({ status }) => status === 429).length;
  return { asked: 4 * third + 1, calls: callgear.requests.length, refused };
}

interface ConnectedKommo extends AsyncDisposable {
  readonly redis: RedisServer;
  readonly kommo: KommoSandbox;
  readonly environment: Readonly<Record<string, string>>;
  readonly tokens: RedisTokens;
}

/** @param leftMs How long the access token in Redis is still good for. */
async function connectKommo(leftMs: number, options: KommoSandboxOptions = {}): Promise<ConnectedKommo> {
  const redis = await startRedis();
  const population = createPopulation({ kommo: 20, onlyoffice: 0, callgear: 0 });
  const kommo = await startKommoSandbox({ population, ...options });
  const { clientId, clientSecret, redirectUri } = kommo.oauth.integration;
  const link = await openLink(redis.url);
  const tokens = new RedisTokens(link);
  await tokens.update('kommo', async () => ({ ...kommo.oauth.vault.issueTokens(), expiresAt: new Date(Date.now() + leftMs) }));
  return {
    redis,
    kommo,
    tokens,
    environment: {
      KOMMO_URL: kommo.url,
      KOMMO_CLIENT_ID: clientId,
      KOMMO_CLIENT_SECRET: clientSecret,
      KOMMO_REDIRECT_URI: redirectUri,
    },
    async [Symbol.asyncDispose]() {
      link.close();
      await kommo.close();
      await redis[Symbol.asyncDispose]();
    },
  };
}

const STATUS = '{ contacts(first: 1) { sourceReports { status error { code message } } } }';
const refreshesOf = ({ requests }: KommoSandbox) => requests.filter(({ route }) => route === REFRESH).length;

/** So many queries at each of so many replicas, all at the moment when the token is over. */
export async function tryExpiry(replicas: number, queries: number) {
  await using connected = await connectKommo(-1);
  const { kommo, redis, environment } = connected;
  await using fleet = await startReplicas(replicas, redis, environment);
  // The first requests of a process are its slowest: they compile it.
  for (let index = 0; index < WARM_UP; index += 1) await Promise.all(fleet.all.map((replica) => replica.text('{ __typename }')));
  let again = 0;
  const ask = async (index: number) => {
    for (;;) {
      const text = await fleet.at(index).text(STATUS);
      if (text.includes('"OK"')) return;
      // A machine that is too busy for Redis to answer in time: what it says then is to try again.
      if (!text.includes('"UNAVAILABLE"')) throw new Error(text);
      again += 1;
      await sleep(1_000);
    }
  };
  await Promise.all(Array.from({ length: replicas * queries }, (_none, index) => ask(index)));
  return { again, refreshes: refreshesOf(kommo) };
}

/** Asks a replica until it is gone. */
async function askOnAndOn(replica: Replica): Promise<void> {
  for (;;) {
    try {
      await replica.text(STATUS);
    } catch {
      return;
    }
    await sleep(200);
  }
}

/**
 * Kills a replica at the worst moment, so many times: Kommo has given a new pair, and it has not been stored. Kommo lets the old refresh token serve
 * once more then, as its documentation says.
 */
export async function tryKilledRefresh(kills: number) {
  await using connected = await connectKommo(60_000, { isRefreshGraceful: true });
  const { kommo, redis, environment, tokens } = connected;
  await using fleet = await startReplicas(2, redis, environment);
  let usable = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    const before = refreshesOf(kommo);
    await tokens.update('kommo', async (pair) => pair && { ...pair, expiresAt: new Date(Date.now() + 1_000) });
    kommo.setFaults([{ route: REFRESH, times: 1, when: 'after', effect: { kind: 'hang' } }]);
    const victim = await fleet.replace(kill % 2);
    const asking = askOnAndOn(victim);
    await eventually(() => {
      if (refreshesOf(kommo) === before) throw new Error('The refresh has not begun.');
    });
    victim.kill('SIGKILL');
    await asking;
    // What time does: the lock of a dead process is over after 45 s.
    await redis.client.del(...(await redis.client.keys('mutex:*')));
    const successor = await fleet.replace(kill % 2);
    await eventually(async () => {
      const text = await successor.text(STATUS);
      if (!text.includes('"OK"')) throw new Error(text);
    });
    usable += 1;
  }
  return { kills, usable };
}

/** One replica deletes contacts, 25 at a time, while others list the same page all the time. */
export async function tryDeletions(replicas: number, deletions: number) {
  await using redis = await startRedis();
  const population = createPopulation({ kommo: 0, onlyoffice: Math.ceil(deletions * DELETABLE_MARGIN) + 60, callgear: 0 });
  await using portal = await startOnlyofficeSandbox({ population });
  const environment = {
    ONLYOFFICE_URL: portal.url,
    ONLYOFFICE_TOKEN: portal.token,
    CACHE_TTL_MS: '600000',
    // Who lists all the time may.
    CALLER_RATE_LIMIT: '1000000',
  };
  await using fleet = await startReplicas(replicas, redis, environment);
  const deleted = new Set<string>();
  const refused = new Set<string>();
  // The portal lets nobody delete some of them: when they fill a page the next one is its turn.
  let after = 'null';
  const list = () => `{ contacts(first: 100, after: ${after}) { nodes { id } pageInfo { hasNextPage endCursor } } }`;
  let isOver = false;
  let [lists, shown] = [0, 0];
  const watch = async (index: number) => {
    while (!isOver) {
      const before = new Set(deleted);
      const ids = idsIn(await fleet.at(index).text(list()));
      lists += 1;
      shown += ids.filter((id) => before.has(id)).length;
    }
  };
  const watching = Array.from({ length: replicas - 1 }, (_none, index) => watch(index + 1));
  try {
    while (deleted.size < deletions) {
      const answer = await fleet.at(0).text(list());
      const deletable = idsIn(answer).filter((id) => !refused.has(id));
      const ids = deletable.slice(0, Math.min(DELETION_IDS_MAX, deletions - deleted.size));
      if (ids.length === 0) {
        if (!answer.includes('"hasNextPage":true')) throw new Error(`There is nobody left: ${answer}`);
        after = /"endCursor":("[^"]+")/.exec(answer)?.[1] ?? 'null';
        continue;
      }
      const report = await fleet
        .at(0)
        .text(`mutation { deleteContacts(input: { ids: ${JSON.stringify(ids)} }) { deletions { outcome } } }`);
      const outcomes = [...report.matchAll(/"outcome":"(\w+)"/g)].map(([, outcome]) => outcome);
      if (outcomes.length !== ids.length) throw new Error(report);
      for (const [index, id] of ids.entries()) (outcomes[index] === 'DELETED' ? deleted : refused).add(id);
    }
  } finally {
    isOver = true;
    await Promise.allSettled(watching);
  }
  await Promise.all(watching);
  return { deleted: deleted.size, lists, shown };
}

/** The same list at so many replicas at once, beside another one at one of them: calls for the list in each case. */
export async function trySameList(replicas: number) {
  await using redis = await startRedis();
  const population = createPopulation({ kommo: 300, onlyoffice: 120, callgear: 300 });
  await using kommo = await startKommoSandbox({ population });
  await using portal = await startOnlyofficeSandbox({ population });
  await using callgear = await startCallgearSandbox({ population });
  await using fleet = await startReplicas(replicas, redis, {
    KOMMO_URL: kommo.url,
    KOMMO_TOKEN: kommo.token,
    ONLYOFFICE_URL: portal.url,
    ONLYOFFICE_TOKEN: portal.token,
    CALLGEAR_URL: callgear.url,
    CALLGEAR_TOKEN: callgear.token,
  });
  const routes = ['GET /api/v4/contacts', 'GET /api/2.0/crm/contact/filter', 'POST get.contacts'];
  const calls = () => [kommo, portal, callgear].flatMap(({ requests }) => requests).filter(({ route }) => routes.includes(route)).length;
  const list = (direction: string) =>
    `{ contacts(first: 100, orderBy: { field: CREATED_AT, direction: ${direction} }) { nodes { id displayName } sourceReports { status } } }`;
  // What each replica finds out once about each account is not counted.
  await Promise.all(fleet.all.map((replica) => replica.text('{ contacts(first: 1, filter: { lastName: "Nobody" }) { nodes { id } } }')));
  const before = calls();
  await fleet.at(0).text(list('DESC'));
  const ofOne = calls() - before;
  const answers = await Promise.all(fleet.all.map((replica) => replica.text(list('ASC'))));
  return { ofOne, ofAll: calls() - before - ofOne, answers: answers.map(idsIn) };
}
