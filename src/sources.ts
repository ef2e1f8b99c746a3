import { GovernedHttp } from './datasources/http/governed-http.ts';
import { Governor } from './datasources/governor/governor.ts';
import type { CallObserver } from './datasources/http/call-observer.ts';
import type { ContactSource } from './datasources/port/contact-source.ts';
import type { Log } from './datasources/port/log.ts';
import { CachingSource, createCacheStore } from './datasources/cache/caching-source.ts';
import type { SourceDependencies } from './datasources/source-module.ts';
import { TokenFile } from './datasources/credentials/token-file.ts';
import type { TokenStore } from './datasources/credentials/token-store.ts';
import type { Settings } from './config/settings.ts';

/** For the cached answers of all sources together. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;

/** Makes every configured source, by name, in the order of the configuration: the datasource, under the cache, over the governed HTTP. */
export function createSources(
  settings: Settings,
  log: Log,
  observeCall?: CallObserver,
  tokenStore: TokenStore = new TokenFile(settings.tokenStorePath),
): ReadonlyMap<string, ContactSource> {
  const dependencies = createSourceDependencies(settings, log, tokenStore, observeCall);
  const cache = { store: createCacheStore(ANSWER_BYTES_MAX), ttlMs: settings.cacheTtlMs, referenceTtlMs: settings.referenceTtlMs };
  return new Map(
    settings.sources.map((configured) => {
      const source = configured.module.create(configured.name, configured.settings, dependencies);
      return [configured.name, new CachingSource(source, cache)];
    }),
  );
}

/** What the sources share: one governor over all their calls, one token store. */
export function createSourceDependencies(
  settings: Settings,
  log: Log,
  tokenStore: TokenStore,
  observeCall?: CallObserver,
): SourceDependencies {
  const { sourceTimeoutMs, writeTimeoutMs, defaultCountry, scanBudget, referenceTtlMs, callerReserve } = settings;
  const governor = new Governor({ callerShare: callerReserve });
  return {
    createHttp: (options) =>
      new GovernedHttp(options, { governor, log, sourceTimeoutMs, writeTimeoutMs, ...(observeCall && { observeCall }) }),
    tokenStore,
    log,
    defaultCountry,
    scanBudget,
    referenceTtlMs,
    now: Date.now,
  };
}
