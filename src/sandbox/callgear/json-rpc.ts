import type { CallgearMethods } from './callgear-methods.ts';
import type { CallgearSettings } from './callgear-options.ts';
import { isJsonArray, isJsonObject, type JsonObject } from './filtering/json-value.ts';
import { errorMetadata } from './reply-metadata.ts';
import { RpcError } from './rpc-error.ts';

/** The answer to one HTTP request. */
export interface RpcAnswer {
  readonly status: number;
  readonly body: string;
  readonly didWrite: boolean;
}

/** HTTP statuses for accounts that tell errors so; those of CallGear itself answer 200 to everything. */
const HTTP_STATUSES: Readonly<Record<number, number>> = {
  [-32601]: 404,
  [-32603]: 500,
  [-32001]: 401,
  [-32003]: 403,
  [-32008]: 403,
  [-32009]: 403,
  [-32029]: 429,
};

/** Answers a JSON-RPC request text; whatever goes wrong is told in the body. */
export function answerRpc(text: string, methods: CallgearMethods, settings: CallgearSettings): RpcAnswer {
  let id: string | number | null = null;
  try {
    const request = readRequest(text, settings);
    id = readId(request);
    const { method, params } = readCall(request);
    const { result, didWrite } = methods.call(method, params, settings);
    return { status: 200, body: JSON.stringify({ jsonrpc: '2.0', id, result }), didWrite };
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    const metadata = errorMetadata(settings, methods.quotas.limits(settings.quotas, settings.unlimitedWindows), error.data.mnemonic);
    const mnemonic = settings.mnemonics[error.data.mnemonic] ?? error.data.mnemonic;
    const data = { ...error.data, mnemonic, ...(metadata !== undefined && { metadata }) };
    const { code, message } = error;
    const body = JSON.stringify({ jsonrpc: '2.0', id, error: settings.errorForm === 'bare' ? { code, message } : { code, message, data } });
    return { status: settings.httpStatusOfErrors === 'always 200' ? 200 : (HTTP_STATUSES[error.code] ?? 400), body, didWrite: false };
  }
}

/** Names the method of a request text, if it can be read. */
export function methodOf(text: string): string | undefined {
  const request = parseJson(text);
  return isJsonObject(request) && typeof request['method'] === 'string' ? request['method'] : undefined;
}

function readRequest(text: string, settings: CallgearSettings): JsonObject {
  const request = parseJson(text);
  if (request === undefined) throw new RpcError('parse_error');
  if (isJsonArray(request)) throw new RpcError(settings.batchMnemonic);
  if (!isJsonObject(request)) throw new RpcError('invalid_request');
  if (!Object.hasOwn(request, 'id')) throw new RpcError('notifications_not_supported');
  return request;
}

function readId(request: JsonObject): string | number {
  const { id } = request;
  if (typeof id !== 'string' && typeof id !== 'number') throw new RpcError('invalid_request', { field: 'id', value: id });
  return id;
}

function readCall(request: JsonObject): { readonly method: string; readonly params: JsonObject } {
  const { jsonrpc, method, params } = request;
  if (jsonrpc !== '2.0') throw new RpcError('invalid_request', { field: 'jsonrpc', value: jsonrpc });
  if (typeof method !== 'string') throw new RpcError('invalid_request', { field: 'method', value: method });
  if (!isJsonObject(params)) throw new RpcError('invalid_request', { field: 'params' });
  return { method, params };
}

/** Parses JSON; undefined, which JSON cannot say, when it is none. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
