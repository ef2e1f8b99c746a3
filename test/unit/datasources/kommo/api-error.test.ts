import { describe, expect, test } from 'vitest';
import { KommoRefusal, toSourceError, type CallPart } from '../../../../src/datasources/kommo/api-error.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const HTML = '<html><head><title>403 Forbidden</title></head><body>nginx</body></html>';

function errorOf(status: number, body: unknown = '', headers: Record<string, string> = {}) {
  return toSourceError('kommo', { status, headers, text: typeof body === 'string' ? body : JSON.stringify(body) }, NOW);
}
const problem = (status: number, detail: string, more: object = {}) => ({
  title: 'Trouble',
  type: `https://httpstatus.es/${status}`,
  status,
  detail,
  ...more,
});

describe('toSourceError', () => {
  test.each([
    [401, problem(401, 'Invalid user name or password'), 'UNAUTHENTICATED', false],
    [402, problem(402, 'Payment required'), 'FORBIDDEN', true],
    [403, problem(403, 'Invalid scope'), 'FORBIDDEN', false],
    [403, HTML, 'BLOCKED', false],
    [403, '', 'BLOCKED', false],
    [404, problem(404, 'Cannot GET https://acme.kommo.com/contact!'), 'BAD_RESPONSE', false],
    [404, HTML, 'UNAVAILABLE', false],
    [404, problem(404, 'Custom field not found'), 'BAD_RESPONSE', false],
    [405, '', 'BAD_RESPONSE', false],
    [400, problem(400, 'Invalid filter for current account'), 'FILTER_UNSUPPORTED', false],
    [400, problem(400, 'Not enough rights'), 'FORBIDDEN', false],
    [400, problem(400, 'Недостаточно прав для выполнения запроса'), 'FORBIDDEN', false],
    [400, problem(400, 'Request validation failed', { 'validation-errors': [] }), 'BAD_RESPONSE', false],
    [
      400,
      problem(400, 'Request validation failed', { 'validation-errors': [{ errors: [{ detail: 'Not enough rights.' }] }] }),
      'FORBIDDEN',
      false,
    ],
    [400, { title: 'Not enough rights' }, 'FORBIDDEN', false],
    [400, HTML, 'BAD_RESPONSE', false],
    [400, problem(400, 'Системная ошибка, повторите запрос'), 'UNAVAILABLE', true],
    [429, HTML, 'RATE_LIMITED', true],
    [500, { title: 'ErrInternalServer', status: 500, detail: 'x', trace_id: 'y' }, 'UNAVAILABLE', true],
    [502, HTML, 'UNAVAILABLE', true],
    [504, HTML, 'UNAVAILABLE', true],
  ])('calls HTTP %i by its meaning (%#)', (status, body, code, isRetryable) => {
    expect(errorOf(status, body)).toMatchObject({ source: 'kommo', code, isRetryable, httpStatus: status, wasSent: true });
  });

  test.each([
    ['the member of the body', { retry_after: 300 }, {}, 300_000],
    ['a header in seconds', {}, { 'retry-after': '3' }, 3_000],
    ['a header with a date', {}, { 'retry-after': 'Thu, 01 Jan 2026 00:00:07 GMT' }, 7_000],
    ['a date that is past', {}, { 'retry-after': 'Thu, 01 Jan 2025 00:00:07 GMT' }, 0],
    ['nothing: one window', {}, {}, 1_100],
    ['nonsense: one window', { retry_after: 'soon' }, { 'retry-after': 'later' }, 1_100],
  ])('says how long to wait by %s', (_by, members, headers, retryAfterMs) => {
    expect(errorOf(429, problem(429, 'Too many', members), headers).retryAfterMs).toBe(retryAfterMs);
  });

  test('heeds a header of a server that is out of service', () => {
    expect(errorOf(503, HTML, { 'retry-after': '2' })).toMatchObject({ code: 'UNAVAILABLE', isRetryable: true, retryAfterMs: 2_000 });
    expect(errorOf(503, HTML).retryAfterMs).toBeUndefined();
  });

  test('blames the configured URL for a route that the API does not have, and for nothing else', () => {
    expect(errorOf(404, problem(404, 'Cannot GET https://acme.kommo.com/contact!')).message).toContain('URL');
    expect(errorOf(404, problem(404, 'Catalog not found')).message).not.toContain('URL');
    expect(errorOf(404, problem(404, 'Catalog not found')).message).toContain('deleted');
  });

  test('reads only the beginning of a detail, of whatever length', () => {
    const known = 'Системная ошибка, повторите запрос';

    expect(errorOf(400, problem(400, 'повтор'.repeat(80_000)))).toMatchObject({ code: 'BAD_RESPONSE' });
    expect(errorOf(400, problem(400, `системн${'x'.repeat(500_000)}`))).toMatchObject({ code: 'BAD_RESPONSE' });
    expect(errorOf(400, problem(400, known + 'x'.repeat(500_000)))).toMatchObject({ code: 'UNAVAILABLE', isRetryable: true });
  });

  test('never shows what Kommo answered', () => {
    for (const status of [400, 401, 403, 404, 409, 429, 500]) {
      const error = errorOf(status, problem(status, 'Ana Prado secret-detail'));
      expect(`${error.message} ${JSON.stringify(error)}`).not.toContain('secret-detail');
    }
  });
});

describe('what Kommo refuses of a call', () => {
  const EACH_PART: readonly CallPart[] = ['filter', 'order', 'query'];

  test.each<[number, object, readonly CallPart[], CallPart | null, boolean]>([
    [400, { detail: 'Invalid order' }, EACH_PART, 'order', true],
    [422, { detail: 'Sorting by updated_at is off' }, ['order'], 'order', true],
    [400, { detail: 'Search is off' }, EACH_PART, 'query', true],
    [403, { detail: 'Поиск недоступен' }, ['query'], 'query', true],
    [400, { detail: 'Invalid query parameter' }, ['order', 'query'], 'order', false],
    [400, { detail: 'Bad Request' }, EACH_PART, 'filter', false],
    [400, { detail: 'Bad Request' }, ['query'], 'query', false],
    [400, { 'validation-errors': [{ errors: [{ path: 'filter.id' }] }] }, EACH_PART, 'filter', false],
    [402, { detail: 'Upgrade in order to go on' }, ['order'], null, false],
    [403, { detail: 'Invalid scope' }, EACH_PART, null, false],
    [400, { detail: 'Not enough rights' }, EACH_PART, null, false],
    [400, { detail: 'Bad Request' }, [], null, false],
  ])('is told by the words of %i %j, otherwise by what sets the call apart', (status, body, sent, part, isWorded) => {
    const error = toSourceError('kommo', { status, headers: {}, text: JSON.stringify(body) }, NOW, new Set(sent));
    if (part === null) expect(error).not.toBeInstanceOf(KommoRefusal);
    else expect(error).toMatchObject({ part, isWorded, code: part === 'order' ? 'ORDER_UNSUPPORTED' : 'FILTER_UNSUPPORTED' });
  });
});
