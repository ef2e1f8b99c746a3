import fc from 'fast-check';
import { expect, test } from 'vitest';
import { writtenBytes } from '../../../src/schema/budget/written-bytes.ts';

const unit = fc.oneof(
  fc.integer({ min: 0, max: 0x7f }),
  fc.integer({ min: 0xd700, max: 0xe0ff }),
  fc.integer({ min: 0, max: 0xffff }),
  fc.constantFrom(0x22, 0x5c, 0x7f, 0x80, 0x7ff, 0x800, 0x2028, 0xfeff),
);

test('the bytes of a text are those that JSON and UTF-8 write, of whatever characters it is made', () => {
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 200 }), (units) => {
      const text = String.fromCharCode(...units);
      expect(writtenBytes(text)).toBe(Buffer.byteLength(JSON.stringify(text)) - 2);
    }),
    { numRuns: 2_000 },
  );
});
