import { describe, expect, test } from 'vitest';
import type { ContactInfoType } from '../../../../../src/datasources/port/records/contact-info.ts';
import { toNeedles } from '../../../../../src/datasources/onlyoffice/planning/contact-info-needle.ts';
import { toFilterValue } from '../../../../../src/datasources/onlyoffice/planning/search-text.ts';

function needle(type: ContactInfoType, value: string, match: 'EXACT' | 'CONTAINS' = 'EXACT') {
  return toNeedles({ type, value, match }, 'LV')[0];
}

/** `stored LIKE '%pattern%'` with live wildcards, as the portal does it; its database may take no backslash for an escape. */
function finds(pattern: string, stored: string, { hasEscape = true } = {}): boolean {
  const source = (hasEscape ? pattern : pattern.replaceAll('\\', '\\\\')).replace(
    /\\(.)|%|_|[^\\%_]/gs,
    (found, escaped: string | undefined) => {
      if (found === '%') return '.*';
      if (found === '_') return '.';
      return (escaped ?? found).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    },
  );
  return new RegExp(source, 'is').test(stored);
}

describe('a phone', () => {
  test.each(['+371 2000-0000', '371 20000000', '(371)20000000', '20 00 00 00', '00371 2000 0000'])(
    '%s finds every spelling of the number',
    (value) => {
      const { data } = needle('PHONE', value);

      for (const stored of ['+371 2000-0000', '371 20000000', '(371)20000000', 'tel. 2000.0000', '+37120000000']) {
        expect(finds(data, stored)).toBe(true);
      }
      expect(finds(data, '+371 2000-0001')).toBe(false);
    },
  );

  test('is looked for without its trunk prefix', () => {
    const [{ data }] = toNeedles({ type: 'PHONE', value: '+7 912 345-67-89', match: 'EXACT' }, undefined);

    expect(finds(data, '8 (912) 345 67 89')).toBe(true);
  });

  test('is looked for as typed when the digits find nothing', () => {
    expect(needle('PHONE', '+371 2000-0000').fallback).toBe('+371 2000-0000');
  });

  test('that is a part of one is found across punctuation, with or without the code of the country', () => {
    expect(finds(needle('PHONE', '2000-00', 'CONTAINS').data, '+371 200 000 00')).toBe(true);
    expect(finds(needle('PHONE', '+3712000', 'CONTAINS').data, '20 00 11 11')).toBe(true);
  });
});

describe('hostile values', () => {
  test.each(['%', '_', '\\', '%_%', 'a%b', '100%_sure\\@percent.example', "' OR 1=1 --", '\\%', '&isPrimary=true#'])(
    '%s finds itself and is no wildcard',
    (value) => {
      const { data } = needle('EMAIL', value);

      expect(finds(data, `<${value}>`)).toBe(true);
      expect(finds(data, 'someone else')).toBe(false);
    },
  );

  test.each(['a_b@c.example', 'a%40b@c.example', '100%_sure\\@percent.example'])(
    '%s is also found where the backslash is no escape, when its escaped form finds nothing',
    (value) => {
      const { data, fallback = '' } = needle('EMAIL', value);

      expect(finds(data, value, { hasEscape: false })).toBe(false);
      expect(finds(fallback, value, { hasEscape: false })).toBe(true);
      expect(finds(fallback, 'someone.else@c.example', { hasEscape: false })).toBe(false);
    },
  );

  test.each(['%', '_', '%%%', 'a%', '\\', 'a.b@c.example'])('%s is tried in one form only', (value) => {
    expect(needle('EMAIL', value).fallback).toBeUndefined();
  });
});

describe('an address', () => {
  const stored = JSON.stringify({ street: '18 "The" \\ Mews', city: 'Rīga', state: '', zip: 'LV-1021', country: 'Latvia' }, null, 2);

  test.each(['18 "The" \\ Mews', 'Rīga', '18 "The" \\ Mews, Rīga, LV-1021, Latvia', 'ga, LV-10'])(
    '%s is found in its JSON text',
    (value) => {
      const { data, fallback = data } = needle('ADDRESS', value);

      expect(finds(data, stored)).toBe(true);
      expect(finds(fallback, stored, { hasEscape: false })).toBe(true);
    },
  );
});

test.each([
  ['anna, riga', 'anna riga'],
  ['  anna\t\n berzina ', 'anna berzina'],
  ['"anna*" ?', 'anna'],
  ['50% off\\', '50 off'],
  [',', ''],
  ['_', ''],
  ['_anna __ a_b_', 'anna a_b'],
])('the search %j is sent as %j', (search, filterValue) => {
  expect(toFilterValue(search)).toBe(filterValue);
});
