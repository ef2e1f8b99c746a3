/** What became of one GraphQL request, for its line in the log. */
export interface RequestOutcome {
  operationName: string | null;
  operationType: string | null;
  /** `extensions.code` of each error, repeats left out. */
  errorCodes: readonly string[];
}

export function createRequestOutcome(): RequestOutcome {
  return { operationName: null, operationType: null, errorCodes: [] };
}
