/** One parameter of a query string, unescaped. */
export type Parameter = readonly [name: string, value: string];

/** Writes a query string in which every name and value is percent-encoded, so that no value can add or change a parameter. */
export function toQueryString(parameters: readonly Parameter[]): string {
  const encoded = new URLSearchParams(parameters.map(([name, value]) => [name, value])).toString();
  // URLSearchParams writes a space as `+`, and a plus sign as `%2B`.
  return encoded.replaceAll('+', '%20');
}

/** The array form of a filter, which Kommo's pages insist on. */
export function arrayParameters(name: string, values: readonly string[]): Parameter[] {
  return values.map((value) => [`${name}[]`, value]);
}
