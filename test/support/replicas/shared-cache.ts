import { expect } from 'vitest';
import { createCacheStore } from '../../../src/datasources/cache/cache-store.ts';
import { CachingSource, type ReadObserver } from '../../../src/datasources/cache/caching-source.ts';
import type { ContactSource } from '../../../src/datasources/port/contact-source.ts';
import { openReplicas, type Replicas, type ReplicasOptions } from '../../../src/replicas/replicas.ts';
import { eventually } from '../eventually.ts';
import { logOf, STATE_KEY } from '../processes/redis-server.ts';

/** One replica's cache of an account. */
export interface CachingReplica {
  readonly replicas: Replicas;
  /** Gives the cache as a request finds it that has just begun. */
  readonly begin: () => Promise<CachingSource>;
  readonly close: () => void;
}

export interface CachingReplicaOptions extends Partial<ReplicasOptions> {
  readonly ttlMs?: number;
  readonly account?: string;
  readonly observeRead?: ReadObserver;
}

/** Opens one more replica with a cache of its own over the same account. */
export async function openReplica(url: string, inner: ContactSource, options: CachingReplicaOptions = {}): Promise<CachingReplica> {
  const { ttlMs = 60_000, account = 'account', observeRead, ...own } = options;
  const replicas = await openReplicas({
    url,
    stateKey: STATE_KEY,
    stateKeyOld: null,
    log: logOf([]),
    replicas: 2,
    callerReserve: 0,
    sourceTimeoutMs: 10_000,
    writeTimeoutMs: 10_000,
    // What is tested is what is kept, not how fast a busy machine is.
    answerMs: 5_000,
    ...own,
  });
  // A busy machine may take longer to connect than a start waits; coming back later would make the cache forget what a test has put there.
  await eventually(() => expect(replicas.findings().filter((finding) => 'isAway' in finding && finding.isAway)).toEqual([]));
  const source = new CachingSource(inner, {
    store: createCacheStore(10_000_000),
    ttlMs,
    referenceTtlMs: ttlMs,
    observeRead,
    share: (name, onChange) => replicas.shareSource(name, account, onChange),
  });
  return {
    replicas,
    async begin() {
      await replicas.refresh();
      return source;
    },
    close: () => replicas.close(),
  };
}
