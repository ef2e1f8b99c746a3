import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeCursor, encodeCursor, InvalidCursorError, START_STATE, type StreamState } from '../../../src/federation/cursor.ts';
import { sealed, unseal } from '../../../src/federation/sealed-text.ts';

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
  fruitlessTries: fc.integer({ min: 0, max: 3 }),
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
    expect(encodeCursor({ queryHash: '0123456789abcdef', fruitlessTries: 0, streams }).length).toBeLessThanOrEqual(80);
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

  const good = encodeCursor({
    queryHash: '0123456789abcdef',
    fruitlessTries: 0,
    streams: [{ ...START_STATE, offset: 3, anchors: [1, 2, 3] }],
  });
  /** Bytes without a checksum, changed, and given the checksum that fits: what is left to find is a wrong form. */
  const altered = (change: (bytes: number[]) => unknown): string => {
    const bytes = [...(unseal(good) ?? [])];
    change(bytes);
    return sealed(Buffer.from(bytes));
  };

  test('with any byte, or any character, changed is refused', () => {
    const bytes = Buffer.from(good, 'base64url');
    for (let at = 0; at < bytes.length; at += 1) {
      for (let change = 1; change < 256; change += 1) {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ change;
        expect(() => decodeCursor(changed.toString('base64url'))).toThrow(InvalidCursorError);
      }
    }
    for (let at = 0; at < good.length; at += 1) {
      for (const character of ['A', 'z', '-', '_', '+', '/', '=', ' ', 'é']) {
        const text = good.slice(0, at) + character + good.slice(at + 1);
        if (text !== good) expect(() => decodeCursor(text)).toThrow(InvalidCursorError);
      }
    }
    for (const text of [`${good.slice(0, -6)}AAAAAA`, good.slice(1), good + good, `${good} `, good.toLowerCase()]) {
      expect(() => decodeCursor(text)).toThrow(InvalidCursorError);
    }
  });

  test('with two or three of its bytes changed is refused', () => {
    const bytes = Buffer.from(good, 'base64url');
    const change = fc.record({ at: fc.nat({ max: bytes.length - 1 }), by: fc.integer({ min: 1, max: 255 }) });
    fc.assert(
      fc.property(fc.uniqueArray(change, { minLength: 2, maxLength: 3, selector: ({ at }) => at }), (changes) => {
        const changed = Buffer.from(bytes);
        for (const { at, by } of changes) changed[at] = (changed[at] ?? 0) ^ by;
        expect(() => decodeCursor(changed.toString('base64url'))).toThrow(InvalidCursorError);
      }),
      parameters,
    );
  });

  test.each([
    ['nothing', ''],
    ['cut short', good.slice(0, -4)],
    ['another version', altered((bytes) => (bytes[0] = 1))],
    ['trailing bytes', altered((bytes) => bytes.push(0))],
    ['flags that mean nothing', altered((bytes) => (bytes[9] = 0b1100_0011))],
    ['an offset before its own anchors', altered((bytes) => (bytes[10] = 2))],
    ['an offset without end', altered((bytes) => bytes.splice(10, 1, ...Array.from({ length: 12 }, () => 0xff), 1))],
    ['an offset over 32 bits', altered((bytes) => bytes.splice(10, 1, 0xff, 0xff, 0xff, 0xff, 0x7f))],
    ['an offset written longer than needed', altered((bytes) => bytes.splice(10, 1, 0x83, 0))],
    ['padding', `${good}=`],
    ['a megabyte', 'A'.repeat(1_000_000)],
  ])('is refused when it is or has %s', (_case, text) => {
    expect(() => decodeCursor(text)).toThrow(expect.objectContaining({ code: 'INVALID_CURSOR' }));
  });
});
