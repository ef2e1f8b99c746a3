import { GraphQLError, Kind, visit, type DocumentNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** Refuses documents that ask for the schema, in whatever operation or fragment: INTROSPECTION_DISABLED. `__typename` stays. */
export function useNoIntrospection(): Plugin {
  return {
    onValidate({ params, setResult }) {
      if (!asksForSchema(params.documentAST)) return;
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

/** A message without the names of the schema that GraphQL proposes for a misspelt one. */
export function withoutSuggestions(message: string): string {
  return message.replace(/ *Did you mean\b[^]*$/, '');
}
