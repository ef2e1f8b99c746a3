import type { CallgearSandboxOptions } from '../../../src/sandbox/callgear/callgear-options.ts';
import { type CallgearSandbox, startCallgearSandbox } from '../../../src/sandbox/callgear/callgear-sandbox.ts';

export interface RpcReply {
  readonly jsonrpc: string;
  readonly id: string | number | null;
  readonly result?: { data: Record<string, unknown>[] & Record<string, unknown>; metadata?: Metadata };
  readonly error?: {
    code: number;
    message: string;
    data: { mnemonic: string; field: unknown; value: unknown; params: unknown; extended_helper: unknown; metadata?: Metadata };
  };
}
export type Metadata = { total_items?: number; limits?: Record<string, number>; version?: null; api_version?: unknown };

export async function post(sandbox: CallgearSandbox, body: string): Promise<{ status: number; reply: RpcReply }> {
  const headers = { 'content-type': 'application/json; charset=UTF-8' };
  const response = await fetch(sandbox.url, { method: 'POST', headers, body });
  return { status: response.status, reply: (await response.json()) as RpcReply };
}

export async function call(sandbox: CallgearSandbox, method: string, params: Record<string, unknown> = {}): Promise<RpcReply> {
  const request = { jsonrpc: '2.0', id: 'a', method, params: { access_token: sandbox.token, ...params } };
  return (await post(sandbox, JSON.stringify(request))).reply;
}

export async function mnemonic(
  sandbox: CallgearSandbox,
  method: string,
  params: Record<string, unknown> = {},
): Promise<string | undefined> {
  return (await call(sandbox, method, params)).error?.data.mnemonic;
}

export async function rawMnemonic(sandbox: CallgearSandbox, request: unknown): Promise<string | undefined> {
  return (await post(sandbox, typeof request === 'string' ? request : JSON.stringify(request))).reply.error?.data.mnemonic;
}

export async function ids(sandbox: CallgearSandbox, params: Record<string, unknown> = {}): Promise<unknown[]> {
  return (await call(sandbox, 'get.contacts', { fields: ['id'], ...params })).result?.data.map(({ id }) => id) ?? [];
}

export const start = (options?: CallgearSandboxOptions): Promise<CallgearSandbox> => startCallgearSandbox(options);
