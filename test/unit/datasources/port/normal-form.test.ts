import fc from 'fast-check';
import { expect, test } from 'vitest';
import { normalForm } from '../../../../src/datasources/port/normal-form.ts';
import { cpuMs } from '../../../support/processes/cpu-time.ts';

const FORMS = ['NFC', 'NFD', 'NFKD'] as const;

test('texts of people are normalised as the language does it', () => {
  const text = fc.string({
    unit: fc.oneof(fc.constantFrom('é', 'e\u0301', 'ß', '\u0323\u0307', 'Å', 'ﬁ', 'नि'), fc.string({ unit: 'grapheme' })),
    maxLength: 28,
  });

  fc.assert(fc.property(text, fc.constantFrom(...FORMS), (value, form) => normalForm(value, form) === value.normalize(form)));
});

test('the spellings of one letter stay equal among many marks', () => {
  const marks = '\u0301'.repeat(100);

  expect(normalForm(`é${marks}x`, 'NFD').replace(/\p{M}/gu, '')).toBe('ex');
  expect(normalForm(`x${marks}`, 'NFC')).toBe(normalForm(`x${marks}`, 'NFC'));
});

test('a run of marks takes no longer than letters', () => {
  const hostile = 'a' + '\u0307'.repeat(500_000) + '\u0323'.repeat(500_000);
  const tookMs = cpuMs(() => {
    for (const form of FORMS) normalForm(hostile, form);
  });

  // Some 100 ms; minutes without the joiners.
  expect(tookMs).toBeLessThan(5_000);
});
