import { request } from 'node:http';
import { SharedGovernor } from '../../../src/replicas/shared-governor.ts';
import { RedisLink } from '../../../src/replicas/redis-link.ts';

/** One replica's calls: as many as its governor lets out, to a server that counts them. Started by tests in a process of its own. */
const [redisUrl = '', serverUrl = '', replicas = '1', limit = '7', stateKey = ''] = process.argv.slice(2);
const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const link = await RedisLink.open({ url: redisUrl, stateKey, stateKeyOld: null, log });
const governor = new SharedGovernor({ link, replicas: Number(replicas), callMsMax: 10_000 });
const gates = governor.gates(['credential a', 'host a'], {
  rateLimits: [{ window: 'SECOND', windowMs: 1_010, limit: Number(limit) }],
  concurrencyMax: 8,
});
process.stdout.write('worker is ready\n');

async function callOnAndOn(): Promise<void> {
  for (;;) {
    const permit = await governor.acquire(gates, performance.now() + 10_000).catch(() => null);
    if (permit === null) continue;
    await new Promise<void>((resolve) => {
      const end = () => {
        permit.noteArrival();
        permit.release();
        resolve();
      };
      request(`${serverUrl}?from=${process.pid}&${link.isAway ? 'away' : 'here'}`, { agent: false }, (response) =>
        response.resume().on('end', end),
      )
        .on('error', end)
        .end();
    });
  }
}
for (let index = 0; index < 8; index += 1) void callOnAndOn();
