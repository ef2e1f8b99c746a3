/** How the index of each source is kept. Durations are in milliseconds. */
export interface IndexSettings {
  readonly maxAgeMs: number;
  /** Of a day quota of the CRM: what the index may use. */
  readonly quotaShare: number;
  /** How long one call may take, its wait included. */
  readonly callTimeMs: number;
}

/** The clock and the waits of the index; the real ones as a rule. */
export interface IndexClock {
  /** The wall clock, Unix milliseconds. */
  readonly now: () => number;
  /** Waits. @throws the signal's reason when it aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Lets others go first for some milliseconds. */
  readonly giveWay: () => Promise<void>;
}
