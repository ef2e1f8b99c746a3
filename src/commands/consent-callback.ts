import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { PatientServer } from '../server/patient-server.ts';
import { ConsentError, type ConsentAnswer } from '../datasources/credentials/source-connection.ts';
import { isLoopbackHost } from '../platform/loopback.ts';

/** Codes live for 20 minutes; whoever comes later has to begin again anyway. */
const WAIT_MS = 20 * 60_000;

/** What came back from the consent page, and a way to tell the person in the browser how it went. */
export interface Callback {
  readonly answer: ConsentAnswer;
  readonly tell: (isDone: boolean, message: string) => void;
}

/** Which answer is waited for, and where it may come from. */
export interface CallbackOptions {
  readonly redirectUri: string;
  /** Random; whatever does not bear it is not taken, and what does is taken once. */
  readonly state: string;
  /** Lines that a person pastes: the code, or the whole address that the browser was sent to. */
  readonly input: Readable;
  /** Is called with what was refused. */
  readonly onRefusal: (message: string) => void;
}

/** A consent's way back: a listener where the redirect URI is on loopback, and what is pasted in any case. */
export interface CallbackWait {
  readonly isListening: boolean;
  /** @throws ConsentError when nothing usable comes. */
  readonly callback: Promise<Callback>;
  close(): Promise<void>;
}

/** Starts to wait. @throws ConsentError when the address of the redirect URI is taken. */
export async function awaitCallback(options: CallbackOptions): Promise<CallbackWait> {
  const { promise, resolve, reject } = Promise.withResolvers<Callback>();
  // It may fail before anyone waits for it.
  promise.catch(() => undefined);
  let isTaken = false;
  const take = (callback: Callback): void => {
    isTaken = true;
    resolve(callback);
  };
  const address = listenableAddress(options.redirectUri);
  const server = address === null ? null : await listen(address, (request, response) => answerBrowser(request, response));
  const lines = createInterface({ input: options.input });
  const timer = setTimeout(() => reject(new ConsentError('No answer came in 20 minutes. Run the command again.')), WAIT_MS);

  function answerBrowser(request: IncomingMessage, response: ServerResponse): void {
    // Not every target of a request is a URL: `//` is none.
    const url = URL.parse(request.url ?? '/', options.redirectUri);
    if (url === null || url.origin !== address?.origin || url.pathname !== address.pathname)
      return sendPage(response, 404, 'There is nothing at this address.');
    if (isTaken) return sendPage(response, 410, 'This answer was taken already. You can close this page.');
    if (!isStateOf(url.searchParams, options.state)) {
      options.onRefusal('An answer came that is not of this attempt, and was not taken.');
      return sendPage(response, 400, 'This answer belongs to another attempt: open the address that was printed last.');
    }
    take({
      answer: { query: url.searchParams },
      tell: (isDone, message) => sendPage(response, isDone ? 200 : 400, message),
    });
  }

  lines.on('line', (line) => {
    if (isTaken || line.trim() === '') return;
    const answer = readPasted(line.trim());
    if ('query' in answer && !isStateOf(answer.query, options.state)) {
      options.onRefusal('This is the answer to another attempt: open the address above and paste what the browser is sent to then.');
      return;
    }
    take({ answer, tell: () => undefined });
  });
  lines.on('close', () => {
    if (server === null) reject(new ConsentError('Nothing was pasted. Run the command again.'));
  });
  const close = async (): Promise<void> => {
    clearTimeout(timer);
    lines.close();
    if (server === null) return;
    server.announceClose();
    const closed = new Promise<void>((done) => {
      server.close(() => done());
    });
    // The page that says how it went may still be on its way.
    await server.settle();
    // Browsers open connections that they may never use.
    server.endConnections();
    await closed;
  };
  return { isListening: server !== null, callback: promise, close };
}

/** The redirect URI, where this process can listen on it: plain http to loopback. */
function listenableAddress(redirectUri: string): URL | null {
  const url = new URL(redirectUri);
  return url.protocol === 'http:' && isLoopbackHost(url.hostname) ? url : null;
}

async function listen(address: URL, handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<PatientServer> {
  const server = new PatientServer({}, handler);
  const host = address.hostname.replace(/^\[|\]$/g, '');
  await new Promise<void>((resolve, reject) => {
    server.once('error', () =>
      reject(new ConsentError(`The address of the redirect URI, ${address.host}, cannot be listened on: is it taken?`)),
    );
    server.listen(Number(address.port || '80'), host, resolve);
  });
  return server;
}

function readPasted(line: string): ConsentAnswer {
  if (/^https?:\/\//i.test(line) && URL.canParse(line)) return { query: new URL(line).searchParams };
  if (/(^|[?&])(code|error)=/.test(line)) return { query: new URLSearchParams(line.replace(/^[^?]*\?/, '')) };
  return { code: line };
}

function isStateOf(query: URLSearchParams, state: string): boolean {
  const given = Buffer.from(query.get('state') ?? '');
  const expected = Buffer.from(state);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function sendPage(response: ServerResponse, status: number, message: string): void {
  const escaped = message.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'",
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    connection: 'close',
  };
  response.writeHead(status, headers).end(`<!doctype html><title>crm-gateway</title><p>${escaped}</p>`);
}
