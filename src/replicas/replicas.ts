import { createCallerRate, type CallerRate } from '../auth/caller-rate.ts';
import type { CallGovernor } from '../datasources/governor/governor.ts';
import type { SharedSource } from '../datasources/cache/shared-source.ts';
import type { TokenStore } from '../datasources/credentials/token-store.ts';
import type { IndexShare } from '../indexing/index-share.ts';
import { Generations } from './generations.ts';
import { RedisCallerRate } from './redis-caller-rate.ts';
import { RedisAnswers } from './redis-answers.ts';
import { RedisIndex } from './redis-index.ts';
import { RedisLink, type RedisLinkOptions } from './redis-link.ts';
import { RedisTokens } from './redis-tokens.ts';
import { SharedGovernor } from './shared-governor.ts';

/** After a call's own time: the answer may have begun and go on. */
const LEASE_MARGIN_MS = 1_000;
/** Kommo may take so long for tokens. */
const GRANT_MS_MAX = 30_000;

/** An index is of use, as STALE, when it is older than it may be. */
const INDEX_LIVES = 2;

/** What replicas share, each behind the same port as what one process has for itself. */
export interface Replicas {
  readonly governor: CallGovernor;
  readonly tokenStore: TokenStore;
  /**
   * @param account All that the answers of the source depend on beside the account's own data: answers are shared between equal ones only. A secret.
   * @param onChange Another replica changed something at the source.
   */
  readonly shareSource: (source: string, account: string, onChange: () => void) => SharedSource;
  /** @param account As above, and all that the hashes depend on. @param maxAgeMs How old an index may be. */
  readonly shareIndex: (source: string, account: string, maxAgeMs: number) => IndexShare;
  readonly createCallerRate: (kind: string, requestsPerMinute: number | null) => CallerRate;
  /** To be awaited before anything kept is given out. */
  readonly refresh: () => Promise<void>;
  /** What is wrong with Redis, and what helps. */
  findings(): readonly { readonly message: string; readonly advice: string }[];
  close(): void;
}

/** Where they meet, and how many they are at most. */
export interface ReplicasOptions extends RedisLinkOptions {
  readonly replicas: number;
  readonly callerReserve: number;
  readonly sourceTimeoutMs: number;
  readonly writeTimeoutMs: number;
}

/** Connects to the other replicas. Never rejects: while Redis is away this one keeps to its share. */
export async function openReplicas(options: ReplicasOptions): Promise<Replicas> {
  const { replicas, callerReserve, sourceTimeoutMs, writeTimeoutMs } = options;
  const link = await RedisLink.open(options);
  const callMsMax = Math.max(sourceTimeoutMs, writeTimeoutMs, GRANT_MS_MAX) + LEASE_MARGIN_MS;
  const governor = new SharedGovernor({ link, replicas, callerShare: callerReserve, callMsMax });
  const generations = new Generations(link);
  const parts: { close(): void }[] = [governor, generations];
  const closedWithOthers = <T extends { close(): void }>(part: T): T => {
    parts.push(part);
    return part;
  };
  return {
    governor,
    tokenStore: new RedisTokens(link),
    shareSource(source, account, onChange) {
      const generation = generations.of(source, onChange);
      const answers = new RedisAnswers({ link, account, turnMs: sourceTimeoutMs });
      return {
        get epoch() {
          return link.agreement?.mayKeepAnswers === true ? generation.epoch : null;
        },
        raise: () => generation.raise(),
        claim: (...claim) => answers.claim(...claim),
      };
    },
    shareIndex: (source, account, maxAgeMs) =>
      closedWithOthers(new RedisIndex(source, { link, account: `${source}\n${account}`, replicas, lifeMs: INDEX_LIVES * maxAgeMs })),
    createCallerRate(kind, requestsPerMinute) {
      if (requestsPerMinute === null) return createCallerRate(null);
      return closedWithOthers(new RedisCallerRate(link, kind, requestsPerMinute, replicas));
    },
    refresh: () => generations.refresh(),
    findings: () => (link.isAway ? [link.state, ...link.state.findings] : link.state.findings),
    close() {
      for (const part of parts) part.close();
      link.close();
    },
  };
}
