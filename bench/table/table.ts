import type { Crms } from './crms.ts';
import { assertEqualAnswers } from './equal-answers.ts';
import { median } from './load.ts';
import type { MachineWatch } from './machine.ts';
import { START_COLUMNS, type Mode } from './modes.ts';
import { sampleMode, sampleStart, type Effort, type ModeSample, type RunningServer } from './sample.ts';
import type { BenchServer } from './servers.ts';

/** By server and column, one for each round. */
export class Samples {
  readonly #all = new Map<string, number[]>();

  add(server: string, column: string, value: number): void {
    const key = `${server}\n${column}`;
    this.#all.set(key, [...(this.#all.get(key) ?? []), value]);
  }

  of(server: string, column: string): readonly number[] {
    return this.#all.get(`${server}\n${column}`) ?? [];
  }

  median(server: string, column: string): number {
    return median(this.of(server, column));
  }

  /** Half the distance from least to greatest, against the median: what the rounds of one server differ by. */
  spreads(): number[] {
    return [...this.#all.values()]
      .filter((values) => values.length > 1)
      .map((values) => (Math.max(...values) - Math.min(...values)) / 2 / median(values))
      .filter(Number.isFinite);
  }
}

export interface Measuring {
  readonly crms: Crms;
  readonly effort: Effort;
  readonly watch: MachineWatch;
  readonly samples: Samples;
}

/** Measures each server in each mode, in one round after another. @throws Error where one answers otherwise than the first. */
export async function measureTable(servers: readonly BenchServer[], modes: readonly Mode[], measuring: Measuring): Promise<void> {
  const { rounds } = measuring.effort;
  for (let round = 0; round < rounds; round += 1) {
    // There and back: who starts first has the emptier machine.
    await measureRound(round % 2 === 0 ? servers : servers.toReversed(), modes, measuring);
    console.error(`round ${round + 1} of ${rounds} done`);
  }
}

/** Adds one sample of each server and mode. The processes are new ones, and run side by side. */
export async function measureRound(
  servers: readonly BenchServer[],
  modes: readonly Mode[],
  { crms, effort, watch, samples }: Measuring,
): Promise<void> {
  for (const reuse of new Set(modes.map((mode) => mode.reuse))) {
    await using processes = new AsyncDisposableStack();
    const all: RunningServer[] = [];
    for (const server of servers) {
      const one = { server, running: processes.use(await server.start(crms, reuse)) };
      addStart(samples, server, await sampleStart(one));
      all.push(one);
    }
    await assertEqualAnswers(all);
    for (const mode of modes.filter((each) => each.reuse === reuse)) {
      const measured = await sampleMode(all, crms, mode, effort);
      for (const [index, sample] of measured.entries()) addMode(samples, all[index]?.server, mode, sample);
      watch.note();
    }
    for (const { server, running } of all) samples.add(server.name, START_COLUMNS.loaded, running.residentMb());
  }
}

function addStart(samples: Samples, { name }: BenchServer, { cold, coldCpu, idle }: Awaited<ReturnType<typeof sampleStart>>): void {
  samples.add(name, START_COLUMNS.cold, cold);
  samples.add(name, START_CPU, coldCpu);
  samples.add(name, START_COLUMNS.idle, idle);
}

function addMode(samples: Samples, server: BenchServer | undefined, mode: Mode, sample: ModeSample): void {
  const name = server?.name ?? '';
  samples.add(name, mode.title, sample[mode.figure]);
  samples.add(name, cpuOf(mode), sample.cpu);
  samples.add(name, callsOf(mode), sample.calls);
}

/** The keys of what the table does not show in the column of a mode itself. */
export const START_CPU = 'start to first answer: CPU';
export const cpuOf = ({ title }: Mode): string => `${title}: CPU`;
export const callsOf = ({ title }: Mode): string => `${title}: calls`;

/** The medians, each with its ratio to the floor, which is the first server. */
export function printTable(samples: Samples, servers: readonly BenchServer[], modes: readonly Mode[]): void {
  const floor = servers[0]?.name ?? '';
  const columns = [...modes.map(({ title }) => title), ...Object.values(START_COLUMNS)];
  const cell = (server: string, column: string) => {
    const value = samples.median(server, column);
    const ratio = value / samples.median(floor, column);
    return server === floor ? digits(value) : `${digits(value)} (${digits(ratio)}×)`;
  };
  console.log('\nCPU ms a request (or what the column says); in brackets the ratio to the floor\n');
  console.log(
    markdown(
      ['', ...columns],
      servers.map(({ name }) => [name, ...columns.map((column) => cell(name, column))]),
    ),
  );
  console.log('\nUpstream calls a request\n');
  const calls = servers.map(({ name }) => [name, ...modes.map((mode) => digits(samples.median(name, callsOf(mode))))]);
  console.log(markdown(['', ...modes.map(({ title }) => title)], calls));
}

/** Three digits that count. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(value < 0.1 ? 3 : 2);
}

export function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_cell, index) => (index === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n');
}
