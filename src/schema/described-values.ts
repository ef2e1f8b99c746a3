/**
 * Enum values with a description each. A value that is added to the records and not described here does not compile.
 *
 * @param names The values as the records list them.
 */
export function describedValues<Name extends string>(
  names: readonly Name[],
  descriptions: Readonly<Record<Name, string>>,
): { [N in Name]: { description: string } } {
  const entries = names.map((name) => [name, { description: descriptions[name] }]);
  return Object.fromEntries(entries) as { [N in Name]: { description: string } };
}
