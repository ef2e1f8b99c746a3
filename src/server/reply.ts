import type { ServerResponse } from 'node:http';
import type { Refusal } from '../auth/refusal.ts';
import type { AnswerMediaType } from './accept.ts';

/** For whatever is no page: nothing in it may run, load or be framed. */
const NO_PAGE_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Sets the headers that stand on every answer, whatever it is. */
export function setSecurityHeaders(response: ServerResponse): void {
  response.setHeader('content-security-policy', NO_PAGE_POLICY);
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('x-frame-options', 'DENY');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('cross-origin-opener-policy', 'same-origin');
  response.setHeader('cross-origin-resource-policy', 'same-origin');
  response.setHeader('cache-control', 'no-store');
}

/** Sets headers; those of the same names are replaced. */
export function setHeaders(response: ServerResponse, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}

/** Sends a whole body; on HEAD only its headers. */
export function sendText(response: ServerResponse, status: number, contentType: string, text: string): void {
  sendBytes(response, status, contentType, [Buffer.from(text)]);
}

/** Sends a whole body that is ready, in pieces; on HEAD only its headers. */
export function sendBytes(response: ServerResponse, status: number, contentType: string, pieces: readonly Buffer[]): void {
  const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
  response.writeHead(status, { 'content-type': contentType, 'content-length': bytes });
  for (const piece of pieces.slice(0, -1)) response.write(piece);
  response.end(pieces.at(-1));
}

/** Sends a value as JSON; on HEAD only its headers. */
export function sendJson(response: ServerResponse, status: number, content: unknown): void {
  sendText(response, status, 'application/json; charset=utf-8', JSON.stringify(content));
}

/** In which form a refusal is sent, and what it says besides. */
export interface RefusalForm {
  /** As the client takes it: with `application/graphql-response+json` GraphQL clients read the error's code whatever the status. */
  readonly mediaType: AnswerMediaType;
  readonly extensions?: object | undefined;
}

/** Answers in the form of a GraphQL error, so that clients read every refusal in one way. */
export function sendRefusal(response: ServerResponse, refusal: Refusal, { mediaType, extensions }: RefusalForm): void {
  const { status, code, message, headers = {} } = refusal;
  setHeaders(response, headers);
  const content = { errors: [{ message, extensions: { code } }], ...(extensions !== undefined && { extensions }) };
  sendText(response, status, `${mediaType}; charset=utf-8`, JSON.stringify(content));
}
