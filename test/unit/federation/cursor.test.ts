import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeCursor, encodeCursor, InvalidCursorError, START_STATE, type StreamState } from '../../../src/federation/cursor.ts';

const parameters = { seed: 20_240_229, numRuns: 1_000 };
const hash = fc.integer({ min: 0, max: 0xffff_ffff });
const running: fc.Arbitrary<StreamState> = fc
  .record({
    anchors: fc.array(hash, { minLength: 1, maxLength: 3 }),
    beyond: fc.integer({ min: 0, max: 100_000_000 }),
    next: fc.option(hash),
  })
  .map(({ anchors, beyond, next }) => ({ ...START_STATE, offset: anchors.length + beyond, anchors, next }));
const done: fc.Arbitrary<StreamState> = fc
  .record({ totalCount: fc.option(fc.nat()), isCut: fc.boolean() })
  .map((members) => ({ ...START_STATE, ...members, isDone: true }));
const state = fc.record({
  queryHash: fc.stringMatching(/^[0-9a-f]{16}$/),
  streams: fc.array(fc.oneof(fc.constant(START_STATE), running, done), { maxLength: 12 }),
});

describe('a cursor', () => {
  test('comes back as it was written', () => {
    fc.assert(
      fc.property(state, (given) => {
        expect(decodeCursor(encodeCursor(given))).toEqual(given);
      }),
      parameters,
    );
  });

  test('is short: three sources under way fit in 80 characters', () => {
    const streams = [1, 2, 3].map((at) => ({ ...START_STATE, offset: at * 10_000, anchors: [1, 2, 0xffff_ffff] }));
    expect(encodeCursor({ queryHash: '0123456789abcdef', streams }).length).toBeLessThanOrEqual(80);
  });

  test('never crashes on what clients make up: it is read, in its one spelling, or refused', () => {
    const madeUp = fc.oneof(
      fc.string(),
      fc.base64String(),
      fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
      fc.tuple(state, fc.nat(), fc.integer({ min: 0, max: 255 })).map(([given, at, byte]) => {
        const bytes = Buffer.from(encodeCursor(given), 'base64url');
        bytes[at % bytes.length] = byte;
        return bytes.toString('base64url');
      }),
    );
    fc.assert(
      fc.property(madeUp, (text) => {
        try {
          expect(encodeCursor(decodeCursor(text))).toBe(text);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidCursorError);
        }
      }),
      parameters,
    );
  });

  const good = encodeCursor({ queryHash: '0123456789abcdef', streams: [{ ...START_STATE, offset: 3, anchors: [1, 2, 3] }] });
  const altered = (change: (bytes: number[]) => unknown): string => {
    const bytes = [...Buffer.from(good, 'base64url')];
    change(bytes);
    return Buffer.from(bytes).toString('base64url');
  };

  test.each([
    ['nothing', ''],
    ['cut short', good.slice(0, -4)],
    ['another version', altered((bytes) => (bytes[0] = 2))],
    ['trailing bytes', altered((bytes) => bytes.push(0))],
    ['flags that mean nothing', altered((bytes) => (bytes[10] = 0b1100_0011))],
    ['an offset before its own anchors', altered((bytes) => (bytes[11] = 2))],
    ['an offset without end', altered((bytes) => bytes.splice(11, 1, ...Array.from({ length: 12 }, () => 0xff), 1))],
    ['an offset over 32 bits', altered((bytes) => bytes.splice(11, 1, 0xff, 0xff, 0xff, 0xff, 0x7f))],
    ['an offset written longer than needed', altered((bytes) => bytes.splice(11, 1, 0x83, 0))],
    ['padding', `${good}=`],
    ['a megabyte', 'A'.repeat(1_000_000)],
  ])('is refused when it is or has %s', (_case, text) => {
    expect(() => decodeCursor(text)).toThrow(expect.objectContaining({ code: 'INVALID_CURSOR' }));
  });
});
