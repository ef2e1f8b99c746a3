import type { RequestOutcome } from './request-outcome.ts';

/** Requests since the start. */
export interface RequestTotals {
  readonly total: number;
  /** Without any data. */
  readonly failed: number;
  /** Queries that were answered. */
  readonly queries: number;
  /** Those of them that took no call to a CRM. */
  readonly withoutCalls: number;
}

/** Counts requests for the status page. */
export class RequestCounts {
  #totals: RequestTotals = { total: 0, failed: 0, queries: 0, withoutCalls: 0 };

  /** Adds a request that has just ended. */
  add({ operationType, result, calls }: Pick<RequestOutcome, 'operationType' | 'result' | 'calls'>): void {
    const isAnswered = result === 'ok' || result === 'partial';
    const isQuery = isAnswered && operationType === 'query';
    const isWithoutCalls = isQuery && Object.values(calls).every((count) => count === 0);
    const { total, failed, queries, withoutCalls } = this.#totals;
    this.#totals = {
      total: total + 1,
      failed: failed + Number(!isAnswered),
      queries: queries + Number(isQuery),
      withoutCalls: withoutCalls + Number(isWithoutCalls),
    };
  }

  read(): RequestTotals {
    return this.#totals;
  }
}
