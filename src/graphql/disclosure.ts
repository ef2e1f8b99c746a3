import { GraphQLError, Kind, visit, type DocumentNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { oncePerDocument } from './documents/once-per-document.ts';

/** Refuses documents that ask for the schema, in whatever operation or fragment: INTROSPECTION_DISABLED. `__typename` stays. */
export function useNoIntrospection(): Plugin {
  const isForSchema = oncePerDocument(asksForSchema);
  return {
    onValidate({ params, setResult }) {
      if (!isForSchema(params.documentAST)) return;
      const message = 'The schema is not shown here; an operator can set INTROSPECTION=on.';
      setResult([new GraphQLError(message, { extensions: { code: 'INTROSPECTION_DISABLED', http: { status: 400, spec: true } } })]);
    },
  };
}

function asksForSchema(document: DocumentNode): boolean {
  let isAsked = false;
  visit(document, {
    [Kind.FIELD]({ name }) {
      if (name.value === '__schema' || name.value === '__type') isAsked = true;
    },
  });
  return isAsked;
}

const SUGGESTION = 'Did you mean';

/**
 * Cuts off the names of the schema that GraphQL proposes for a misspelt one. They may stand before the end of the message, and what comes after
 * them may be the caller's own text: everything from them on is left out.
 */
export function withoutSuggestions(message: string): string {
  const start = message.indexOf(SUGGESTION);
  return start < 0 ? message : message.slice(0, start).trimEnd();
}
