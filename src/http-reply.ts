import type { ServerResponse } from 'node:http';

export function sendJson(response: ServerResponse, status: number, content: unknown): void {
  const text = Buffer.from(JSON.stringify(content));
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'content-length': text.length,
  });
  response.end(text);
}

/** Answers in the form of a GraphQL error, so that clients read every refusal in one way. */
export function sendRefusal(response: ServerResponse, status: number, code: string, message: string): void {
  sendJson(response, status, { errors: [{ message, extensions: { code } }] });
}
