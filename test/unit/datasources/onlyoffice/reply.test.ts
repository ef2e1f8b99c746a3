import { describe, expect, test } from 'vitest';
import { readReply } from '../../../../src/datasources/onlyoffice/reply.ts';
import { SourceError } from '../../../../src/datasources/port/source-error.ts';
import { fixture } from './fixture.ts';
import { errorEnvelope } from './stub-portal.ts';

const NOW = Date.UTC(2025, 0, 10, 12);

function read(status: number, body: unknown, headers: Record<string, string> = {}, reason?: string) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return readReply('onlyoffice', { status, reason, headers, text }, NOW);
}

function failure(status: number, body: unknown, headers?: Record<string, string>, reason?: string): SourceError {
  try {
    read(status, body, headers, reason);
  } catch (error) {
    if (error instanceof SourceError) return error;
  }
  throw new Error('did not fail with a SourceError');
}

describe('a success', () => {
  test('is read without the members that the portal leaves out', () => {
    expect(read(200, { status: 0, statusCode: 200, response: [] })).toMatchObject({ outcome: 'ok', envelope: { response: [] } });
    expect(read(201, { response: {} })).toMatchObject({ outcome: 'ok' });
  });

  test.each(['', '<html></html>', '{"count":1,"status":0,"resp', '[]', 'null', '{}', '{"status":1,"response":[]}'])(
    'with the body %j is BAD_RESPONSE, and is not tried again',
    (body) => {
      expect(failure(200, body)).toMatchObject({ code: 'BAD_RESPONSE', isRetryable: false });
    },
  );

  test('tells no value of the answer in its error', () => {
    expect(failure(200, '{"secret@canary.example"').message).not.toContain('canary');
    expect(failure(200, '{"secret@canary.example"').cause).toBeUndefined();
    expect(failure(200, { status: 'secret@canary.example', response: [] }).message).toBe(
      'onlyoffice sent an answer of an unknown shape (at $.status).',
    );
  });
});

test("the API's own 404 is an answer, and any other is trouble", () => {
  expect(read(404, fixture('not-found.json'))).toEqual({ outcome: 'notFound' });
  expect(failure(404, '<html>The resource cannot be found.</html>')).toMatchObject({ code: 'BAD_RESPONSE', isRetryable: false });
  expect(failure(404, '')).toMatchObject({ code: 'UNAVAILABLE', isRetryable: false });
});

test.each([
  ['a text 401', 401, 'Unauthorized', {}, { code: 'UNAUTHENTICATED', isRetryable: false }],
  ['an unpaid portal', 402, '', {}, { code: 'FORBIDDEN', isRetryable: false }],
  ['a lack of rights', 403, errorEnvelope(403, 'Access Denied'), {}, { code: 'FORBIDDEN', isRetryable: false }],
  ['too many calls', 429, '', {}, { code: 'RATE_LIMITED', isRetryable: true }],
  ['a limit in seconds', 503, '', { 'retry-after': '10' }, { code: 'RATE_LIMITED', retryAfterMs: 10_000, isRetryable: true }],
  ['a limit until a date', 503, '', { 'retry-after': 'Fri, 10 Jan 2025 12:00:30 GMT' }, { code: 'RATE_LIMITED', retryAfterMs: 30_000 }],
  ['a portal on the move', 503, '', {}, { code: 'UNAVAILABLE', isRetryable: true }],
  ['a proxy without its portal', 502, '<html>502 Bad Gateway</html>', {}, { code: 'UNAVAILABLE', isRetryable: true }],
  ['a fault of the portal', 500, errorEnvelope(500, 'Object reference'), {}, { code: 'UNAVAILABLE', isRetryable: true }],
  ['a fault before the portal', 502, '<html>', { 'retry-after': '2' }, { code: 'UNAVAILABLE', isRetryable: true, retryAfterMs: 2_000 }],
  ['a refused parameter', 400, errorEnvelope(400, 'Input string'), {}, { code: 'BAD_RESPONSE', isRetryable: false }],
])('%s has its code', (_, status, body, headers, expected) => {
  expect(failure(status, body, headers)).toMatchObject({ ...expected, httpStatus: status });
});

test.each<[string | undefined, string, string]>([
  ['Server error', 'Sequence contains no elements', 'UNAVAILABLE'],
  ['Server error', 'La transaction est déjà ouverte.', 'UNAVAILABLE'],
  ['Server error', 'Forbidden', 'FORBIDDEN'],
  ['Access denied', 'Доступ запрещен', 'FORBIDDEN'],
  ['Access denied', 'Access Denied', 'FORBIDDEN'],
  [undefined, 'Transaction already open.', 'UNAVAILABLE'],
  ['Forbidden', 'Доступ запрещен', 'FORBIDDEN'],
])('a 403 with the reason phrase %j and the message %j is %s, and is repeated if it is a fault', (reason, message, code) => {
  const error = failure(403, errorEnvelope(403, message), {}, reason);

  expect(error).toMatchObject({ code, isRetryable: code === 'UNAVAILABLE', httpStatus: 403 });
});

test.each([
  [403, ''],
  [500, errorEnvelope(500, "Exception of type 'ASC.IPSecurity.IPSecurityException' was thrown.")],
])('a %i of a portal that does not admit the address comes with advice on IP restrictions, and is not repeated', (status, body) => {
  expect(failure(status, body)).toMatchObject({ code: 'FORBIDDEN', isRetryable: false });
  expect(failure(status, body).message).toContain('IP restrictions');
});
