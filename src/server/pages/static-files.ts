import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};
/** In the order in which they are preferred. */
const ENCODINGS = [
  { name: 'br', extension: '.br' },
  { name: 'gzip', extension: '.gz' },
] as const;

/** One form of a file. */
interface Form {
  readonly encoding: string | null;
  readonly bytes: Buffer;
  readonly etag: string;
}

/** A file in all its forms: the compressed ones, the best first, and the plain one. */
export interface StaticFile {
  readonly contentType: string;
  readonly forms: readonly Form[];
}

/** Reads a file, and its compressed forms where they lie beside it. @returns null where there is no such file. */
export function readStaticFile(path: string): StaticFile | null {
  if (!existsSync(path)) return null;
  const compressed = ENCODINGS.filter(({ extension }) => existsSync(path + extension));
  return {
    contentType: CONTENT_TYPES[extname(path)] ?? 'application/octet-stream',
    forms: [...compressed.map(({ name, extension }) => toForm(name, readFileSync(path + extension))), toForm(null, readFileSync(path))],
  };
}

/** Makes a file of a text that is not on the disk. Costs some 20 ms for 100 KB. */
export function toStaticFile(contentType: string, text: string): StaticFile {
  return { contentType, forms: [toForm('br', brotliCompressSync(text)), toForm('gzip', gzipSync(text)), toForm(null, Buffer.from(text))] };
}

function toForm(encoding: string | null, bytes: Buffer): Form {
  return { encoding, bytes, etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 20)}"` };
}

/** Sends a file in the best form that the client takes; only its headers on HEAD, and 304 where the client has it. */
export function sendStaticFile(request: IncomingMessage, response: ServerResponse, file: StaticFile, cacheControl: string): void {
  const form = file.forms.find(({ encoding }) => encoding === null || takes(request.headers['accept-encoding'], encoding));
  if (form === undefined) throw new Error('A file has a plain form.');
  const { encoding, bytes, etag } = form;
  response.setHeader('cache-control', cacheControl);
  response.setHeader('etag', etag);
  response.appendHeader('vary', 'Accept-Encoding');
  if (isKnown(request.headers['if-none-match'], etag)) {
    response.writeHead(304).end();
    return;
  }
  if (encoding !== null) response.setHeader('content-encoding', encoding);
  response.writeHead(200, { 'content-type': file.contentType, 'content-length': bytes.length }).end(bytes);
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3 */
function takes(accepted: string | string[] | undefined, encoding: string): boolean {
  return String(accepted ?? '')
    .split(',')
    .map((part) => part.split(';').map((word) => word.trim().toLowerCase()))
    .some(([name, quality]) => name === encoding && !(quality !== undefined && Number(quality.replace('q=', '')) === 0));
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2 */
function isKnown(tags: string | undefined, etag: string): boolean {
  return (tags ?? '').split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}
