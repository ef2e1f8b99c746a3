import { GraphQLError } from 'graphql';
import { DateResolver, DateTimeResolver } from 'graphql-scalars';
import { builder } from './builder.ts';

builder.scalarType('DateTime', {
  description:
    'A point in time in RFC 3339 format, for example `2026-03-01T09:30:00.000Z`. Results are always in UTC; arguments may have any offset, but must have one.',
  specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time',
  serialize: (value) => toDateText(DateTimeResolver.serialize(value)),
  parseValue: (value) => parsed(DateTimeResolver, value, 'A DateTime is a date, a time and an offset, such as "2026-03-01T09:30:00Z".'),
});

builder.scalarType('Date', {
  description: 'A calendar day without time or time zone, in RFC 3339 full-date format, for example `2026-03-01`.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339#section-5.6',
  serialize: (value) => DateResolver.serialize(value),
  parseValue: (value) =>
    parsed(DateResolver, value, 'A Date is a day without a time, such as "2026-03-01".').toISOString().slice(0, 'yyyy-mm-dd'.length),
});

/** Says which form would do instead of what is wrong with the given one. */
function parsed(scalar: Pick<typeof DateTimeResolver, 'parseValue'>, value: unknown, advice: string): Date {
  try {
    return scalar.parseValue(value);
  } catch (error) {
    throw new GraphQLError(advice, { originalError: error instanceof Error ? error : null });
  }
}

function toDateText(value: Date): string {
  return value.toISOString();
}
