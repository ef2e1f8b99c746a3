import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** Starts a script of the project in a process of its own, with nothing of this one's environment but PATH. */
export function startChild(script: string, environment: Readonly<Record<string, string>>): ChildProcess {
  return spawn(process.execPath, [script], {
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Reads a child's output up to the first line that fits. @throws Error when it ends without one. */
export async function firstLine(child: ChildProcess, pattern: RegExp): Promise<string> {
  if (child.stdout === null) throw new Error('no output to read');
  for await (const line of createInterface({ input: child.stdout })) if (pattern.test(line)) return line;
  throw new Error('a server did not start');
}

/** Starts the gateway. @returns It and the URL of its endpoint. */
export async function startGatewayChild(environment: Readonly<Record<string, string>>): Promise<{ child: ChildProcess; url: string }> {
  const child = startChild('src/main.ts', { PORT: '0', LOG_LEVEL: 'error', ...environment });
  const url = (await firstLine(child, /ready: /)).match(/ready: (\S+)/)?.[1] ?? '';
  // Whatever else it prints is not read.
  child.stdout?.resume();
  return { child, url };
}

/** User and system time of a process so far. Linux counts in ticks of 10 ms. */
export function cpuMsOf({ pid }: Pick<ChildProcess, 'pid'>): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** The largest resident set of a process so far, in MB. */
export function peakMbOf({ pid }: ChildProcess): number {
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024);
}
