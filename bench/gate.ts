import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Crms } from './table/crms.ts';
import { buildGateway, run } from './table/installed.ts';
import { ask, assertGood } from './table/load.ts';
import { MachineWatch } from './table/machine.ts';
import { MODES, START_COLUMNS, type Mode } from './table/modes.ts';
import { pairedRatio, verdictOf, type Verdict } from './table/paired-ratio.ts';
import { gateway } from './table/servers.ts';
import { cpuOf, markdown, measureRound, Samples, START_CPU } from './table/table.ts';

const USAGE = `npm run bench:gate [-- REF [MODE...] [--pairs N] [--pairs-max N]]
  REF   what the working tree is compared with; the commit that it left main at, or on main the one before
  MODE  ${MODES.map(({ name }) => name).join(', ')}; all of them when left out
It ends with 1 when a mode is slower by 15 %, and with 3 when that cannot be told of one: the machine was too busy.`;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { pairs: { type: 'string', default: '4' }, 'pairs-max': { type: 'string', default: '16' } },
});
const names = positionals.filter((name) => MODES.some((mode) => mode.name === name));
const [ref = defaultRef(), ...unknown] = positionals.filter((name) => !names.includes(name));
const [PAIRS, PAIRS_MAX] = [Number(values.pairs), Number(values['pairs-max'])];
const BASE = 'base';
const HEAD = 'head';
const EFFORT = { rounds: 1, seconds: 4, slices: 16, warmUp: { seconds: 5, requests: 400 } };

const START = [START_CPU, START_COLUMNS.loaded];

/** What a mode's verdict makes of the whole: undecided is not passed. */
const EXIT_CODES: Readonly<Record<Verdict, number>> = { 'not slower': 0, slower: 1, undecided: 3 };

if (unknown.length > 0 || !(PAIRS >= 2 && PAIRS_MAX >= PAIRS)) {
  console.error(USAGE);
  process.exitCode = 2;
} else {
  const checkout = checkOut(ref);
  try {
    process.exitCode = EXIT_CODES[await compare(checkout)];
  } finally {
    run('git', ['worktree', 'remove', '--force', checkout]);
  }
}

function defaultRef(): string {
  const head = run('git', ['rev-parse', 'HEAD']);
  const left = run('git', ['merge-base', 'HEAD', 'main']);
  return left === head ? 'HEAD~1' : left;
}

/** A worktree of the commit, built, with the packages of this one where the lock file is the same. */
function checkOut(commit: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'bench-base-'));
  rmSync(folder, { recursive: true });
  run('git', ['worktree', 'add', '--quiet', '--detach', folder, commit]);
  const isSameLock = readFileSync('package-lock.json', 'utf8') === readFileSync(join(folder, 'package-lock.json'), 'utf8');
  if (isSameLock && existsSync('node_modules')) symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  else run('npm', ['ci', '--ignore-scripts'], folder);
  buildGateway(folder);
  buildGateway();
  return folder;
}

/** Measures pairs until each mode is decided, or there were enough of them. @returns The worst verdict. */
async function compare(checkout: string): Promise<Verdict> {
  const servers = [gateway(BASE, checkout), gateway(HEAD)];
  await using crms = await Crms.start();
  const watch = new MachineWatch();
  const samples = new Samples();
  // The first start of each fills the cache of compiled code.
  for (const server of servers) {
    await using running = await server.start(crms, 'cached');
    assertGood(await ask(running.url, server.body('FirstStart')));
  }
  let modes = MODES.filter(({ name }) => names.length === 0 || names.includes(name));
  const columns = [...modes.flatMap(columnsOf), ...START];
  const isOpen = (column: string) => resultOf(samples, column).verdict === 'undecided';
  for (let pair = 1; pair <= PAIRS_MAX && modes.length > 0; pair += 1) {
    await measureRound(pair % 2 === 0 ? servers : servers.toReversed(), modes, { crms, effort: EFFORT, watch, samples });
    console.error(`pair ${pair} done: ${modes.map(({ name }) => name).join(', ')}`);
    if (pair >= PAIRS) {
      const left = modes.filter((mode) => columnsOf(mode).some(isOpen));
      // The start and the memory are measured along with any mode.
      modes = left.length === 0 && START.some(isOpen) ? modes.slice(0, 1) : left;
    }
  }
  const results = columns.map((column) => resultOf(samples, column));
  const rows = results.map(({ column, pairs, ratio, low, high, verdict }) => [
    column,
    ...[ratio, low, high].map((value) => value.toFixed(3)),
    String(pairs),
    verdict,
  ]);
  console.log(`\nThe working tree against ${ref}\n\n${markdown(['', 'ratio', 'at least', 'at most', 'pairs', ''], rows)}`);
  console.log(`\n${watch.describe()}.`);
  const slower = results.filter(({ verdict }) => verdict === 'slower');
  const open = results.filter(({ verdict }) => verdict === 'undecided');
  if (open.length > 0) console.log(`Too noisy to tell, so not passed: ${open.map(({ column }) => column).join('; ')}.`);
  if (slower.length > 0) console.log(`Slower: ${slower.map(({ column }) => column).join('; ')}.`);
  if (slower.length + open.length === 0) console.log('Nothing is slower by 15 %.');
  return slower.length > 0 ? 'slower' : open.length > 0 ? 'undecided' : 'not slower';
}

/** CPU decides. What one client waits for is shown too, as steps done one after the other cost time and no CPU. */
function columnsOf(mode: Mode): string[] {
  return mode.figure === 'p50' ? [cpuOf(mode), mode.title] : [cpuOf(mode)];
}

function resultOf(samples: Samples, column: string) {
  const result = pairedRatio(samples.of(BASE, column), samples.of(HEAD, column));
  return { column, ...result, verdict: verdictOf(result) };
}
