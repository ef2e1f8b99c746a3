import { startOnlyofficeSandbox } from '../src/sandbox/onlyoffice/onlyoffice-sandbox.ts';
import { createPopulation } from '../src/sandbox/population.ts';
import { HAS_REDIS, startRedis } from '../test/support/processes/redis-server.ts';
import { startReplica, type Replica } from '../test/support/replicas/gateways.ts';
import { tryDeletions, tryExpiry, tryKilledRefresh, tryLimit, tryQuota, trySameList } from '../test/support/replicas/trials.ts';
import { cpuMsOf } from './child.ts';
import { median } from './table/load.ts';

/** Shows with real processes and a real Redis what replicas promise, and what Redis costs. Prints one line for each. */
export async function tryReplicas(isQuick: boolean): Promise<void> {
  if (!HAS_REDIS) throw new Error('redis-server is not installed. Debian: apt-get install redis-server');
  const share = (part: number) => `${Math.round(part * 100)} %`;
  const limit = await tryLimit(isQuick ? 20_000 : 60_000);
  print(
    'most calls in any second, of 7 that are allowed',
    limit.mostInOneSecond,
    `${limit.calls} calls, ${limit.disturbances} disturbances`,
  );
  print('calls in health, of those that are allowed', share(limit.goodput), '4 replicas, 4 s each time, 4 s after a disturbance');
  const quota = await tryQuota(4, isQuick ? 100 : 400);
  print("calls over CallGear's quota", quota.refused, `${quota.calls} calls for ${quota.asked} queries at 4 replicas`);
  const expiry = await tryExpiry(4, 50);
  print(
    'refreshes of a token that is over',
    expiry.refreshes,
    `200 queries at 4 replicas, ${expiry.again} answered UNAVAILABLE and sent again`,
  );
  const killed = await tryKilledRefresh(isQuick ? 2 : 10);
  print('grants lost', killed.kills - killed.usable, `${killed.kills} replicas killed between the answer of Kommo and its storing`);
  const deletions = await tryDeletions(4, isQuick ? 100 : 1_000);
  print(
    'deleted contacts shown',
    deletions.shown,
    `${deletions.deleted} deletions at one replica, ${deletions.lists} lists at three others`,
  );
  const same = await trySameList(4);
  print('calls for a list at 4 replicas at once, of those at one', `${same.ofAll} / ${same.ofOne}`, '100 contacts of three CRMs');
  await compareCpu(isQuick ? 3 : 9);
}

/** What is requested: the same bytes; another text each time over what is cached; another filter each time, which needs a call. */
const WORK: Readonly<Record<string, (number: number) => string>> = {
  'kept answers': () => `{ contacts(first: 25) { ${FIELDS} } }`,
  'cached lists': (number) => `{ contacts(first: 25) { ${FIELDS.replace('nodes', `q${number}: nodes`)} } }`,
  'lists that need a call': (number) => `{ contacts(first: 25, filter: { search: "Nobody ${number}" }) { ${FIELDS} } }`,
};
const FIELDS = 'nodes { id displayName contactInfos { type value } tags { name } responsible { displayName } }';
const REQUESTS: Readonly<Record<string, number>> = { 'kept answers': 4_000, 'cached lists': 600, 'lists that need a call': 200 };
const CLIENTS = 8;
/** The limit of ONLYOFFICE is another matter. */
const WINDOW_MS = 10_000;

/** The log's word for it: then nothing of it is measured. */
const AWAY = 'keeps to its own share';

/** Prints what Redis costs a request. Two gateways, one with Redis, by turns with the same requests; medians over the rounds. */
export async function compareCpu(rounds: number): Promise<void> {
  await using redis = await startRedis();
  const population = createPopulation({ kommo: 0, onlyoffice: 200, callgear: 0 });
  await using portal = await startOnlyofficeSandbox({ population });
  const environment = {
    ONLYOFFICE_URL: portal.url,
    ONLYOFFICE_TOKEN: portal.token,
    CACHE_TTL_MS: '600000',
    CALLER_RATE_LIMIT: '1000000',
    REPLICAS: '1',
  };
  await using alone = await startReplica(null, environment);
  await using shared = await startReplica(redis, environment);
  let number = 0;
  const measure = async (replica: Replica, work: string) => {
    const count = REQUESTS[work] ?? 0;
    const calls = portal.requests.length;
    const before = cpuMsOf(replica);
    const make = WORK[work] ?? (() => '');
    await Promise.all(
      Array.from({ length: CLIENTS }, async () => {
        for (let index = 0; index < count / CLIENTS; index += 1) {
          const text = await replica.text(make((number += 1)));
          if (!text.startsWith('{"data":{"contacts":{"')) throw new Error(text);
        }
      }),
    );
    return { cpuMs: (cpuMsOf(replica) - before) / count, calls: portal.requests.length - calls };
  };
  for (const work of Object.keys(WORK)) {
    await measure(alone, work);
    await measure(shared, work);
    const ratios: number[] = [];
    let [ofAlone, ofShared] = [0, 0];
    for (let round = 0; round < rounds; round += 1) {
      const isFirst = round % 2 === 0;
      const first = await measure(isFirst ? alone : shared, work);
      const second = await measure(isFirst ? shared : alone, work);
      const [without, withRedis] = isFirst ? [first, second] : [second, first];
      ratios.push(withRedis.cpuMs / without.cpuMs);
      ofAlone += without.calls;
      ofShared += withRedis.calls;
      if (ofAlone > 0) await new Promise((resolve) => setTimeout(resolve, WINDOW_MS));
    }
    print(
      `CPU of a request with Redis, of one without: ${work}`,
      median(ratios).toFixed(2),
      `${ofShared} / ${ofAlone} calls, ${rounds} rounds, Redis away ${shared.output().split(AWAY).length - 1} times so far`,
    );
  }
}

function print(what: string, figure: string | number, how: string): void {
  console.log(`${what.padEnd(75)} ${String(figure).padStart(8)}   (${how})`);
}
