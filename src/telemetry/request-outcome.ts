/** What became of one GraphQL request, for its line in the log and for the metrics. */
export interface RequestOutcome {
  /** Cut to what a line of a log can bear. */
  operationName: string | null;
  operationType: 'query' | 'mutation' | 'subscription' | null;
  /** ok: no error; partial: errors beside data; failed: errors alone; refused: refused before it was run. */
  result: 'ok' | 'partial' | 'failed' | 'refused';
  /** `extensions.code` of each error, repeats left out. */
  errorCodes: readonly string[];
  /** Upstream calls that it made, by source. */
  calls: Readonly<Record<string, number>>;
  /** Where the answer came from: made for this request, for an equal one at the same time, or for an earlier one; null: there was none. */
  origin: 'executed' | 'joined' | 'kept' | null;
}

const OPERATION_NAME_LENGTH_MAX = 100;

/** The name of an operation as a line of the log can bear it. */
export function shownOperationName(name: string | null | undefined): string | null {
  return name?.slice(0, OPERATION_NAME_LENGTH_MAX) ?? null;
}

/** The outcome of a request as long as nothing was answered: `refused`. */
export function createRequestOutcome(): RequestOutcome {
  return { operationName: null, operationType: null, result: 'refused', errorCodes: [], calls: {}, origin: null };
}
