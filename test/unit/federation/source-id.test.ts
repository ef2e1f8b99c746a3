import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeSourceId, encodeSourceId, SOURCE_ID_ENTITIES } from '../../../src/federation/source-id.ts';

const base64url = (text: string | Uint8Array): string => Buffer.from(text).toString('base64url');
const parameters = { seed: 20_240_229 };

describe('a source id', () => {
  test('comes back as it was encoded, colons and other scripts included', () => {
    const id = fc.record({
      source: fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/),
      entity: fc.constantFrom(...SOURCE_ID_ENTITIES),
      idInSource: fc.oneof(fc.string({ minLength: 1, unit: 'grapheme' }), fc.constantFrom('12:34', ':', '2147483648999')),
    });
    fc.assert(
      fc.property(id, (given) => {
        expect(decodeSourceId(encodeSourceId(given))).toEqual(given);
      }),
      parameters,
    );
  });

  test('is readable however long the id of the CRM is, and another one for another id', () => {
    const text = fc.string({ minLength: 1, maxLength: 20_000, unit: 'binary', size: 'max' });
    fc.assert(
      fc.property(text, fc.constantFrom(...SOURCE_ID_ENTITIES), (idInSource, entity) => {
        const id = encodeSourceId({ source: 'kommo', entity, idInSource });
        expect(decodeSourceId(id)).toMatchObject({ source: 'kommo', entity });
        expect(encodeSourceId({ source: 'kommo', entity, idInSource: `${idInSource}x` })).not.toBe(id);
      }),
      { ...parameters, numRuns: 50 },
    );
    expect(decodeSourceId(encodeSourceId({ source: 'kommo', entity: 'tag', idInSource: 'Ж'.repeat(10_000) }))).not.toBeNull();
  });

  test('is base64url of source, entity and id', () => {
    expect(encodeSourceId({ source: 'kommo', entity: 'contact', idInSource: '7' })).toBe(base64url('kommo:contact:7'));
  });

  test.each([
    ['nothing', ''],
    ['two parts', base64url('kommo:contact')],
    ['an unknown entity', base64url('kommo:person:7')],
    ['no source', base64url(':contact:7')],
    ['no id', base64url('kommo:contact:')],
    ['padding', `${base64url('kommo:contact:12')}=`],
    ['a stray character', `${base64url('kommo:contact:12')}!`],
    ['white space', ` ${base64url('kommo:contact:12')}`],
    ['the other alphabet', Buffer.from('kommo:contact:>>>???').toString('base64')],
    ['stray bits at the end', `${base64url('kommo:contact:12').slice(0, -1)}h`],
    ['bytes that are no UTF-8', base64url(Buffer.concat([Buffer.from('kommo:contact:'), Uint8Array.of(0xff)]))],
    ['a text of a megabyte', base64url(`kommo:contact:${'7'.repeat(1_000_000)}`)],
  ])('is refused when it is %s', (_case, text) => {
    expect(decodeSourceId(text)).toBeNull();
  });

  test('has exactly one spelling', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String(), fc.uint8Array().map(base64url)), (text) => {
        const id = decodeSourceId(text);
        if (id !== null) expect(encodeSourceId(id)).toBe(text);
      }),
      parameters,
    );
  });
});
