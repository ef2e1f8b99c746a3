import { describe, expect, test } from 'vitest';
import { SourceError } from '../../../../src/datasources/port/source-error.ts';

describe('A changed source error', () => {
  test('keeps all that is not changed, and the first one as its cause', () => {
    const options = {
      retryAfterMs: 1_000,
      isRetryable: true,
      httpStatus: 429,
      errorKey: 'limit_exceeded',
      unsupportedFilters: ['TAGS'],
    } as const;
    const error = new SourceError('callgear', 'RATE_LIMITED', 'callgear takes no more calls', options);

    const changed = error.with({ wasSent: false });

    expect(changed).toBeInstanceOf(SourceError);
    expect(changed).toMatchObject({
      ...options,
      source: 'callgear',
      code: 'RATE_LIMITED',
      message: 'callgear takes no more calls.',
      wasSent: false,
    });
    expect(changed.cause).toBe(error);
    expect(error.wasSent).toBe(true);
  });

  test.each([
    ['kommo failed', 'kommo failed.'],
    ['kommo failed.', 'kommo failed.'],
    ['What now?', 'What now?'],
  ])('%j is the sentence %j', (message, sentence) => {
    expect(new SourceError('kommo', 'UNAVAILABLE', message).message).toBe(sentence);
  });

  test('can lose what was said of the wait', () => {
    const error = new SourceError('kommo', 'UNAVAILABLE', 'kommo failed', { retryAfterMs: 1_000 });

    expect(error.with({ retryAfterMs: undefined }).retryAfterMs).toBeUndefined();
  });
});
