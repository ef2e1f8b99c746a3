import type { Availability } from './availability.ts';

/** What Pothos takes for an enum value. */
interface DescribedValue {
  description: string;
  availability?: Availability;
}

/**
 * Returns enum values with a description each. A value that is added to the records and not described here does not compile.
 *
 * @param names The values as the records list them.
 * @param availabilityOf What a CRM has to have for a value; left out: nothing.
 */
export function describedValues<Name extends string>(
  names: readonly Name[],
  descriptions: Readonly<Record<Name, string>>,
  availabilityOf?: (name: Name) => Availability,
): { [N in Name]: DescribedValue } {
  const entries = names.map((name) => [
    name,
    { description: descriptions[name], ...(availabilityOf && { availability: availabilityOf(name) }) },
  ]);
  return Object.fromEntries(entries) as { [N in Name]: DescribedValue };
}
