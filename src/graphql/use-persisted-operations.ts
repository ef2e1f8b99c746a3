import { usePersistedOperations } from '@graphql-yoga/plugin-persisted-operations';
import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { z } from 'zod';

/** Documents by id. */
export type PersistedOperations = ReadonlyMap<string, string>;

const manifestShape = z.union([
  /** As Apollo's `generate-persisted-query-manifest` writes it. */
  z.looseObject({ operations: z.array(z.looseObject({ id: z.string().min(1), body: z.string().min(1) })).min(1) }),
  /** As GraphQL Code Generator and Relay write it: document by hash. */
  z.record(z.string().min(1), z.string().min(1)).refine((operations) => Object.keys(operations).length > 0),
]);

/**
 * Reads a manifest of the operations that may run.
 *
 * @param text JSON: `{"ID": "query …"}`, or Apollo's `{"operations": [{"id", "body"}]}`.
 * @returns null when it is neither.
 */
export function parseManifest(text: string): PersistedOperations | null {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return null;
  }
  const { data } = manifestShape.safeParse(content);
  if (data === undefined) return null;
  const entries = isOperationList(data)
    ? data.operations.map(({ id, body }): [string, string] => [id, body])
    : Object.entries(data).map(([id, body]): [string, string] => [id, String(body)]);
  return new Map(entries.map(([id, body]) => [toKey(id), body]));
}

function isOperationList(data: object): data is { operations: { id: string; body: string }[] } {
  return 'operations' in data && Array.isArray(data.operations);
}

/**
 * Runs the operations of a manifest and nothing else. A request names one as `documentId`, as `id`, or as
 * `extensions.persistedQuery {version: 1, sha256Hash}`, in the body of a POST or in the URL of a GET.
 *
 * Refuses a document sent as text (PERSISTED_OPERATIONS_ONLY), no id (PERSISTED_OPERATION_ID_REQUIRED), and an unknown one
 * (PERSISTED_OPERATION_NOT_FOUND).
 */
export function useManifest(operations: PersistedOperations): Plugin {
  const refuse = (code: string, message: string) => () =>
    new GraphQLError(message, { extensions: { code, http: { status: code === 'PERSISTED_OPERATIONS_ONLY' ? 403 : 400 } } });
  const plugin: Plugin = usePersistedOperations({
    extractPersistedOperationId: (params, request) => readId(params, request.url),
    getPersistedOperation: (id) => operations.get(toKey(id)) ?? null,
    customErrors: {
      persistedQueryOnly: refuse('PERSISTED_OPERATIONS_ONLY', 'Only registered operations run here: send an id and no document.'),
      keyNotFound: refuse('PERSISTED_OPERATION_ID_REQUIRED', 'Only registered operations run here: send the id of one as documentId.'),
      notFound: refuse('PERSISTED_OPERATION_NOT_FOUND', 'No operation is registered under this id.'),
    },
  });
  return plugin;
}

/**
 * Answers a request that names a document by its hash alone, where none are registered, so that clients with automatic persisted queries send
 * the text instead (PERSISTED_QUERY_NOT_SUPPORTED).
 *
 * @see https://www.apollographql.com/docs/apollo-server/performance/apq
 */
export function useNoPersistedQueries(): Plugin {
  return {
    onParams({ params }) {
      if (Boolean(params.query) || memberOf(params.extensions, 'persistedQuery') === undefined) return;
      // Clients know it again by this message, and with this status.
      throw new GraphQLError('PersistedQueryNotSupported', {
        extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED', http: { status: 200 } },
      });
    },
  };
}

/** Returns the document that a request names, as `useManifest` does; undefined when it names none, or an unknown one. */
export function findManifestDocument(operations: PersistedOperations, params: object, url: string): string | undefined {
  const id = readId(params, new URL(url, 'http://gateway').href);
  return id === null ? undefined : operations.get(toKey(id));
}

function readId(params: object, url: string): string | null {
  const query = new URL(url).searchParams;
  const given = [
    memberOf(params, 'documentId'),
    memberOf(params, 'id'),
    memberOf(memberOf(memberOf(params, 'extensions'), 'persistedQuery'), 'sha256Hash'),
    query.get('documentId'),
    query.get('id'),
  ];
  return given.find((id): id is string => typeof id === 'string' && id !== '') ?? null;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
}

/** Hashes are the same in either case and with or without the name of their algorithm. */
function toKey(id: string): string {
  const hash = /^(?:sha256:)?([0-9a-f]{64})$/i.exec(id)?.[1];
  return hash?.toLowerCase() ?? id;
}
