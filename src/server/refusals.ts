import type { Refusal } from '../auth/refusal.ts';

export const HOST_REFUSAL: Refusal = {
  status: 421,
  code: 'HOST_NOT_ALLOWED',
  message: 'This host name is not allowed here; an operator can add it to ALLOWED_HOSTS.',
};
export const NOT_FOUND_REFUSAL: Refusal = {
  status: 404,
  code: 'NOT_FOUND',
  message: 'There is nothing at this path; the endpoint is /graphql.',
};
export const ACCEPT_REFUSAL: Refusal = {
  status: 406,
  code: 'NOT_ACCEPTABLE',
  message: 'Answers come as application/graphql-response+json or application/json; "Accept" takes neither.',
};
export const UNEXPECTED_REFUSAL: Refusal = { status: 500, code: 'INTERNAL_SERVER_ERROR', message: 'Unexpected error.' };

/** @param allow The methods of the path, as the header Allow has them. */
export function methodRefusal(allow: string): Refusal {
  return { status: 405, code: 'METHOD_NOT_ALLOWED', message: `This path takes ${allow}.`, headers: { allow } };
}
