import { CallgearDatasource } from '../../../../src/datasources/callgear/datasource.ts';
import type { CallgearCredentials } from '../../../../src/datasources/callgear/client.ts';
import type { Call, WriteCall } from '../../../../src/datasources/port/call.ts';
import { SourceError } from '../../../../src/datasources/port/source-error.ts';
import type { ReportedQuota } from '../../../../src/datasources/governor/limits.ts';
import type { HttpRequest, HttpResponse, Interpret, SourceHttp } from '../../../../src/datasources/http/source-http.ts';

export interface RpcRequest {
  readonly jsonrpc: string;
  readonly id: string;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** What a script answers: a result, an error by its mnemonic, a bare HTTP answer, or no answer at all. */
export type Answer =
  | { readonly result: unknown }
  | { readonly mnemonic: string; readonly field?: string; readonly value?: unknown }
  | { readonly status: number; readonly text: string }
  | { readonly lost: SourceError };

export interface ScriptedCallgear {
  readonly datasource: CallgearDatasource;
  readonly requests: RpcRequest[];
  readonly quotas: ReportedQuota[];
  readonly limitations: (SourceError | null)[];
  readonly warnings: object[];
  /** `get.contacts login.user …` as they came. */
  readonly methods: () => string[];
}

/** A datasource whose CallGear answers by a script, without a network and without retries. */
export function scriptedCallgear(
  script: (request: RpcRequest) => Answer,
  { credentials = { kind: 'key', accessToken: 'k3y' }, userId }: { credentials?: CallgearCredentials; userId?: number } = {},
): ScriptedCallgear {
  const requests: RpcRequest[] = [];
  const quotas: ReportedQuota[] = [];
  const limitations: (SourceError | null)[] = [];
  const warnings: object[] = [];
  const answer = <T>({ json, method, path }: HttpRequest, interpret: Interpret<T>): T => {
    if (method !== 'POST' || path !== '') throw new Error(`sent to ${method} ${path}`);
    const request = json as RpcRequest;
    requests.push(request);
    const answered = script(request);
    if ('lost' in answered) throw answered.lost;
    return interpret(toResponse(request, answered), { noteQuotas: (reported) => quotas.push(...reported) });
  };
  const http: SourceHttp = {
    read: async (request, call, interpret) => {
      call.meter.count('callgear');
      return answer(await request(), interpret);
    },
    write: async (request, _write, interpret) => answer(request, interpret),
    authenticate: async (request, interpret) => answer(request, interpret),
    noteLimitation: (error) => limitations.push(error),
    health: () => ({ status: 'OK', checkedAt: null, latencyMs: null, quotas: [], error: null }),
  };
  const nothing = () => undefined;
  const datasource = new CallgearDatasource({
    name: 'callgear',
    http,
    credentials,
    userId,
    dependencies: {
      log: { debug: nothing, info: nothing, warn: (members) => warnings.push(members), error: nothing },
      defaultCountry: undefined,
      referenceTtlMs: 60_000,
      now: () => 1_790_000_000_000,
    },
  });
  return { datasource, requests, quotas, limitations, warnings, methods: () => requests.map(({ method }) => method) };
}

function toResponse(request: RpcRequest, answered: Exclude<Answer, { readonly lost: SourceError }>): HttpResponse {
  if ('status' in answered) return { status: answered.status, headers: {}, text: answered.text };
  const error = 'mnemonic' in answered && {
    code: -32602,
    message: '',
    data: { field: null, value: null, params: {}, extended_helper: null, ...answered },
  };
  const reply = { jsonrpc: '2.0', id: request.id, ...(error ? { error } : answered) };
  return { status: 200, headers: {}, text: JSON.stringify(reply) };
}

/** A page of a `get.*` method. */
export function page(data: readonly unknown[], totalItems?: number): Answer {
  return { result: { data, metadata: { ...(totalItems !== undefined && { total_items: totalItems }) } } };
}

export function lost(wasSent = true): Answer {
  return { lost: new SourceError('callgear', 'UNAVAILABLE', 'broken off', { wasSent, isRetryable: true }) };
}

export function newCall(): Call {
  return { signal: new AbortController().signal, deadline: performance.now() + 5000, meter: { count: () => undefined } };
}

export function newWrite(): WriteCall {
  return { deadline: performance.now() + 5000, meter: { count: () => undefined } };
}
