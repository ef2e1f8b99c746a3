import {
  GraphQLError,
  TypeInfo,
  ValidationContext,
  specifiedRules,
  type DocumentNode,
  type GraphQLSchema,
  type ValidationRule,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { visitByRules } from './documents/visit-by-rules.ts';
import { REQUEST_ERRORS_MAX, shownMessage, type ErrorDisplay } from './error-limits.ts';

/** A message may repeat the whole document: after so many characters of messages no more faults are looked for. */
const MESSAGE_CHARACTERS_MAX = 20_000;

/**
 * Validates with bounded messages: graphql-js itself bounds their number only. Each document once; Yoga's own cache of results makes a text of the names of
 * all rules for each request.
 */
export function useBoundedValidation(display: ErrorDisplay): Plugin {
  const known = new WeakMap<DocumentNode, readonly GraphQLError[]>();
  return {
    onValidate({ setValidationFn }) {
      setValidationFn((schema: GraphQLSchema, document: DocumentNode, rules?: readonly ValidationRule[]) => {
        let errors = known.get(document);
        if (errors === undefined) known.set(document, (errors = validateBounded(schema, document, display, rules)));
        return errors;
      });
    },
  };
}

/** Says that the search for faults has ended early. */
class EnoughErrors extends Error {
  override readonly name = 'EnoughErrors';
}

/**
 * Validates a document like `validate` of graphql-js, with limits on what its errors hold.
 *
 * @returns At most `REQUEST_ERRORS_MAX` errors, the last of which says so when the search ended early.
 */
export function validateBounded(
  schema: GraphQLSchema,
  document: DocumentNode,
  display: ErrorDisplay,
  rules: readonly ValidationRule[] = specifiedRules,
): readonly GraphQLError[] {
  const errors: GraphQLError[] = [];
  let characters = 0;
  const note = (error: GraphQLError) => {
    if (errors.length >= REQUEST_ERRORS_MAX - 1 || characters > MESSAGE_CHARACTERS_MAX) throw new EnoughErrors();
    characters += error.message.length;
    error.message = shownMessage(error.message, display);
    errors.push(error);
  };
  const typeInfo = new TypeInfo(schema);
  const context = new ValidationContext(schema, document, typeInfo, note, { hideSuggestions: !display.hasSuggestions });
  try {
    visitByRules(
      document,
      typeInfo,
      rules.map((rule) => rule(context)),
    );
  } catch (error) {
    if (error instanceof GraphQLError) return [...errors, error];
    if (!(error instanceof EnoughErrors)) throw error;
    errors.push(new GraphQLError('There may be more errors: no more were looked for.'));
  }
  return errors;
}
