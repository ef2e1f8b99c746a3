import { setTimeout as sleep } from 'node:timers/promises';
import { createIdentityKit, type IdentityKit } from './federation/identity/identity-kit.ts';
import type { IndexShare } from './indexing/index-share.ts';
import { SourceIndex } from './indexing/source-index.ts';
import { hashOfProgram } from './platform/program-hash.ts';
import { letOthersGoFirst, TIMER_MS_MAX } from './platform/timers.ts';
import { GovernedHttp } from './datasources/http/governed-http.ts';
import { Governor, type CallGovernor } from './datasources/governor/governor.ts';
import type { CallObserver } from './datasources/http/call-observer.ts';
import type { ContactSource } from './datasources/port/contact-source.ts';
import type { Log } from './datasources/port/log.ts';
import { createCacheStore } from './datasources/cache/cache-store.ts';
import { CachingSource, type ReadObserver } from './datasources/cache/caching-source.ts';
import type { SharedSource } from './datasources/cache/shared-source.ts';
import type { SourceDependencies } from './datasources/source-module.ts';
import { TokenFile } from './datasources/credentials/token-file.ts';
import type { TokenStore } from './datasources/credentials/token-store.ts';
import type { Settings } from './config/settings.ts';

/** How long a call of an index may wait for its turn. */
const BACKGROUND_WAIT_MS = 60_000;

/** What sources are made with where it is not made for them. */
export interface SourcesOptions {
  readonly observeCall?: CallObserver;
  readonly observeRead?: ReadObserver;
  readonly tokenStore?: TokenStore;
  readonly identityKit?: IdentityKit;
  /** What replicas share; left out where there is one process. */
  readonly replicas?: SharedBySources;
}

/** What the sources of several replicas share. */
export interface SharedBySources {
  readonly governor: CallGovernor;
  readonly shareSource: (source: string, account: string, onChange: () => void) => SharedSource;
  readonly shareIndex: (source: string, account: string, maxAgeMs: number) => IndexShare;
}

/** Makes every configured source, by name, in the order of the configuration: the datasource, under the cache, over the governed HTTP. */
export function createSources(settings: Settings, log: Log, options: SourcesOptions = {}): ReadonlyMap<string, ContactSource> {
  const {
    observeCall,
    observeRead,
    tokenStore = new TokenFile(settings.tokenStorePath),
    identityKit = createIdentityKit(settings),
    replicas,
  } = options;
  const dependencies = createSourceDependencies(settings, log, tokenStore, observeCall, replicas?.governor);
  const cache = {
    store: createCacheStore(settings.cacheBytes),
    ttlMs: settings.cacheTtlMs,
    referenceTtlMs: settings.referenceTtlMs,
  };
  const program = replicas === undefined ? '' : hashOfProgram();
  return new Map(
    settings.sources.map((configured) => {
      const account = JSON.stringify([program, configured.settings, settings.defaultCountry, settings.scanBudget]);
      const share = replicas && ((name: string, onChange: () => void) => replicas.shareSource(name, account, onChange));
      const source = configured.module.create(configured.name, configured.settings, dependencies);
      const shareIndex = (hashes: string) => replicas?.shareIndex(configured.name, `${account}\n${hashes}`, settings.contactIndexMaxAgeMs);
      const index = createIndex(source, settings, log, { kit: identityKit, share: shareIndex });
      return [configured.name, new CachingSource(source, { ...cache, index, observeRead, share })];
    }),
  );
}

/** Starts building the indexes of the sources that have one. @returns What ends that. */
export function startIndexes(sources: ReadonlyMap<string, ContactSource>): () => void {
  const indexes = [...sources.values()].map(({ index }) => index).filter((index) => index instanceof SourceIndex);
  for (const index of indexes) void index.run();
  return () => {
    for (const index of indexes) index.stop();
  };
}

/** What an index is made with. */
interface IndexParts {
  readonly kit: IdentityKit;
  /** @param hashes Names how contacts are hashed. */
  readonly share: (hashes: string) => IndexShare | undefined;
}

function createIndex(source: ContactSource, settings: Settings, log: Log, { kit, share }: IndexParts): SourceIndex | undefined {
  if (!settings.hasContactIndex || source.directory === undefined) return undefined;
  return new SourceIndex({
    source,
    settings: {
      maxAgeMs: settings.contactIndexMaxAgeMs,
      quotaShare: settings.contactIndexQuotaShare,
      // A background call waits until nobody else does.
      callTimeMs: settings.sourceTimeoutMs + BACKGROUND_WAIT_MS,
    },
    clock: {
      now: Date.now,
      sleep: (ms, signal) => sleep(Math.min(ms, TIMER_MS_MAX), undefined, { signal, ref: false }),
      giveWay: letOthersGoFirst,
    },
    log,
    hash: (record) => kit.hashed(record),
    share: share(kit.fingerprint),
  });
}

/** What the sources share: one governor over all their calls, one token store. */
export function createSourceDependencies(
  settings: Settings,
  log: Log,
  tokenStore: TokenStore,
  observeCall?: CallObserver,
  governor: CallGovernor = new Governor({ callerShare: settings.callerReserve }),
): SourceDependencies {
  const { sourceTimeoutMs, writeTimeoutMs, defaultCountry, scanBudget, referenceTtlMs } = settings;
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
