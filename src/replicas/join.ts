import type { Log } from '../datasources/port/log.ts';
import type { Replicas } from './replicas.ts';

/** What of the settings decides whether there are other replicas, and where they meet. */
export interface JoinSettings {
  readonly replicas: {
    readonly redisUrl: string;
    readonly count: number;
    readonly stateKey: string;
    readonly stateKeyOld: string | null;
  } | null;
  readonly callerReserve: number;
  readonly sourceTimeoutMs: number;
  readonly writeTimeoutMs: number;
}

/**
 * Connects to the other replicas. Nothing of Redis is loaded where there are none.
 *
 * @param onChange Called when Redis goes away and when it is back.
 * @returns null: this process is alone.
 */
export async function joinReplicas(settings: JoinSettings, log: Log, onChange?: (isAway: boolean) => void): Promise<Replicas | null> {
  if (settings.replicas === null) return null;
  const { openReplicas } = await import('./replicas.ts');
  const { redisUrl: url, count: replicas, stateKey, stateKeyOld } = settings.replicas;
  const { callerReserve, sourceTimeoutMs, writeTimeoutMs } = settings;
  return openReplicas({
    url,
    replicas,
    stateKey,
    stateKeyOld,
    callerReserve,
    sourceTimeoutMs,
    writeTimeoutMs,
    log,
    ...(onChange && { onChange }),
  });
}
