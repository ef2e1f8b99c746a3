import { existsSync } from 'node:fs';
import { SettingsError, readSettings } from '../config.ts';
import type { Call, ContactSource } from '../datasources/contact-source.ts';
import { SOURCE_MODULES } from '../datasources/registry.ts';
import { SourceError, type SourceErrorCode } from '../datasources/source-error.ts';
import { createLog } from '../log.ts';
import { createSources } from '../sources.ts';

interface Finding {
  readonly source: string;
  readonly reachable: string;
  readonly authenticated: string;
  readonly rights: string;
  readonly quota: string;
  readonly latency: string;
  readonly advice: readonly string[];
}

/** `npm run check`: asks each configured source for contacts and users, and says how it went and what to do. */
async function main(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const settings = readSettings(process.env, SOURCE_MODULES);
  if (settings.isSandbox) {
    console.log('No source is configured, so there is nothing to check; see the README for the settings.');
    return;
  }
  const sources = createSources({ ...settings, cacheTtlMs: 0 }, createLog('silent'));
  const findings = await Promise.all([...sources.values()].map((source) => check(source, settings.requestTimeoutMs)));
  console.table(Object.fromEntries(findings.map(({ source, advice: _, ...cells }) => [source, cells])));
  for (const { source, advice } of findings) for (const line of advice) console.log(`${source}: ${line}`);
  if (findings.some(({ advice }) => advice.length > 0)) process.exitCode = 1;
}

async function check(source: ContactSource, timeMs: number): Promise<Finding> {
  const call: Call = { signal: AbortSignal.timeout(timeMs), deadline: performance.now() + timeMs, meter: { count: () => undefined } };
  const contacts = await errorOf(readFirstBlock(source, call));
  const isIn = contacts === null;
  const users = isIn ? await errorOf(source.listReferences('users', call)) : null;
  const health = source.health();
  const limitation = users ?? (health.error?.code === 'FORBIDDEN' ? health.error : null);
  const troubles = [contacts, isIn ? limitation : null].filter((trouble) => trouble !== null);
  return {
    source: `${source.name} (${source.kind})`,
    reachable: contacts !== null && UNREACHED.has(contacts.code) ? 'no' : 'yes',
    authenticated: isIn ? 'yes' : contacts.code === 'UNAUTHENTICATED' ? 'no' : contacts.code === 'FORBIDDEN' ? 'yes' : '?',
    rights: isIn ? (limitation === null ? 'contacts, users' : 'contacts') : contacts.code === 'FORBIDDEN' ? 'none' : '?',
    quota:
      health.quotas.map(({ window, remaining, limit }) => `${remaining ?? '?'}/${limit ?? '?'} ${window.toLowerCase()}`).join(', ') ||
      'not told',
    latency: health.latencyMs === null ? '-' : `${health.latencyMs} ms`,
    advice: troubles.map((trouble) => `${trouble.message} ${ADVICE[trouble.code] ?? ''}`.trim()),
  };
}

async function readFirstBlock(source: ContactSource, call: Call): Promise<void> {
  const field = source.capabilities.orderFields[0] ?? 'DISPLAY_NAME';
  const plan = source.planList({ filter: {}, order: { field, direction: 'ASC' }, details: new Set() });
  if (plan.outcome === 'runnable') await source.readBlock(plan, 0, call);
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

const UNREACHED: ReadonlySet<SourceErrorCode> = new Set(['TIMEOUT', 'UNAVAILABLE']);

/** What an operator can do about each kind of failure. */
const ADVICE: Readonly<Partial<Record<SourceErrorCode, string>>> = {
  TIMEOUT: 'Check the URL, the network and the firewall; raise SOURCE_TIMEOUT_MS if the CRM is merely slow.',
  UNAVAILABLE: 'Check the URL, the network, and whether the CRM is up.',
  UNAUTHENTICATED: 'Check the token, or the user name and password; a Kommo grant that has died is renewed by npm run connect.',
  FORBIDDEN: "Check the rights of the token's user, and the CRM's list of allowed addresses.",
  BLOCKED: 'The CRM refuses this address or account: stop calling it and ask its support.',
  RATE_LIMITED: 'Another program may be using the same credentials; wait, or give the gateway credentials of its own.',
  QUOTA_EXHAUSTED: "Wait until the quota is renewed, or buy a larger one; another program may be using the same account's quota.",
  BAD_RESPONSE: 'Check that the URL is whole and is that of the CRM, not of a proxy or a login page.',
};

try {
  await main();
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
