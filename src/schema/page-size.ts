import { badUserInput } from './bad-user-input.ts';

/** The most edges that any list gives at once. */
export const PAGE_SIZE_MAX = 100;

/** @throws GraphQLError BAD_USER_INPUT when `first` is not within 0 to 100. */
export function readPageSize(first: number | null | undefined, sizeByDefault: number): number {
  const size = first ?? sizeByDefault;
  if (size < 0 || size > PAGE_SIZE_MAX) throw badUserInput('first', `must be from 0 to ${PAGE_SIZE_MAX}, not ${size}.`);
  return size;
}
