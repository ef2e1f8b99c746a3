import { DateResolver, DateTimeResolver } from 'graphql-scalars';
import { builder } from './builder.ts';

builder.scalarType('DateTime', {
  description:
    'A point in time in RFC 3339 format, for example `2026-03-01T09:30:00.000Z`. Results are always in UTC; arguments may have any offset, but must have one.',
  specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time',
  serialize: (value) => toDateText(DateTimeResolver.serialize(value)),
  parseValue: (value) => DateTimeResolver.parseValue(value),
});

builder.scalarType('Date', {
  description: 'A calendar day without time or time zone, in RFC 3339 full-date format, for example `2026-03-01`.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339#section-5.6',
  serialize: (value) => DateResolver.serialize(value),
  parseValue: (value) => DateResolver.parseValue(value).toISOString().slice(0, 'yyyy-mm-dd'.length),
});

function toDateText(value: Date): string {
  return value.toISOString();
}
