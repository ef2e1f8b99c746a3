import type { TestGateway } from '../gateway.ts';
import { requestHead } from './raw-connection.ts';

const ABOUT_LENGTH = 1_500_000;
const TIMES = 6;

/** Settings under which `largeQuery` is answered. */
export const LARGE_ANSWER_SETTINGS = { REPLY_BUDGET: String(4 * ABOUT_LENGTH) };

/**
 * A query whose answer has some 9 MB: more than the system takes for a client that reads nothing.
 *
 * @param gateway Has the sandbox of ONLYOFFICE, and LARGE_ANSWER_SETTINGS.
 */
export function addLargeContact(gateway: TestGateway): string {
  gateway.onlyoffice.addContact({ isCompany: false, firstName: 'Large', about: 'x'.repeat(ABOUT_LENGTH) });
  const fields = Array.from({ length: TIMES }, (_, index) => `a${index}: about`).join(' ');
  return `{ contacts(sources: ["onlyoffice"], filter: { firstName: "Large" }) { nodes { ${fields} } } }`;
}

/** The bytes of a request with this query, by POST. */
export function queryRequest(url: string, query: string, ...headers: readonly string[]): string {
  const body = JSON.stringify({ query });
  return (
    requestHead(url, 'POST /graphql HTTP/1.1', 'Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`, ...headers) +
    body
  );
}
