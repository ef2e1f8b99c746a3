import { describe, expect, test } from 'vitest';
import { normalizeContactInfo, toE164 } from '../../../../src/datasources/port/contact-info-value.ts';

describe('phones', () => {
  test.each([undefined, 'LV', 'US', 'RU', 'DE', 'BR', 'FR', 'GB', 'NO'])(
    'a number without its plus is still international with the default country %s',
    (country) => {
      for (const text of ['+371 2000-0000', '371 20000000', '(371)20000000', '0037120000000']) {
        expect(toE164(text, country)).toBe('+37120000000');
      }
      expect(toE164('4915123456789', country)).toBe('+4915123456789');
      expect(toE164('49 151 23456789', country)).toBe('+4915123456789');
    },
  );

  test.each([
    ['LV', '2000-0000', '+37120000000'],
    ['RU', '8 (912) 345-67-89', '+79123456789'],
    ['RU', '912 345-67-89', '+79123456789'],
    ['RU', '(495) 123-45-67', '+74951234567'],
    ['US', '(479) 876-5432', '+14798765432'],
    ['US', '2025550123', '+12025550123'],
    ['DE', '0371 20000000', '+4937120000000'],
    ['DE', '0151/23456789', '+4915123456789'],
    ['BR', '(11) 3200-0000', '+551132000000'],
    ['BR', '11987654321', '+5511987654321'],
    ['RU', '4951234567', '+74951234567'],
    ['FR', '06 12 34 56 78', '+33612345678'],
    ['GB', '07911 123456', '+447911123456'],
  ])('in %s, %s is %s', (country, text, e164) => {
    expect(toE164(text, country)).toBe(e164);
  });

  test.each(['', '   ', 'ask Ada', '+', '112', '1'.repeat(61), '+371 2000-0000 or +371 2000-0001'])('%s is no number', (text) => {
    expect(toE164(text, 'LV')).toBeNull();
  });

  test('a national number cannot be read without a default country', () => {
    expect(toE164('8 (912) 345-67-89', undefined)).toBeNull();
  });
});

test('e-mail addresses are compared in lower case, and other infos as they are', () => {
  expect(normalizeContactInfo('EMAIL', ' Ada@Example.COM ', undefined)).toBe('ada@example.com');
  expect(normalizeContactInfo('SKYPE', 'Ada', undefined)).toBeNull();
});
