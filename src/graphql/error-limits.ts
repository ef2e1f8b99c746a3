import { GraphQLError } from 'graphql';
import { withoutSuggestions } from './disclosure.ts';

/** Messages of GraphQL repeat the text of the caller, so an answer could be far longer than its request. */
export const MESSAGE_LENGTH_MAX = 500;
/** Errors that refuse a whole request. */
export const REQUEST_ERRORS_MAX = 25;
/** Errors of single fields, each of which says which null it explains: ten for each row of the largest page. */
export const FIELD_ERRORS_MAX = 1_000;

const CUT_MARK = '…';

/** How errors are shown. */
export interface ErrorDisplay {
  /** Whether GraphQL may propose names of the schema for a misspelt one. */
  readonly hasSuggestions: boolean;
}

/**
 * Bounds the errors of one answer: their messages, and the number of those of fields and of those that have no path. Changes the messages in place,
 * as a copy of an error would look for its line in the document again.
 */
export function limitErrors(errors: readonly GraphQLError[], display: ErrorDisplay): readonly GraphQLError[] {
  const ofFields = errors.filter(({ path }) => path !== undefined);
  const ofRequest = ofFields.length === errors.length ? [] : errors.filter(({ path }) => path === undefined);
  const shown =
    ofFields.length <= FIELD_ERRORS_MAX && ofRequest.length <= REQUEST_ERRORS_MAX
      ? errors
      : [...firstOf(ofFields, FIELD_ERRORS_MAX), ...firstOf(ofRequest, REQUEST_ERRORS_MAX)];
  for (const error of shown) error.message = shownMessage(error.message, display);
  return shown;
}

/** So many errors at most, the last of which says that there are more. */
function firstOf(errors: readonly GraphQLError[], max: number): readonly GraphQLError[] {
  const last = errors[max - 1];
  if (last === undefined || errors.length <= max) return errors;
  const note = new GraphQLError(`Only the first ${max - 1} errors are shown.`, { extensions: last.extensions });
  return [...errors.slice(0, max - 1), note];
}

/** A message as clients get it: without the names of the schema that GraphQL proposes, unless they may be shown, and not too long. */
export function shownMessage(message: string, { hasSuggestions }: ErrorDisplay): string {
  return shortened(hasSuggestions ? message : withoutSuggestions(message));
}

function shortened(message: string): string {
  if (message.length <= MESSAGE_LENGTH_MAX) return message;
  return message.slice(0, MESSAGE_LENGTH_MAX - CUT_MARK.length).toWellFormed() + CUT_MARK;
}
