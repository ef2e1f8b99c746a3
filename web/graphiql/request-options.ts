/** What is sent with every operation of every tab. It lives as long as the page: no storage ever sees it. */
export interface RequestOptions {
  /** An API key or a token; empty where the gateway needs none. */
  readonly key: string;
  /** Whether rows are read from the CRMs anew, past the gateway's cache. */
  readonly isFresh: boolean;
  /** Whether the answer says how it was made, in `extensions.plan`. */
  readonly isExplained: boolean;
}

let options: RequestOptions = { key: '', isFresh: false, isExplained: false };

/** Changes what is sent from now on. */
export function setRequestOptions(changes: Partial<RequestOptions>): void {
  options = { ...options, ...changes };
}

/** Returns the header with the key, if there is one. */
export function keyHeaders(): Record<string, string> {
  return options.key === '' ? {} : { authorization: `Bearer ${options.key}` };
}

/** Returns the headers that say all of it. */
export function requestHeaders(): Record<string, string> {
  return {
    ...keyHeaders(),
    ...(options.isFresh && { 'cache-control': 'no-cache' }),
    ...(options.isExplained && { 'x-explain': 'true' }),
  };
}
