import { badUserInput, pageLimitExceeded } from './bad-user-input.ts';

/** The most edges that any list gives at once. */
export const PAGE_SIZE_MAX = 100;

/**
 * Returns how many edges to give.
 *
 * @throws GraphQLError PAGE_LIMIT_EXCEEDED when `first` is more than 100, BAD_USER_INPUT when it is negative.
 */
export function readPageSize(first: number | null | undefined, sizeByDefault: number): number {
  const size = first ?? sizeByDefault;
  const fault = `must be from 0 to ${PAGE_SIZE_MAX}, not ${size}.`;
  if (size > PAGE_SIZE_MAX) throw pageLimitExceeded('first', fault);
  if (size < 0) throw badUserInput('first', fault);
  return size;
}
