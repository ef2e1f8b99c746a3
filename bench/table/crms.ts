import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { lineOf } from './server-process.ts';

/** The benchmark's CRMs, in one process of their own. */
export class Crms {
  /** One for each account; the same process answers at all of them. */
  readonly urls: readonly string[];
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, urls: readonly string[]) {
    this.#child = child;
    this.urls = urls;
  }

  /** @param options `rows` of each CRM, and the number of `addresses`. */
  static async start({ rows = 25, addresses = 3 }: { rows?: number; addresses?: number } = {}): Promise<Crms> {
    const child = spawn(process.execPath, ['bench/table/upstream-main.ts'], {
      env: { PATH: process.env['PATH'] ?? '', ROWS: String(rows), ADDRESSES: String(addresses) },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    return new Crms(child, JSON.parse(await lineOf(child, 'the upstream', /^\[/)) as string[]);
  }

  url(index: number): string {
    return this.urls[index] ?? '';
  }

  async delayBy(ms: number): Promise<void> {
    await fetch(`${this.url(0)}/__delay?${ms}`);
  }

  /** How many calls came since this was last asked. */
  async takeCalls(): Promise<number> {
    return ((await (await fetch(`${this.url(0)}/__calls`)).json()) as { calls: number }).calls;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}
