import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { GATEWAY } from './child-process.ts';

const MAIN = join(import.meta.dirname, '../../..', GATEWAY);

/** The gateway as an operator starts it, in a process of its own. */
export interface GatewayProcess extends AsyncDisposable {
  /** Of the GraphQL endpoint. */
  readonly url: string;
  /** All that it wrote so far, on either output. */
  output(): string;
  /** Asks it to stop as an operator does. @returns its exit code. */
  stop(): Promise<number | null>;
}

/**
 * Starts the gateway with this environment and no other.
 *
 * @param directory Where it runs: an `.env` there is read.
 * @throws Error with its output when it ends before it is ready.
 */
export async function startGatewayProcess(environment: Readonly<Record<string, string>>, directory: string): Promise<GatewayProcess> {
  const child = spawn(process.execPath, [MAIN], { cwd: directory, env: { PORT: '0', ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const ended = once(child, 'close');
  const ready = new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString('utf8');
      const url = /is ready: (\S+)/.exec(output)?.[1];
      if (url !== undefined) resolve(url);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('close', () => reject(new Error(`The gateway ended: ${output}`)));
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    return child.exitCode;
  };
  return {
    url: await ready,
    output: () => output,
    stop,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
