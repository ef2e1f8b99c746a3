import type { ServerResponse } from 'node:http';
import { securePage } from './page-security.ts';
import { sendText } from './reply.ts';

/** What the GraphQL server may say in headers; the rest is the gateway's own, or Node's. */
const HEADERS = ['allow', 'www-authenticate'];

/** Sends an answer of the GraphQL server; a page with a policy of its own. */
export async function sendAnswer(response: ServerResponse, answer: Response): Promise<void> {
  const text = await answer.text();
  const contentType = answer.headers.get('content-type') ?? '';
  for (const name of HEADERS) {
    const value = answer.headers.get(name);
    if (value !== null) response.setHeader(name, value);
  }
  if (!contentType.startsWith('text/html')) return sendText(response, answer.status, contentType, text);
  const page = securePage(text);
  response.setHeader('content-security-policy', page.policy);
  sendText(response, answer.status, 'text/html; charset=utf-8', page.html);
}
