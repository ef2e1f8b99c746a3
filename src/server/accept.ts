/** The forms that a GraphQL answer comes in, the one for anything first. */
const MEDIA_TYPES = ['application/json', 'application/graphql-response+json'] as const;
export type AnswerMediaType = (typeof MEDIA_TYPES)[number];

interface Range {
  readonly type: string;
  readonly quality: number;
  readonly place: number;
}

/**
 * Chooses how to answer before anything is run, so that nothing is done whose answer cannot be given.
 *
 * @param accept The Accept header; null is anything.
 * @returns null when the client takes neither form. Of forms that it likes equally, the one that it names first.
 * @see https://graphql.github.io/graphql-over-http/draft/#sec-Accept
 */
export function chooseMediaType(accept: string | null): AnswerMediaType | null {
  if (accept === null || accept.trim() === '' || accept === '*/*') return MEDIA_TYPES[0];
  // What programs send as a rule: nothing to weigh.
  const only = MEDIA_TYPES.find((mediaType) => mediaType === accept);
  if (only !== undefined) return only;
  const ranges = accept.toLowerCase().split(',').map(toRange).toSorted(byPreference);
  const [best] = MEDIA_TYPES.flatMap((mediaType) => {
    const range = rangeOf(mediaType, ranges);
    return range !== undefined && range.quality > 0 ? [{ mediaType, range }] : [];
  }).toSorted((one, other) => byPreference(one.range, other.range));
  return best?.mediaType ?? null;
}

function toRange(text: string, place: number): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim());
  const quality = parameters.map((parameter) => /^q=(\d+(?:\.\d*)?|\.\d+)$/.exec(parameter)?.[1]).find((value) => value !== undefined);
  return { type, quality: quality === undefined ? 1 : Number(quality), place };
}

function byPreference(one: Range, other: Range): number {
  return other.quality - one.quality || one.place - other.place;
}

/** What a client says of a media type: its most exact range counts. @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1 */
function rangeOf(mediaType: AnswerMediaType, ranges: readonly Range[]): Range | undefined {
  return [mediaType, 'application/*', '*/*']
    .map((type) => ranges.find((range) => range.type === type))
    .find((range) => range !== undefined);
}
