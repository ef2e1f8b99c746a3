import { styleText } from 'node:util';
import { RequestMeter } from '../graphql/budget/call-meter.ts';
import { SettingsError, readSettings } from '../config/settings.ts';
import type { Call } from '../datasources/port/call.ts';
import type { ContactSource, SourceFinding } from '../datasources/port/contact-source.ts';
import { SOURCE_MODULES } from '../datasources/registry.ts';
import { SourceError, type SourceErrorCode } from '../datasources/port/source-error.ts';
import { TokenFile } from '../datasources/credentials/token-file.ts';
import { joinReplicas } from '../replicas/join.ts';
import { createLog } from '../telemetry/log.ts';
import { createSourceDependencies } from '../sources.ts';
import { EXIT, readArguments } from './command-line.ts';
import { wordsOf } from './error-words.ts';
import { adviceOn } from './source-advice.ts';
import { loadEnvFile } from '../platform/env-file.ts';

/** Enough for every account that is well; a list of a CRM that does not end must not use its quota up. */
const CALLS_MAX = 20;
const COLUMNS = ['source', 'reachable', 'authenticated', 'rights', 'quota', 'latency'] as const;

interface Checked {
  readonly cells: Readonly<Record<(typeof COLUMNS)[number], string>>;
  readonly findings: readonly SourceFinding[];
}

const USAGE = `Usage: npm run check
Calls each configured CRM, at most ${CALLS_MAX} times, and says what it reached, with which rights, and what to do where it failed.
Exit codes: 0 all is well, 1 something is not, 2 the command was not understood.`;

/** `npm run check`: asks each configured source for contacts and users, and says how it went and what to do. */
async function main(): Promise<void> {
  loadEnvFile();
  const settings = readSettings(process.env, SOURCE_MODULES);
  if (settings.isSandbox) {
    console.error('No source is configured, so there is nothing to check: set for example KOMMO_URL and KOMMO_TOKEN (see the README).');
    process.exitCode = EXIT.failed;
    return;
  }
  showProgress(`Calling ${settings.sources.map(({ name }) => name).join(', ')} …`);
  const log = createLog('silent');
  const replicas = await joinReplicas(settings, log);
  const tokenStore = replicas?.tokenStore ?? new TokenFile(settings.tokenStorePath);
  const dependencies = createSourceDependencies(settings, log, tokenStore, undefined, replicas?.governor);
  // Not under the cache: each is called.
  const accounts = settings.sources.map(({ module, name, settings: ofSource }): Account => {
    const source = module.create(name, ofSource, dependencies);
    return { source, isConnected: (module.connect?.(name, ofSource, dependencies) ?? null) !== null };
  });
  const checked = await Promise.all(
    accounts.map(async (account) => {
      const result = await check(account, settings.requestTimeoutMs);
      showProgress(`${account.source.name}: done`);
      return result;
    }),
  );
  console.log(table(checked));
  for (const { cells, findings } of checked) {
    for (const { message, advice } of findings) console.log(`\n${cells.source}: ${message}\n  ${advice}`);
  }
  const ofRedis = replicas?.findings() ?? [];
  for (const { message, advice } of ofRedis) console.log(`\nredis: ${message}\n  ${advice}`);
  replicas?.close();
  if (ofRedis.length > 0 || checked.some(({ findings }) => findings.length > 0)) process.exitCode = EXIT.failed;
}

interface Account {
  readonly source: ContactSource;
  /** Whether a person has to connect it once. */
  readonly isConnected: boolean;
}

async function check({ source, isConnected }: Account, timeMs: number): Promise<Checked> {
  const meter = new RequestMeter(CALLS_MAX, Infinity);
  const call: Call = { signal: AbortSignal.timeout(timeMs), deadline: performance.now() + timeMs, meter };
  const trouble = await errorOf(readFirstBlock(source, call));
  const isIn = trouble === null;
  let canSeeUsers = false;
  const seeUsers = async () => {
    canSeeUsers = (await source.listReferences('users', call)).length > 0;
  };
  const users = isIn ? await errorOf(seeUsers()) : null;
  const findings = isIn ? await diagnose(source, call) : [];
  const { quotas, latencyMs, error, checkedAt } = source.health();
  // Some sources answer without what they have no right to, and keep the reason in their health.
  const limitation = isIn && error?.code === 'FORBIDDEN' ? error : users;
  const windows = quotas.map(
    ({ window, remaining, limit }) => `${remaining ?? '?'}/${limit ?? '?'} ${window.toLowerCase().replace('_', ' ')}`,
  );
  return {
    cells: {
      source: `${source.name} (${source.kind})`,
      reachable: checkedAt === null && !isIn ? '?' : trouble !== null && isUnreached(trouble) ? 'no' : 'yes',
      authenticated: isIn || ADMITTED.has(trouble.code) ? 'yes' : trouble.code === 'UNAUTHENTICATED' ? 'no' : '?',
      rights: isIn ? (canSeeUsers ? 'contacts, users' : 'contacts') : trouble.code === 'FORBIDDEN' ? 'none' : '?',
      quota: windows.join(', ') || 'not reported',
      latency: latencyMs === null ? '-' : `${latencyMs} ms`,
    },
    findings: [
      ...[trouble, limitation].filter((failure) => failure !== null).map((failure) => adviceOn(failure, isConnected)),
      ...findings,
    ],
  };
}

async function readFirstBlock(source: ContactSource, call: Call): Promise<void> {
  const field = source.capabilities.orderFields[0] ?? 'DISPLAY_NAME';
  const plan = source.planList({ filter: {}, order: { field, direction: 'ASC' }, details: new Set() });
  if (plan.outcome === 'runnable') await source.readBlock(plan, 0, call);
}

async function diagnose(source: ContactSource, call: Call): Promise<readonly SourceFinding[]> {
  try {
    return (await source.diagnose?.(call)) ?? [];
  } catch (error) {
    if (error instanceof SourceError) return [adviceOn(error, false)];
    throw error;
  }
}

async function errorOf(work: Promise<unknown>): Promise<SourceError | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (error instanceof SourceError) return error;
    throw error;
  }
}

/** No answer came; one of a server that has a fault is one. */
function isUnreached({ code, httpStatus }: SourceError): boolean {
  return httpStatus === undefined && (code === 'TIMEOUT' || code === 'UNAVAILABLE');
}

/** Failures that a CRM tells only those whom it knows. */
const ADMITTED: ReadonlySet<SourceErrorCode> = new Set(['QUOTA_EXHAUSTED']);

/** Says how far it is, to a person who waits; not to a file or another program. */
function showProgress(text: string): void {
  if (process.stderr.isTTY) console.error(text);
}

/** What is wrong in red and what is well in green, on a terminal whose user has not set NO_COLOR. */
function colored(cell: string, text: string): string {
  if (cell === 'no' || cell === 'none') return styleText('red', text);
  return cell === 'yes' ? styleText('green', text) : text;
}

/** Plain text, columns as wide as they need to be. */
function table(checked: readonly Checked[]): string {
  const rows = [COLUMNS.map((column) => column.toUpperCase()), ...checked.map(({ cells }) => COLUMNS.map((column) => cells[column]))];
  const widths = COLUMNS.map((_column, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, index) => colored(cell, cell.padEnd(widths[index] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

readArguments({ usage: USAGE, argumentsMax: 0 });
try {
  await main();
} catch (error) {
  console.error(error instanceof SettingsError ? error.message : `The check itself has failed. ${wordsOf(error)}`);
  process.exitCode = EXIT.failed;
}
