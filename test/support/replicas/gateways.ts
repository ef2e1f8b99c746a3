import { GATEWAY, startProgram } from '../processes/child-process.ts';
import { API_KEYS, bearer, KEYS } from '../keys.ts';
import { STATE_KEY, type RedisServer } from '../processes/redis-server.ts';

/** The gateway in a process of its own, one of several on a Redis. */
export interface Replica extends AsyncDisposable {
  readonly origin: string;
  readonly pid: number;
  readonly output: () => string;
  readonly kill: (signal: NodeJS.Signals) => void;
  send(query: string): Promise<Response>;
  /** Sends a query, and reads the answer's body as it is. */
  text(query: string): Promise<string>;
}

/** What several replicas are started with. */
export type ReplicaEnvironment = Readonly<Record<string, string>>;

/** Starts one replica. @param redis null: it is alone. */
export async function startReplica(redis: Pick<RedisServer, 'url'> | null, environment: ReplicaEnvironment): Promise<Replica> {
  const program = startProgram(GATEWAY, {
    environment: {
      PORT: '0',
      LOG_LEVEL: 'warn',
      API_KEYS,
      ...(redis && { REDIS_URL: redis.url, REPLICAS: '2', STATE_KEY }),
      ...environment,
    },
  });
  const url = (await program.waitFor(/is ready: (http[^\s"]+)/))[1] ?? '';
  const send = (query: string) =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...bearer(KEYS.both) },
      body: JSON.stringify({ query }),
    });
  return {
    origin: new URL(url).origin,
    pid: program.pid,
    output: program.output,
    kill: program.kill,
    send,
    text: async (query) => (await send(query)).text(),
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}

/** Several replicas of one Redis. */
export interface Replicas extends AsyncDisposable {
  readonly all: readonly Replica[];
  /** One of them, by turns. */
  at(index: number): Replica;
  /** Starts another one in the place of one that was killed. */
  replace(index: number): Promise<Replica>;
}

/** Starts so many replicas at once. */
export async function startReplicas(count: number, redis: Pick<RedisServer, 'url'>, environment: ReplicaEnvironment): Promise<Replicas> {
  const start = () => startReplica(redis, { REPLICAS: String(count), ...environment });
  const all = await Promise.all(Array.from({ length: count }, start));
  const started = [...all];
  const at = (index: number) => {
    const replica = all[index % all.length];
    if (replica === undefined) throw new Error('There is no replica.');
    return replica;
  };
  return {
    all,
    at,
    async replace(index) {
      all[index] = await start();
      started.push(at(index));
      return at(index);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(started.map((replica) => replica[Symbol.asyncDispose]()));
    },
  };
}
