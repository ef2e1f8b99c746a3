import type { ServerResponse } from 'node:http';
import type { GraphQLAnswer } from '../graphql/graphql-answers.ts';
import { securePage } from './page-security.ts';
import { sendBytes, sendText } from './reply.ts';

/** Sends an answer of the GraphQL server; a page with a policy of its own. */
export function sendAnswer(response: ServerResponse, { status, contentType, headers, body }: GraphQLAnswer): void {
  for (const [name, value] of headers) response.setHeader(name, value);
  if (!contentType.startsWith('text/html')) return sendBytes(response, status, contentType, body);
  const page = securePage(body.toString('utf8'));
  response.setHeader('content-security-policy', page.policy);
  sendText(response, status, 'text/html; charset=utf-8', page.html);
}
