import type { Reply } from '../crm-server.ts';
import type { ApiError } from './api-error.ts';
import type { ContextParameters } from './parameters.ts';

/**
 * What an endpoint gives back, before the envelope.
 *
 * `page` was cut by the database (`hasMore` and `total` are its word), `list` is cut here, in memory.
 */
export type Result =
  | { readonly kind: 'object'; readonly value: unknown; readonly didWrite?: boolean }
  | { readonly kind: 'text'; readonly value: string; readonly didWrite?: boolean }
  | { readonly kind: 'page'; readonly rows: readonly unknown[]; readonly total: number; readonly hasMore: boolean }
  | { readonly kind: 'list'; readonly rows: readonly unknown[]; readonly didWrite?: boolean };

/** Wraps a result as ApiStandartResponce does: keys in its order, zeros left out, POST answers 201. */
export function toReply(result: Result, method: string, context: ContextParameters): Reply {
  const status = method === 'POST' ? 201 : 200;
  const startIndex = context.startIndex || undefined;
  const didWrite = result.kind !== 'page' && result.didWrite === true;
  if (result.kind === 'object' || result.kind === 'text') {
    const count = result.kind === 'text' ? result.value.length : 1;
    return jsonReply(
      status,
      { count: count || undefined, startIndex, status: 0, statusCode: status, response: result.value },
      { didWrite },
    );
  }
  const rows = result.kind === 'list' ? sortedInMemory(result.rows, context) : result.rows;
  const page = result.kind === 'list' ? rows.slice(context.startIndex, context.startIndex + context.count) : rows;
  const hasMore = result.kind === 'list' ? rows.length - context.startIndex > context.count : result.hasMore;
  const shown = pruned(ofType(page, context.type), context.fields);
  const body = {
    count: shown.length || undefined,
    startIndex,
    // The CRM's own slip: one more than the index of the next row.
    nextIndex: hasMore && shown.length === context.count ? context.startIndex + context.count + 1 : undefined,
    total: result.kind === 'page' ? result.total : rows.length > context.count ? rows.length : undefined,
    status: 0,
    statusCode: status,
    response: shown,
  };
  return jsonReply(status, body, { didWrite });
}

/** The envelope of a failure; `startIndex` is echoed even here. */
export function toErrorReply(error: ApiError, context: ContextParameters): Reply {
  const { message, hresult } = error;
  const body = { startIndex: context.startIndex || undefined, status: 1, statusCode: error.status, error: { message, hresult, data: {} } };
  return jsonReply(error.status, body, { reason: error.reason, didWrite: error.didWrite });
}

function jsonReply(status: number, body: unknown, more: { readonly reason?: string; readonly didWrite: boolean }): Reply {
  const headers = {
    'content-type': 'application/json; charset=UTF-8',
    'cache-control': 'private, max-age=0',
    etag: `"${Math.random().toString(16).slice(2)}"`,
  };
  return { status, headers, body: escaped(JSON.stringify(body)), ...more };
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = { b: '0008', t: '0009', n: '000a', f: '000c', r: '000d' };

/** Rewrites JSON text to the portal's own escapes: `\/`, and `\uXXXX` for control characters and surrogates. */
function escaped(json: string): string {
  return json
    .replaceAll(/\\([\s\S])/g, (whole, letter: string) => (letter in SHORT_ESCAPES ? `\\u${SHORT_ESCAPES[letter]}` : whole))
    .replaceAll('/', '\\/')
    .replaceAll(/[\ud800-\udfff\ufffe\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`);
}

/** `type` looks at the name of the data contract, after paging. */
function ofType(rows: readonly unknown[], type: string | undefined): readonly unknown[] {
  if (!type) return rows;
  return rows.filter((row) => isRecord(row) && 'isCompany' in row && (row['isCompany'] === true ? 'company' : 'person') === type);
}

/** `fields` keeps the named members, of the rows and of what is nested in them; a nested `id` goes too unless it is named. */
function pruned(rows: readonly unknown[], fields: readonly string[] | undefined): readonly unknown[] {
  if (!fields) return rows;
  const prune = (value: unknown, isRoot: boolean): unknown => {
    if (Array.isArray(value)) return value.map((member: unknown) => prune(member, false));
    if (!isRecord(value)) return value;
    const isContact = isRoot || 'isCompany' in value;
    const kept = Object.entries(value).filter(([name]) => (isContact || name === 'id' ? fields.includes(name.toLowerCase()) : true));
    return Object.fromEntries(kept.map(([name, member]) => [name, prune(member, false)]));
  };
  return rows.map((row) => prune(row, true));
}

/** Lists that are cut in memory are also sorted there, by any member's name. */
function sortedInMemory(rows: readonly unknown[], { sortBy, isDescending }: ContextParameters): readonly unknown[] {
  if (!sortBy) return rows;
  const keyOf = (row: unknown): string | number => {
    const value = isRecord(row) ? Object.entries(row).find(([name]) => name.toLowerCase() === sortBy.toLowerCase())?.[1] : undefined;
    return typeof value === 'number' || typeof value === 'string' ? value : '';
  };
  const sorted = rows.toSorted((a, b) => {
    const [left, right] = [keyOf(a), keyOf(b)];
    return left < right ? -1 : left > right ? 1 : 0;
  });
  return isDescending ? sorted.toReversed() : sorted;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
