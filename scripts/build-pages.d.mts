/** One tab of GraphiQL: an operation of `examples/`, and its variables as JSON. */
export interface Example {
  readonly query: string;
  readonly variables?: string;
}
export function readExamples(): Promise<readonly Example[]>;
export function buildPages(bundler: unknown, folder: string): Promise<void>;
