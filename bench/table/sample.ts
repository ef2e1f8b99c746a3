import { setTimeout as sleep } from 'node:timers/promises';
import type { Crms } from './crms.ts';
import { ask, assertGood, load, quantile } from './load.ts';
import type { Mode } from './modes.ts';
import type { BenchServer } from './servers.ts';
import type { ServerProcess } from './server-process.ts';

/** How long things are measured. */
export interface Effort {
  /** Each with new processes. */
  readonly rounds: number;
  /** Of load on each server in each mode of a round, in as many parts as `slices` says. */
  readonly seconds: number;
  readonly slices: number;
  /** Before that, until one of the two is reached. */
  readonly warmUp: { readonly seconds: number; readonly requests: number };
}

/** Times in ms; `cpu` is that of the server's process for one request. */
export interface ModeSample {
  readonly cpu: number;
  readonly p50: number;
  readonly p99: number;
  readonly calls: number;
}

export interface RunningServer {
  readonly server: BenchServer;
  readonly running: ServerProcess;
}

const CPU_SHARE = 0.25;

let operations = 0;

/** Bodies for a mode: the same one again and again, or each with another name of its operation. */
function bodiesOf(server: BenchServer, { isUnique }: Mode): () => string {
  const body = server.body('FirstContacts');
  return isUnique ? () => body.replace('FirstContacts', `Q${(operations += 1)}`) : () => body;
}

/** What came of the slices of one server so far. */
class Tally {
  readonly #durationsMs: number[] = [];
  readonly #cpuMs: number[] = [];
  #calls = 0;

  async addSlice({ server, running }: RunningServer, crms: Crms, mode: Mode, seconds: number): Promise<void> {
    await crms.takeCalls();
    const before = running.cpuMs();
    const { durationsMs } = await load(running.url, { clients: mode.clients, body: bodiesOf(server, mode), seconds });
    this.#cpuMs.push((running.cpuMs() - before) / durationsMs.length);
    this.#calls += await crms.takeCalls();
    this.#durationsMs.push(...durationsMs);
  }

  sample(): ModeSample {
    const sorted = this.#durationsMs.toSorted((one, other) => one - other);
    return {
      // The lower quartile of the slices: other programs only make work dearer, and most of the slices on a busy machine.
      cpu: quantile(
        this.#cpuMs.toSorted((one, other) => one - other),
        CPU_SHARE,
      ),
      calls: this.#calls / sorted.length,
      p50: quantile(sorted, 0.5),
      p99: quantile(sorted, 0.99),
    };
  }
}

/** Loads servers that run side by side, by turns and in slices, so that what else the machine does falls on all of them alike. */
export async function sampleMode(
  all: readonly RunningServer[],
  crms: Crms,
  mode: Mode,
  { seconds, slices, warmUp }: Effort,
): Promise<ModeSample[]> {
  await crms.delayBy(mode.delayMs);
  for (const { server, running } of all) {
    await load(running.url, { clients: mode.clients, body: bodiesOf(server, mode), ...warmUp });
  }
  const tallies = all.map((one) => ({ one, tally: new Tally() }));
  for (let slice = 0; slice < slices; slice += 1) {
    // There and back, so that nobody is always first.
    for (const { one, tally } of slice % 2 === 0 ? tallies : tallies.toReversed()) {
      await tally.addSlice(one, crms, mode, seconds / slices);
    }
  }
  await crms.delayBy(0);
  return tallies.map(({ tally }) => tally.sample());
}

/** From the command to the first good answer, as a clock and as CPU, in ms; and the memory once it idles, in MB. */
export async function sampleStart({ server, running }: RunningServer): Promise<{ cold: number; coldCpu: number; idle: number }> {
  assertGood(await ask(running.url, server.body('FirstContacts')));
  const cold = performance.now() - running.startedAt;
  const coldCpu = running.cpuMs();
  await sleep(500);
  return { cold, coldCpu, idle: running.residentMb() };
}
