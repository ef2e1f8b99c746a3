import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Milliseconds that a server may take to its first line. */
const START_MS_MAX = 30_000;
const NANOSECONDS = 1e6;

/** A server in a process of its own, which is ended with `await using`. */
export class ServerProcess {
  readonly url: string;
  /** When the command was given, by `performance.now()`. */
  readonly startedAt: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string, startedAt: number) {
    this.#child = child;
    this.url = url;
    this.startedAt = startedAt;
  }

  /**
   * Runs this Node.js, with nothing of this process's environment but PATH, until it prints `ready: URL`.
   *
   * @param commandLine A script, after options of Node.js.
   * @throws Error when it ends before.
   */
  static async start(
    commandLine: readonly string[],
    environment: Readonly<Record<string, string>>,
    cwd = process.cwd(),
  ): Promise<ServerProcess> {
    const startedAt = performance.now();
    const child = spawn(process.execPath, commandLine, {
      cwd,
      env: { PATH: process.env['PATH'] ?? '', ...environment },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const url = /ready: (\S+)/.exec(await lineOf(child, commandLine.at(-1) ?? '', /ready: /))?.[1] ?? '';
    child.stdout?.resume();
    return new ServerProcess(child, url, startedAt);
  }

  /** User and system time of all its threads so far, in milliseconds. */
  cpuMs(): number {
    const threads = `/proc/${this.#child.pid}/task`;
    // In nanoseconds, where /proc/PID/stat counts in ticks of 10 ms.
    const spent = readdirSync(threads).map((thread) => Number(readFileSync(`${threads}/${thread}/schedstat`, 'utf8').split(' ')[0]));
    return spent.reduce((sum, nanoseconds) => sum + nanoseconds, 0) / NANOSECONDS;
  }

  /** Its resident set at this moment, in MB. */
  residentMb(): number {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.#child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}

/** The first line of a child's output that fits. @throws Error when it ends, or takes too long, without one. */
export async function lineOf(child: ChildProcess, name: string, pattern: RegExp): Promise<string> {
  if (child.stdout === null) throw new Error(`${name} has no output to read`);
  const timer = setTimeout(() => child.kill('SIGKILL'), START_MS_MAX);
  try {
    for await (const line of createInterface({ input: child.stdout })) if (pattern.test(line)) return line;
  } finally {
    clearTimeout(timer);
  }
  throw new Error(`${name} did not start`);
}
