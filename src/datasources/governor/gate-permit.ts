/** What keeps a call back; `TIMEOUT`: the calls under way leave no room. */
export type GateRefusal = 'RATE_LIMITED' | 'QUOTA_EXHAUSTED' | 'BLOCKED' | 'TIMEOUT';

/** When the next call may go, and what stands in its way until then. */
export interface Forecast {
  readonly at: number;
  readonly refusal: GateRefusal;
}

/** One call that a gate let through. */
export interface GatePermit {
  /**
   * When the CRM counts it: it arrives somewhere between our sending and its answering, since a new connection, a lost packet or a busy server
   * can take a while. As long as there is no answer that may be any moment.
   */
  at: number;
  isArriving: boolean;
  readonly enteredAt: number;
  /** Answers that had come before it was let through. */
  readonly answeredBefore: number;
}
