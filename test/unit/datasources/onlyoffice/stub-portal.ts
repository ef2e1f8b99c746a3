import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Call, WriteCall } from '../../../../src/datasources/port/call.ts';
import type { ContactSource } from '../../../../src/datasources/port/contact-source.ts';
import { GovernedHttp } from '../../../../src/datasources/http/governed-http.ts';
import { Governor } from '../../../../src/datasources/governor/governor.ts';
import { onlyofficeModule } from '../../../../src/datasources/onlyoffice/onlyoffice-module.ts';

export interface StubRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  readonly body: string;
}
export interface StubAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, unless it is a text. */
  readonly body?: unknown;
}
/** `hang` never answers; `reset` breaks the connection. */
export type StubReply = StubAnswer | 'hang' | 'reset';

export interface StubPortal extends AsyncDisposable {
  readonly source: ContactSource;
  readonly url: string;
  readonly requests: readonly StubRequest[];
  /** What the datasource logged as a warning. */
  readonly warnings: readonly object[];
  clockMs: number;
}

/** Starts a portal that answers as `answer` says, and a datasource on it. */
export async function startStubPortal(
  answer: (request: StubRequest, count: number) => StubReply,
  options: { readonly credential?: Readonly<Record<string, string>>; readonly scanBudget?: number } = {},
): Promise<StubPortal> {
  const requests: StubRequest[] = [];
  const warnings: object[] = [];
  const server = createServer((message, response) => {
    let body = '';
    message.on('data', (chunk: Buffer) => (body += chunk.toString()));
    message.on('end', () => {
      const url = new URL(message.url ?? '/', 'http://portal.example');
      const { authorization } = message.headers;
      const request = { method: message.method ?? '', path: url.pathname, query: url.searchParams, authorization, body };
      requests.push(request);
      const reply = answer(request, requests.length);
      if (reply === 'reset') message.socket.resetAndDestroy();
      if (reply === 'reset' || reply === 'hang') return;
      response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers });
      response.end(typeof reply.body === 'string' ? reply.body : reply.body === undefined ? '' : JSON.stringify(reply.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const silent = () => undefined;
  const log = { debug: silent, info: silent, error: silent, warn: (members: object) => void warnings.push(members) };
  const governor = new Governor();
  const portal = { clockMs: Date.UTC(2025, 0, 10) };
  const settings = onlyofficeModule.settings.parse({ url, ...(options.credential ?? { token: 'static-token' }) });
  const source = onlyofficeModule.create('onlyoffice', settings, {
    createHttp: (httpOptions) => new GovernedHttp(httpOptions, { governor, log, sourceTimeoutMs: 5_000 }),
    tokenStore: { read: async () => null, update: async () => null, settle: async () => undefined },
    log,
    defaultCountry: 'LV',
    scanBudget: options.scanBudget ?? 1_000,
    referenceTtlMs: 0,
    now: () => portal.clockMs,
  });
  return Object.assign(portal, {
    source,
    url,
    requests,
    warnings,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

export function aCall(): Call {
  return { signal: new AbortController().signal, deadline: performance.now() + 20_000, meter: { count: () => undefined } };
}

export function aWriteCall(): WriteCall {
  return { deadline: performance.now() + 20_000, meter: { count: () => undefined } };
}

/** The envelope of a list, as the portal fills it: defaults are left out, and `nextIndex` is one too high. */
export function listEnvelope(rows: readonly unknown[], paging: { startIndex?: number; total?: number; hasMore?: boolean } = {}) {
  const { startIndex = 0, total, hasMore = false } = paging;
  return {
    ...(rows.length > 0 && { count: rows.length }),
    ...(startIndex > 0 && { startIndex }),
    ...(hasMore && { nextIndex: startIndex + rows.length + 1 }),
    ...(total !== undefined && { total }),
    status: 0,
    statusCode: 200,
    response: rows,
  };
}

export function objectEnvelope(response: unknown) {
  return { count: 1, status: 0, statusCode: 200, response };
}

export function errorEnvelope(status: number, message: string) {
  return { status: 1, statusCode: status, error: { message, hresult: -2147467259, data: {} } };
}

/** The least row that the portal sends of a person. */
export function aPerson(id: number, members: object = {}) {
  return {
    firstName: 'Anna',
    lastName: `No ${id}`,
    title: '',
    about: '',
    industry: '',
    commonData: [],
    customFields: [],
    haveLateTasks: false,
    displayName: `Anna No ${id}`,
    isCompany: false,
    isPrivate: false,
    isShared: true,
    shareType: 1,
    currency: null,
    canEdit: true,
    canDelete: true,
    id,
    ...members,
  };
}
