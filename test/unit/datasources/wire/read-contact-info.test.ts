import { expect, it } from 'vitest';
import { ReadContactInfo } from '../../../../src/datasources/wire/read-contact-info.ts';

const parts = { idInSource: null, type: 'PHONE', category: null, categoryName: null, value: '20000000', isPrimary: null } as const;

it('makes the normal form of a contact info when it is read, and not before', () => {
  const values: string[] = [];
  const info = new ReadContactInfo(parts, 'LV', (type, value, country) => {
    values.push(value);
    return `${type} ${value} ${country}`;
  });
  expect(values).toEqual([]);
  expect(info.normalizedValue).toBe('PHONE 20000000 LV');
  expect(values).toEqual(['20000000']);
  expect(new ReadContactInfo(parts, 'LV').normalizedValue).toBe('+37120000000');
});
