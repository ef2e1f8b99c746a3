/** The forms that a GraphQL answer comes in, the one for anything first. */
const MEDIA_TYPES = ['application/json', 'application/graphql-response+json'] as const;
export type AnswerMediaType = (typeof MEDIA_TYPES)[number];

interface Range {
  readonly type: string;
  readonly quality: number;
}

/**
 * Chooses how to answer before anything is run, so that nothing is done whose answer cannot be given.
 *
 * @param accept The Accept header; null is anything.
 * @returns null when the client takes neither form.
 * @see https://graphql.github.io/graphql-over-http/draft/#sec-Accept
 */
export function chooseMediaType(accept: string | null): AnswerMediaType | null {
  if (accept === null || accept.trim() === '') return MEDIA_TYPES[0];
  const ranges = accept.toLowerCase().split(',').map(toRange);
  const [best] = ranges
    .filter(({ quality }) => quality > 0)
    .flatMap(({ type, quality }) => {
      const mediaType = MEDIA_TYPES.find((candidate) => type === candidate || type === 'application/*' || type === '*/*');
      return mediaType === undefined ? [] : [{ mediaType, quality }];
    })
    .sort((a, b) => b.quality - a.quality);
  return best?.mediaType ?? null;
}

function toRange(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim());
  const quality = parameters.map((parameter) => /^q=([\d.]+)$/.exec(parameter)?.[1]).find((value) => value !== undefined);
  return { type, quality: quality === undefined ? 1 : Number(quality) };
}
