import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startProgram, type ChildProgram } from '../processes/child-process.ts';
import { STATE_KEY, type RedisServer } from '../processes/redis-server.ts';

/** Several replicas that call as often as they may, and the moments at which their calls arrived. */
export interface Fleet extends AsyncDisposable {
  readonly workers: readonly ChildProgram[];
  /** On `performance.now()`'s scale. */
  readonly arrivals: readonly number[];
  startWorker(): Promise<ChildProgram>;
  /** Waits until so many calls have arrived from now on. */
  arrive(calls: number): Promise<void>;
}

/** The most calls that arrived within any period of so long. */
export function mostWithin(arrivals: readonly number[], ms: number): number {
  let most = 0;
  let first = 0;
  for (const [last, at] of arrivals.entries()) {
    while (at - (arrivals[first] ?? 0) >= ms) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

export async function startFleet(redis: RedisServer, replicas: number, limit: number, running = replicas): Promise<Fleet> {
  const arrivals: number[] = [];
  const watchers = new Set<() => void>();
  const server = createServer((_request, response) => {
    arrivals.push(performance.now());
    for (const watch of watchers) watch();
    setTimeout(() => response.end('{}'), 20);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const workers: ChildProgram[] = [];
  const startWorker = async () => {
    const worker = startProgram('test/support/replicas/replica-worker.ts', {
      arguments: [redis.url, url, String(replicas), String(limit), STATE_KEY],
    });
    workers.push(worker);
    await worker.waitFor(/worker is ready/);
    return worker;
  };
  await Promise.all(Array.from({ length: running }, () => startWorker()));
  return {
    workers,
    arrivals,
    startWorker,
    arrive: (calls) =>
      new Promise((resolve) => {
        const until = arrivals.length + calls;
        const watch = () => {
          if (arrivals.length < until) return;
          watchers.delete(watch);
          resolve();
        };
        watchers.add(watch);
      }),
    async [Symbol.asyncDispose]() {
      for (const worker of workers) worker.kill('SIGCONT');
      await Promise.all(workers.map((worker) => worker[Symbol.asyncDispose]()));
      server.closeAllConnections();
      server.close();
    },
  };
}
