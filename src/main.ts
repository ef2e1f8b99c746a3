import { SettingsError, readSettings, type Settings } from './config/settings.ts';
import { SOURCE_MODULES } from './datasources/registry.ts';
import { TokenFile } from './datasources/credentials/token-file.ts';
import { createMetrics } from './telemetry/metrics.ts';
import { LogOutput, STANDARD_OUTPUT } from './telemetry/log-output.ts';
import { createAuditLog, createLog } from './telemetry/log.ts';
import { ListenError, closingMsMax, startGateway } from './server/server.ts';
import { createIdentityKit } from './federation/identity/identity-kit.ts';
import { createSources, startIndexes } from './sources.ts';
import { loadEnvFile } from './platform/env-file.ts';

/** Starts the gateway, on the sandbox when nothing is configured, and stops it on SIGTERM or SIGINT. */
async function main(): Promise<void> {
  // A reader that is gone, or a full disk, must not end the process; the log says so in its own way.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  loadEnvFile();
  const { settings, stopSandbox } = await withSandbox(readSettings(process.env, SOURCE_MODULES));
  const metrics = createMetrics();
  const output = new LogOutput(STANDARD_OUTPUT, { onLost: metrics.countLostLogLines });
  process.on('exit', () => output.end());
  const log = createLog(settings.logLevel, output);
  const tokenStore = new TokenFile(settings.tokenStorePath);
  const identityKit = createIdentityKit(settings);
  const sources = createSources(settings, log, { observeCall: metrics.observeCall, tokenStore, identityKit });
  const gateway = await startGateway({
    settings,
    log,
    auditLog: createAuditLog(log, output),
    metrics,
    sources,
    identityKit,
  }).catch(async (error: unknown) => {
    await stopSandbox();
    throw error;
  });
  const stopIndexes = startIndexes(sources);
  log.info({ url: gateway.url, sources: settings.sources.map(({ name }) => name), isSandbox: settings.isSandbox }, 'listening');
  if (settings.isSandbox) console.log('Nothing is configured, so this runs on three sandbox CRMs with invented contacts.');
  console.log(`crm-gateway is ready: ${gateway.url}`);

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
    await stopSandbox();
    process.exit(0);
  };
  process.on('SIGTERM', (signal) => void stop(signal));
  process.on('SIGINT', (signal) => void stop(signal));
}

/** The sandbox is loaded only when it is needed, and configured like any real source: by its URLs and tokens. */
async function withSandbox(settings: Settings): Promise<{ settings: Settings; stopSandbox: () => Promise<void> }> {
  if (!settings.isSandbox) return { settings, stopSandbox: async () => undefined };
  const { startSandbox } = await import('./sandbox/sandbox.ts');
  const sandbox = await startSandbox();
  const onSandbox = readSettings({ ...process.env, ...sandbox.environment }, SOURCE_MODULES);
  return { settings: { ...onSandbox, isSandbox: true, hasContactIndex: settings.hasContactIndex }, stopSandbox: () => sandbox.close() };
}

try {
  await main();
} catch (error) {
  console.error(error instanceof SettingsError || error instanceof ListenError ? error.message : error);
  process.exitCode = 1;
}
