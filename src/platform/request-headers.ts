/** What is read of the headers of a request. `Headers` of fetch fits, and takes 20 ms more of a start, as Node.js then loads its client for fetch. */
export interface RequestHeaders {
  /** The value of a header, or all of them with commas where it was sent more than once; null when it was not. @param name In lower case. */
  get(name: string): string | null;
  /** @param name In lower case. */
  has(name: string): boolean;
}
