import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { RedisLink, type RedisLinkOptions } from '../../../src/replicas/redis-link.ts';
import { freePort } from './free-port.ts';

/** Whether there is a Redis to start; in CI there must be. */
export const HAS_REDIS = spawnSync('redis-server', ['--version']).status === 0;
if (!HAS_REDIS)
  process.stderr.write('redis-server is not installed: the tests of several replicas are left out. Debian: apt-get install redis-server\n');

export const STATE_KEY = 'a state key for tests, of 32 characters or more';

/** A real Redis in a process of its own, with its files in a folder of its own. */
export interface RedisServer extends AsyncDisposable {
  readonly url: string;
  readonly folder: string;
  /** A connection that no code under test uses. */
  readonly client: Redis;
  /** Ends it as a power cut would, and starts it again on the same port and files. */
  restart(): Promise<void>;
  kill(): Promise<void>;
  start(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
}

export async function startRedis(...options: readonly string[]): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'crm-gateway-redis-'));
  const port = await freePort();
  let child: ChildProcess | undefined;
  const start = async () => {
    const defaults = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'yes'];
    const own = spawn('redis-server', [...defaults, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
    child = own;
    await new Promise<void>((resolve, reject) => {
      let output = '';
      own.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (output.includes('Ready to accept connections')) resolve();
      });
      own.once('close', () => reject(new Error(`redis-server ended: ${output}`)));
    });
  };
  const kill = async () => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'close');
    child.kill('SIGKILL');
    await ended;
  };
  await start();
  const client = new Redis(`redis://127.0.0.1:${port}`, { retryStrategy: () => 20, maxRetriesPerRequest: null });
  client.on('error', () => undefined);
  return {
    url: `redis://127.0.0.1:${port}`,
    folder,
    client,
    start,
    kill,
    async restart() {
      await kill();
      await start();
    },
    signal: (signal) => void child?.kill(signal),
    async [Symbol.asyncDispose]() {
      client.disconnect();
      child?.kill('SIGCONT');
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What was logged, by level. */
export function logOf(lines: string[]): RedisLinkOptions['log'] {
  const write = (level: string) => (_members: object, message: string) => void lines.push(`${level}: ${message}`);
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

export async function openLink(url: string, options: Partial<RedisLinkOptions> = {}): Promise<RedisLink & Disposable> {
  const link = await RedisLink.open({ url, stateKey: STATE_KEY, stateKeyOld: null, log: logOf([]), ...options });
  return Object.assign(link, { [Symbol.dispose]: () => link.close() });
}

/** Waits until a link is away, or here. */
export async function linkIs(link: RedisLink, state: 'away' | 'here'): Promise<void> {
  while (link.isAway !== (state === 'away')) {
    await new Promise<void>((resolve) => {
      const end = link.onChange(() => {
        end();
        resolve();
      });
    });
  }
}
