import type { ContactSource } from '../../datasources/port/contact-source.ts';
import { badUserInput } from '../bad-user-input.ts';
import type { RequestContext } from '../context.ts';

/**
 * Returns the named sources in the order of the configuration, each once, whatever the order of the names; null is all.
 *
 * @throws GraphQLError BAD_USER_INPUT for a name that no source has.
 */
export function chooseSources(names: readonly string[] | null | undefined, { sources }: RequestContext): readonly ContactSource[] {
  if (names === null || names === undefined) return [...sources.values()];
  names.forEach((name, index) => {
    if (!sources.has(name)) throw badUserInput(`sources[${index}]`, 'no source has this name.');
  });
  return [...sources.values()].filter(({ name }) => names.includes(name));
}
