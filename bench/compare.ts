import { parseArgs } from 'node:util';
import { compareCpu, tryReplicas } from './replicas.ts';
import { Crms } from './table/crms.ts';
import { GROWTHS } from './table/growth.ts';
import { buildGateway, installPeers } from './table/installed.ts';
import { runInterleavings } from './table/interleavings.ts';
import { median } from './table/load.ts';
import { MachineWatch } from './table/machine.ts';
import { MODES, type Mode } from './table/modes.ts';
import type { Effort } from './table/sample.ts';
import { SERVERS } from './table/servers.ts';
import { measureTable, printTable, Samples } from './table/table.ts';

const USAGE = `npm run bench [-- PART... [--quick] [--rounds N] [--seconds N]]
  modes of the table  ${MODES.map(({ name }) => name).join(', ')}
  growth              ${Object.keys(GROWTHS).join(', ')}
  interleavings       a million of them, of requests that share answers, deletions and hang-ups
  replicas            what several replicas on one Redis promise, and what Redis costs; takes some five minutes
  replicas-cpu        of that, the CPU that Redis costs a request
All modes and all growth when no part is named.`;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, rounds: { type: 'string' }, seconds: { type: 'string' } },
});
const isAll = positionals.length === 0;
const modes = MODES.filter(({ name }) => isAll || positionals.includes(name));
const growths = Object.entries(GROWTHS).filter(([name]) => isAll || positionals.includes(name));
const known = new Set([...MODES.map(({ name }) => name), ...Object.keys(GROWTHS), 'interleavings', 'replicas', 'replicas-cpu']);
const effort: Effort = {
  rounds: Number(values.rounds ?? (values.quick ? 1 : 3)),
  seconds: Number(values.seconds ?? (values.quick ? 1 : 3)),
  slices: values.quick ? 4 : 10,
  warmUp: values.quick ? { seconds: 2, requests: 200 } : { seconds: 20, requests: 1_500 },
};
if (!positionals.every((name) => known.has(name)) || !(effort.rounds > 0 && effort.seconds > 0)) {
  console.error(USAGE);
  process.exitCode = 2;
} else {
  if (positionals.includes('interleavings')) await runInterleavings(values.quick ? 10_000 : 1_000_000);
  if (positionals.includes('replicas')) await tryReplicas(values.quick);
  if (positionals.includes('replicas-cpu')) await compareCpu(values.quick ? 3 : 9);
  if (modes.length > 0 || growths.length > 0) {
    installPeers();
    buildGateway();
  }
  if (modes.length > 0) await compare(modes);
  for (const [, measure] of growths) await measure(values.quick);
}

async function compare(compared: readonly Mode[]): Promise<void> {
  await using crms = await Crms.start();
  const watch = new MachineWatch();
  const samples = new Samples();
  await measureTable(SERVERS, compared, { crms, effort, watch, samples });
  printTable(samples, SERVERS, compared);
  const spread = median(samples.spreads());
  console.log(`\n${watch.describe()}.`);
  if (!Number.isNaN(spread)) console.log(`Rounds of one server differ by ± ${(spread * 100).toFixed(0)} % in the median cell.`);
}
