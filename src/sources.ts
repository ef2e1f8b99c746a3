import { GovernedHttp } from './datasources/governed-http.ts';
import { Governor } from './datasources/governor.ts';
import type { CallObserver } from './datasources/call-observer.ts';
import type { ContactSource } from './datasources/contact-source.ts';
import type { Log } from './datasources/log.ts';
import { RememberingSource, createAnswerStore } from './datasources/memory.ts';
import { TokenFile } from './datasources/token-file.ts';
import type { Settings } from './config.ts';

/** Memory for remembered answers of all sources together. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;

/** Makes every configured source, by name, in the order of the configuration: the datasource, under the memory, over the governed HTTP. */
export function createSources(settings: Settings, log: Log, observeCall?: CallObserver): ReadonlyMap<string, ContactSource> {
  const governor = new Governor();
  const store = createAnswerStore(ANSWER_BYTES_MAX);
  const tokenStore = new TokenFile(settings.tokenStorePath);
  const dependencies = {
    createHttp: (options: ConstructorParameters<typeof GovernedHttp>[0]) =>
      new GovernedHttp(options, { governor, log, sourceTimeoutMs: settings.sourceTimeoutMs, ...(observeCall && { observeCall }) }),
    tokenStore,
    log,
    defaultCountry: settings.defaultCountry,
    scanBudget: settings.scanBudget,
    referenceTtlMs: settings.referenceTtlMs,
    now: Date.now,
  };
  const memory = { store, ttlMs: settings.cacheTtlMs, referenceTtlMs: settings.referenceTtlMs };
  return new Map(
    settings.sources.map((configured) => {
      const source = configured.module.create(configured.name, configured.settings, dependencies);
      return [configured.name, new RememberingSource(source, memory)];
    }),
  );
}
