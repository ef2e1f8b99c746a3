import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { readResult, toQuotas } from '../../../../src/datasources/callgear/rpc-reply.ts';
import type { CallgearMetadata } from '../../../../src/datasources/callgear/wire-types.ts';
import { SourceError } from '../../../../src/datasources/port/source-error.ts';

const fixture = (name: string) => readFile(new URL(`../../../fixtures/callgear/${name}`, import.meta.url), 'utf8');

/** Reads a reply; what was thrown, if anything was, and what was told of quotas. */
function read(
  text: string,
  {
    status = 200,
    id = '1',
    headers = {},
    isWrite = false,
  }: { status?: number; id?: string; headers?: Record<string, string>; isWrite?: boolean } = {},
) {
  const told: CallgearMetadata[] = [];
  const context = { source: 'callgear', id, isWrite, onMetadata: (metadata: CallgearMetadata) => told.push(metadata) };
  try {
    return { result: readResult({ status, headers, text }, context).result, told };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return { error, told };
  }
}

function errorBody(data: object, code = -32602): string {
  return JSON.stringify({ jsonrpc: '2.0', id: null, error: { code, message: 'secret 10.0.0.1', data } });
}

describe('a reply', () => {
  it('gives its result, and tells of the quotas', async () => {
    const { result, told } = read(await fixture('contacts.one-row.json'), { id: 'gw-7f3a' });
    expect(result).toMatchObject({ data: [{ id: 4815162342 }] });
    expect(toQuotas(told[0]?.limits)).toEqual([
      { window: 'MINUTE', limit: 60, remaining: 59, resetsInMs: 59_000 },
      { window: 'DAY', limit: 3000, remaining: 2987, resetsInMs: 51_959_000 },
    ]);
  });

  it.each(['{}', '{"limits":{}}', '{"limits":null,"version":null}', '[]', '"odd"', 'null'])('bears metadata %s', (metadata) => {
    const { result, told } = read(`{"id":"1","result":{"data":[],"metadata":${metadata}}}`);
    expect(result).toBeDefined();
    expect(toQuotas(told[0]?.limits)).toEqual([]);
  });

  it.each([
    [{ day_limit: -1, day_remaining: -1, day_reset: 60 }, []],
    [{ day_limit: 0, day_remaining: 0, day_reset: 60 }, []],
    [{ day_limit: 0, day_remaining: 57, day_reset: 60 }, []],
    [{ day_limit: '-1' }, []],
    [{ day_remaining: -1 }, []],
    [{ day_limit: 60, day_remaining: -2, day_reset: -1 }, [{ window: 'DAY', limit: 60, remaining: 0, resetsInMs: 0 }]],
  ])('tells of no limit where there is none: %j', (limits, quotas) => {
    const { told } = read(JSON.stringify({ id: '1', result: { data: [], metadata: { limits } } }));
    expect(toQuotas(told[0]?.limits)).toEqual(quotas);
  });

  it('takes an empty result of a write', () => {
    expect(read('{"jsonrpc":"2.0","id":"1","result":{}}').result).toEqual({});
  });

  it.each(['"17"', '17', 'null', '"gw-7f3a"', '{}'])('is taken with the id %s: HTTP has paired it with its request', (id) => {
    expect(read(`{"id":${id},"result":{}}`, { id: '17' }).error).toBeUndefined();
  });

  it('is taken without an id, but not with that of another request of the gateway', () => {
    const [own, other] = ['5f0c9f6a-1c39-4f0e-9a3b-2f8f5a1d7c11', '5f0c9f6a-1c39-4f0e-9a3b-2f8f5a1d7c12'];
    expect(read('{"result":{}}', { id: own }).error).toBeUndefined();
    expect(read(`{"id":"${own}","result":{}}`, { id: own }).error).toBeUndefined();
    expect(read(`{"id":"${other}","result":{}}`, { id: own }).error).toMatchObject({ code: 'BAD_RESPONSE' });
  });

  it.each(['', 'null', '[]', '<html>', '{"id":"1"', '{"id":"1"}', '{"id":"1","result":null}', '{"id":"1","error":"odd"}'])(
    'is a bad response when it is %j',
    (text) => {
      expect(read(text).error).toMatchObject({ code: 'BAD_RESPONSE', isRetryable: false });
    },
  );
});

describe('an error', () => {
  it.each([
    ['access_token_expired', 'UNAUTHENTICATED'],
    ['access_token_invalid', 'UNAUTHENTICATED'],
    ['access_token_blocked', 'UNAUTHENTICATED'],
    ['auth_error', 'UNAUTHENTICATED'],
    ['ip_not_whitelisted', 'FORBIDDEN'],
    ['forbidden', 'FORBIDDEN'],
    ['method_component_disabled', 'FORBIDDEN'],
    ['parameter_component_disabled', 'FORBIDDEN'],
    ['account_inactive', 'FORBIDDEN'],
    ['internal_error', 'UNAVAILABLE'],
    ['entity_not_found', 'BAD_RESPONSE'],
    ['batch_opreations_not_supported', 'BAD_RESPONSE'],
  ])('%s is %s, by its mnemonic, with any code and any HTTP status', (mnemonic, code) => {
    for (const status of [200, 400, 500]) {
      const { error } = read(errorBody({ mnemonic }, -32000), { status });
      expect(error).toMatchObject({ code, errorKey: mnemonic, httpStatus: status, isRetryable: mnemonic === 'internal_error' });
    }
  });

  it.each([
    [-32001, 'UNAUTHENTICATED'],
    [-32003, 'FORBIDDEN'],
    [-32008, 'FORBIDDEN'],
    [-32009, 'FORBIDDEN'],
    [-32029, 'RATE_LIMITED'],
    [-32603, 'UNAVAILABLE'],
    [-32602, 'BAD_RESPONSE'],
  ])('with an unknown mnemonic and the code %i is %s, as the group of the code', (code, expected) => {
    expect(read(errorBody({ mnemonic: 'something_new' }, code)).error).toMatchObject({ code: expected });
    expect(read(errorBody({ mnemonic: 'component_disabled' }, code)).error).toMatchObject({ code: 'FORBIDDEN' });
  });

  it('never repeats what CallGear wrote', () => {
    for (const mnemonic of ['ip_not_whitelisted', 'error', 'invalid_parameter_value']) {
      expect(read(errorBody({ mnemonic, value: 'anna@example.com' })).error?.message).not.toMatch(/secret|10\.0\.0\.1|anna/);
    }
    expect(read(errorBody({ mnemonic: 'ip_not_whitelisted' })).error?.message).toContain('IP allow-list');
  });

  it('says how long the minute lasts, from the metadata of the error', async () => {
    const { error, told } = read(await fixture('error.minute-limit.json'), { id: '4' });
    expect(error).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 23_000, isRetryable: true });
    expect(toQuotas(told[0]?.limits)).toContainEqual({ window: 'MINUTE', limit: 60, remaining: 0, resetsInMs: 23_000 });
  });

  it('is an exhausted quota, not to be retried, when the day is used up', () => {
    const limits = { day_limit: 750, day_remaining: 0, day_reset: 40_211 };
    const { error } = read(errorBody({ mnemonic: 'limit_exceeded', params: { limit_type: 'day' }, metadata: { limits } }));
    expect(error).toMatchObject({ code: 'QUOTA_EXHAUSTED', retryAfterMs: 40_211_000, isRetryable: false });
  });

  it('infers the window from what remains, and bears a limit error that tells nothing', () => {
    const { error } = read(errorBody({ mnemonic: 'limit_exceeded', metadata: { limits: { day_remaining: 0, day_reset: '60' } } }));
    expect(error).toMatchObject({ code: 'QUOTA_EXHAUSTED', retryAfterMs: 60_000 });
    expect(read(errorBody({ mnemonic: 'limit_exceeded' })).error).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: undefined });
  });
});

describe('an answer that is no JSON-RPC reply', () => {
  it.each([
    [429, 'RATE_LIMITED', true],
    [500, 'UNAVAILABLE', true],
    [502, 'UNAVAILABLE', true],
    [401, 'UNAUTHENTICATED', false],
    [403, 'FORBIDDEN', false],
    [404, 'BAD_RESPONSE', false],
  ])('with HTTP status %i is %s', (status, code, isRetryable) => {
    for (const text of ['<html></html>', '', '{}', '{"error":"down"}']) {
      expect(read(text, { status }).error).toMatchObject({ code, isRetryable, httpStatus: status });
    }
  });

  it('honours Retry-After', () => {
    expect(read('', { status: 429, headers: { 'retry-after': '7' } }).error?.retryAfterMs).toBe(7000);
  });
});

describe('an error without data', () => {
  it.each([
    [-32001, 'UNAUTHENTICATED'],
    [-32003, 'FORBIDDEN'],
    [-32009, 'FORBIDDEN'],
    [-32029, 'RATE_LIMITED'],
    [-32603, 'UNAVAILABLE'],
    [-32602, 'BAD_RESPONSE'],
  ])('of code %i is %s', (code, expected) => {
    const { error } = read(JSON.stringify({ jsonrpc: '2.0', id: '1', error: { code, message: 'secret 10.0.0.1' } }));
    expect(error).toMatchObject({ code: expected });
    expect(error?.message).not.toContain('secret');
  });
});
