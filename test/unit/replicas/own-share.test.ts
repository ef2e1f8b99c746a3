import { describe, expect, test } from 'vitest';
import { CallGate } from '../../../src/datasources/governor/call-gate.ts';
import { Reserve } from '../../../src/datasources/governor/reserve.ts';
import { HEARTBEAT_TTL_MS } from '../../../src/replicas/governor-scripts.ts';
import { OwnShare } from '../../../src/replicas/own-share.ts';
import { ANSWER_MS_MAX } from '../../../src/replicas/redis-link.ts';

const WINDOW_MS = 1_010;
const STARTED_AT = 50_000;
const NOWHERE = { index: null, clock: 0 };

function shareOf(replicas: number, limit: number): OwnShare {
  const share = new OwnShare(new CallGate(new Reserve(0)), replicas, STARTED_AT);
  share.tighten({ rateLimits: [{ window: 'SECOND', windowMs: WINDOW_MS, limit }], concurrencyMax: Infinity });
  return share;
}

describe('a replica that starts', () => {
  test('keeps its share of a small limit unused for as long as others may have used it when its predecessor died', () => {
    const share = shareOf(4, 7);
    // A last heartbeat that was run late, its life, and the window of the last call that it let others send.
    const freeAt = STARTED_AT + ANSWER_MS_MAX + HEARTBEAT_TTL_MS + WINDOW_MS;

    expect(share.next(STARTED_AT, NOWHERE).at).toBe(freeAt);
    expect(share.next(freeAt - 1, NOWHERE).at).toBe(freeAt);
    expect(share.next(freeAt, NOWHERE).at).toBe(freeAt);
  });

  test('may send at once what stands ready of a large limit', () => {
    const share = shareOf(4, 500);

    expect(share.next(STARTED_AT, NOWHERE).at).toBe(STARTED_AT);
  });

  test('waits for nobody where it is the only one', () => {
    expect(shareOf(1, 7).next(STARTED_AT, NOWHERE).at).toBe(STARTED_AT);
  });
});
