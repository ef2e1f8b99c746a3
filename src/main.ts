import { SettingsError, readSettings, type Settings } from './config/settings.ts';
import { SOURCE_MODULES } from './datasources/registry.ts';
import { TokenFile } from './datasources/credentials/token-file.ts';
import type { CallObserver } from './datasources/http/call-observer.ts';
import type { Log } from './datasources/port/log.ts';
import type { Tracing } from './telemetry/tracing/tracing.ts';
import type { DestinationStream } from 'pino';
import { joinReplicas } from './replicas/join.ts';
import { createMetrics } from './telemetry/metrics.ts';
import { LogOutput, STANDARD_OUTPUT } from './telemetry/log-output.ts';
import { createAuditLog, createLog } from './telemetry/log.ts';
import { ListenError, closingMsMax, startGateway } from './server/server.ts';
import { createIdentityKit } from './federation/identity/identity-kit.ts';
import { createSources, startIndexes } from './sources.ts';
import { loadEnvFile } from './platform/env-file.ts';
import { tuneV8 } from './platform/tune-v8.ts';

/** The sandbox CRMs are small: with the usual budget no scan of theirs would ever stop early, as one of a real account does. */
const SANDBOX_SCAN_BUDGET = '250';

/** Starts the gateway, on the sandbox when nothing is configured, and stops it on SIGTERM or SIGINT. */
async function main(): Promise<void> {
  // A reader that is gone, or a full disk, must not end the process; the log says so in its own way.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  loadEnvFile();
  const commandLine = process.argv.slice(2);
  if (commandLine.includes('--help')) return printUsage();
  const { settings, stopSandbox } = await withSandbox(readSettings(process.env, SOURCE_MODULES), commandLine);
  const metrics = createMetrics();
  const output = new LogOutput(STANDARD_OUTPUT, { onLost: metrics.countLostLogLines });
  process.on('exit', () => output.end());
  const log = createLog(settings.logLevel, isForReading(settings) ? await readableLines(output) : output);
  const replicas = await joinReplicas(settings, log, settings.replicas === null ? undefined : metrics.createRedisGauge());
  const tokenStore = replicas?.tokenStore ?? new TokenFile(settings.tokenStorePath);
  const identityKit = createIdentityKit(settings);
  const tracing = await startTracing(settings, log);
  const observeCall = bothOf(metrics.observeCall, tracing?.observeCall);
  const sources = createSources(settings, log, {
    observeCall,
    observeRead: metrics.observeRead,
    tokenStore,
    identityKit,
    ...(replicas && { replicas }),
  });
  const gateway = await startGateway({
    settings,
    log,
    auditLog: createAuditLog(log, output),
    metrics,
    tracing,
    sources,
    identityKit,
    ...(replicas && { createCallerRate: replicas.createCallerRate, refresh: replicas.refresh }),
  }).catch(async (error: unknown) => {
    await stopSandbox();
    throw error;
  });
  const stopIndexes = startIndexes(sources);
  const names = settings.sources.map(({ name }) => name);
  const from = settings.isSandbox ? 'three sandbox CRMs with invented contacts, since nothing is configured' : names.join(', ');
  // Whatever LOG_LEVEL is: without it nobody knows where the gateway is.
  log
    .child({}, { level: 'info' })
    .info({ url: gateway.url, sources: names, isSandbox: settings.isSandbox }, `crm-gateway is ready: ${gateway.url} (from ${from})`);

  tuneV8();

  // Node.js would end the process. No answer depends on what nobody awaits, so the others go on.
  process.on('unhandledRejection', (error) => log.error({ error }, 'a failure that nothing waited for: a fault of the gateway'));

  let isStopping = false;
  const stop = async (signal: string) => {
    if (isStopping) process.exit(1);
    isStopping = true;
    log.info({ signal }, 'stopping');
    // Whatever is not over by then must not keep the process for ever.
    setTimeout(() => process.exit(1), closingMsMax(settings)).unref();
    stopIndexes();
    await gateway.close();
    await tokenStore.settle();
    replicas?.close();
    await tracing?.close();
    await stopSandbox();
    process.exit(0);
  };
  // A terminal that is closed sends SIGHUP: what was asked is answered then too.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void stop(signal));
}

function isForReading({ logFormat, isProduction }: Settings): boolean {
  return logFormat === 'text' || (logFormat === 'auto' && process.stdout.isTTY && !isProduction);
}

/** Loaded only where somebody wants traces. */
async function startTracing({ tracing }: Settings, log: Log): Promise<Tracing | undefined> {
  if (tracing === null) return undefined;
  const { createTracing } = await import('./telemetry/tracing/otel-tracing.ts');
  return createTracing(tracing, log);
}

function bothOf(one: CallObserver, other: CallObserver | undefined): CallObserver {
  if (other === undefined) return one;
  return (call) => {
    one(call);
    other(call);
  };
}

/** Loaded only where a person reads. @see https://no-color.org */
async function readableLines(output: LogOutput): Promise<DestinationStream> {
  const { createReadableLines } = await import('./telemetry/readable-log.ts');
  return createReadableLines(output, process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '');
}

async function printUsage(): Promise<void> {
  const { SANDBOX_USAGE } = await import('./sandbox/sandbox-arguments.ts');
  console.log(`Usage: npm start -- [OPTIONS]
Starts the gateway with the settings of the environment and of .env; docs/settings.md lists them.
Where no CRM is configured it runs on three sandbox CRMs, and takes options for them:
${SANDBOX_USAGE}`);
}

interface SandboxedSettings {
  readonly settings: Settings;
  readonly stopSandbox: () => Promise<void>;
}

/** The command line was not understood. */
class CommandLineError extends Error {
  override readonly name = 'CommandLineError';
}

function orRefused<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new CommandLineError(
      `${error instanceof Error ? error.message : 'Unexpected options.'}\nnpm start -- --help shows what can be given.`,
    );
  }
}

/** The sandbox is loaded only when it is needed, and configured like any real source: by its URLs and tokens. */
async function withSandbox(settings: Settings, commandLine: readonly string[]): Promise<SandboxedSettings> {
  if (!settings.isSandbox) {
    if (commandLine.length > 0) throw new CommandLineError('CRMs are configured, and options are for the sandbox alone: leave them out.');
    return { settings, stopSandbox: async () => undefined };
  }
  const { readSandboxArguments } = await import('./sandbox/sandbox-arguments.ts');
  const options = orRefused(() => readSandboxArguments(commandLine, process.env));
  const { startSandbox } = await import('./sandbox/sandbox.ts');
  const sandbox = await startSandbox(options);
  const onSandbox = readSettings({ SCAN_BUDGET: SANDBOX_SCAN_BUDGET, ...process.env, ...sandbox.environment }, SOURCE_MODULES);
  return { settings: { ...onSandbox, isSandbox: true, hasContactIndex: settings.hasContactIndex }, stopSandbox: () => sandbox.close() };
}

try {
  await main();
} catch (error) {
  const isExplained = error instanceof SettingsError || error instanceof ListenError || error instanceof CommandLineError;
  console.error(isExplained ? error.message : error);
  process.exitCode = error instanceof CommandLineError ? 2 : 1;
}
