import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../context.ts';
import { lookAheadOptions } from '../field-options.ts';
import { selectedFieldsBelow, type SelectedField } from '../selection.ts';

/**
 * Reads what a payload shows of a value and could not be read any more once the contact is deleted: what the fields' option
 * `readBeforeDeletion` reads. The loaders keep it for the payload's fields; failures are theirs to report, not the deletion's.
 *
 * @param value Of the type that the fields belong to; null reads nothing.
 */
export async function readBeforeDeletion(
  value: unknown,
  selected: readonly SelectedField[],
  context: RequestContext,
  info: GraphQLResolveInfo,
): Promise<void> {
  if (value === null) return;
  await Promise.allSettled(
    selected.map(async (selectedField) => {
      const below = selectedFieldsBelow(info, selectedField);
      const readBelow = (inner: unknown) => readBeforeDeletion(inner, below, context, info);
      await lookAheadOptions(selectedField.field).readBeforeDeletion?.(value, { context, selected: below, readBelow });
    }),
  );
}
