/** What several processes share, and how. */
export interface ReplicaSettings {
  readonly redisUrl: string;
  /** The most that ever run at once. */
  readonly count: number;
  readonly stateKey: string;
  /** Still opens what was sealed before the key was changed; null: there is none. */
  readonly stateKeyOld: string | null;
}

interface ReplicaValues {
  readonly REDIS_URL?: string | undefined;
  readonly REPLICAS?: number | undefined;
  readonly STATE_KEY?: string | undefined;
  readonly STATE_KEY_OLD?: string | undefined;
}

/** @returns null: there is one process, or something is missing. */
export function toReplicaSettings({ REDIS_URL, REPLICAS, STATE_KEY, STATE_KEY_OLD }: ReplicaValues): ReplicaSettings | null {
  if (REDIS_URL === undefined || STATE_KEY === undefined || REPLICAS === undefined) return null;
  return { redisUrl: REDIS_URL, count: REPLICAS, stateKey: STATE_KEY, stateKeyOld: STATE_KEY_OLD ?? null };
}

/** What several processes need that serve as one belongs together. */
export function replicaFaults({ REDIS_URL, REPLICAS, STATE_KEY, STATE_KEY_OLD }: ReplicaValues): string[] {
  const faults: string[] = [];
  if (REDIS_URL !== undefined && REPLICAS === undefined)
    faults.push('REPLICAS: is missing; with REDIS_URL, the most replicas that ever run');
  if (REDIS_URL !== undefined && STATE_KEY === undefined) faults.push('STATE_KEY: is missing; with REDIS_URL, the same for all replicas');
  if (REDIS_URL === undefined && (REPLICAS ?? 1) > 1) faults.push('REDIS_URL: is missing; several replicas need a Redis');
  if (STATE_KEY_OLD !== undefined && STATE_KEY === undefined) faults.push('STATE_KEY: is missing; STATE_KEY_OLD is the one before it');
  return faults;
}
