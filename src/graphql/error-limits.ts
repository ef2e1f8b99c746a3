import { GraphQLError } from 'graphql';
import { withoutSuggestions } from './disclosure.ts';

/** Messages of GraphQL repeat the text of the caller, so an answer could be far longer than its request. */
export const MESSAGE_LENGTH_MAX = 500;
/** Errors that refuse a whole request. Those of single fields are all shown: each says which null it explains. */
export const REQUEST_ERRORS_MAX = 25;

const CUT_MARK = '…';

/** How errors are shown. */
export interface ErrorDisplay {
  /** Whether GraphQL may propose names of the schema for a misspelt one. */
  readonly hasSuggestions: boolean;
}

/**
 * Bounds the errors of one answer: their messages, and the number of those that have no path. Changes the messages in place, as a copy of an error
 * would look for its line in the document again.
 */
export function limitErrors(errors: readonly GraphQLError[], display: ErrorDisplay): readonly GraphQLError[] {
  for (const error of errors) error.message = shownMessage(error.message, display);
  const ofRequest = errors.filter(({ path }) => path === undefined);
  const [last] = ofRequest.slice(REQUEST_ERRORS_MAX - 1);
  if (last === undefined || ofRequest.length <= REQUEST_ERRORS_MAX) return errors;
  const shown = new Set(ofRequest.slice(0, REQUEST_ERRORS_MAX - 1));
  const note = new GraphQLError(`Only the first ${shown.size} errors are shown.`, { extensions: last.extensions });
  return [...errors.filter((error) => error.path !== undefined || shown.has(error)), note];
}

/** A message as clients get it: without the names of the schema that GraphQL proposes, unless they may be shown, and not too long. */
export function shownMessage(message: string, { hasSuggestions }: ErrorDisplay): string {
  return shortened(hasSuggestions ? message : withoutSuggestions(message));
}

function shortened(message: string): string {
  if (message.length <= MESSAGE_LENGTH_MAX) return message;
  return message.slice(0, MESSAGE_LENGTH_MAX - CUT_MARK.length).toWellFormed() + CUT_MARK;
}
