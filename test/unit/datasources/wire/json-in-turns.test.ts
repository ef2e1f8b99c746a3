import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseInTurns as parseParts } from '../../../../src/datasources/wire/json-in-turns.ts';
import { parseText } from '../../../../src/datasources/wire/json-text.ts';
import { jsonOf } from '../../../../src/datasources/wire/wire-reply.ts';

/** In parts of odd lengths, so that they end anywhere. */
const parseInTurns = (text: string, length = 1_001) =>
  parseParts(Array.from({ length: Math.ceil(text.length / length) }, (_, part) => text.slice(part * length, (part + 1) * length)));

/** A page of so many rows of some 1,000 characters each, as the CRMs wrap them. */
function rowsText(count: number): string {
  const rows = Array.from({ length: count }, (_, id) => ({ id, name: `"Ада" \\ ${id}`, tags: [[], {}, [id]], note: ',]}"[{'.repeat(150) }));
  return JSON.stringify(rows);
}
const WRAPPERS: readonly ((rows: string) => string)[] = [
  (rows) => `{"count":3,"response":${rows},"status":0}`,
  (rows) => ` {"_page":1,"_links":{"next":null},"_embedded":{"contacts" : ${rows} }}`,
  (rows) => `\uFEFF{"jsonrpc":"2.0","id":null,"result":{"data":${rows},"metadata":{"limits":[1,2]}}}`,
  (rows) => `{"one":${rows},"other":{"two":${rows}},"none":[]}`,
  (rows) => rows,
  (rows) => `{"__proto__":${rows},"constructor":{"__proto__":${rows}}}`,
  (rows) => `{"a":{"b":{"c":{"d":{"e":{"f":${rows}}}}}}}`,
  (rows) => `[1,${rows},[${rows}]]`,
];

describe('A large reply that is parsed in turns', () => {
  it.each(WRAPPERS.map((wrap, index) => [index, wrap] as const))('is what it is parsed at once (%i)', async (_, wrap) => {
    const text = wrap(rowsText(200));
    const parsed = await parseInTurns(text);
    expect(parsed).toEqual(parseText(text));
    expect(JSON.stringify(parsed)).toBe(JSON.stringify(parseText(text)));
  });

  it('keeps the digits of numbers that are too long', async () => {
    const text = `{"response":[${'{"id":12345678901234567890,"n":1},'.repeat(5_000)}{"id":98765432109876543210}]}`;
    expect(await parseInTurns(text)).toEqual(parseText(text));
  });

  it('lets other work go first, many times', async () => {
    const text = WRAPPERS[0]?.(rowsText(3_000)) ?? '';
    let turns = 0;
    let isOver = false;
    const parsing = parseInTurns(text).finally(() => (isOver = true));
    for (; !isOver; turns += 1) await nextTurn();
    expect(await parsing).toMatchObject({ status: 0 });
    expect(turns).toBeGreaterThan(2);
  });

  it('is left alone where it is no JSON, wherever the fault is', async () => {
    const text = WRAPPERS[1]?.(rowsText(120)) ?? '';
    const faults = [text.slice(0, -1), `${text}]`, `${text}}`, text.replace('},{', '}{'), text.replace('},{', '},,{')];
    const atTheEnd = [text.replace(/\}\]/g, '},]'), text.replace(/\] \}\}$/, '} }}'), `${text.slice(0, -30)}"`, text.replace('[{', '[,{')];
    const asNames = [`{${rowsText(120)}:1}`, `{"a":{"b":1,${rowsText(120)} :1}}`, `{"a":{${rowsText(120)}:1},"a":1}`];
    for (const broken of [...faults, ...atTheEnd, ...asNames]) {
      expect(() => parseText(broken)).toThrow(SyntaxError);
      expect(await parseInTurns(broken)).toBeUndefined();
    }
  });

  it('is left alone where it is too deep', async () => {
    const deep = `${'{"a":'.repeat(20_000)}12345678901234567890${'}'.repeat(20_000)}`;
    const text = `{"one":[${'1,'.repeat(20_000)}2],"deep":${deep}}`;
    expect(() => parseText(text)).toThrow(RangeError);
    expect(await parseInTurns(text)).toBeUndefined();
  });

  it('may come in parts of one character', async () => {
    const text = `{"one":["${'x'.repeat(200_000)}"],"more":[${'1,'.repeat(20_000)}2]}`;
    expect(await parseInTurns(text, 1)).toEqual(parseText(text));
  });

  it('is left alone where it has more values than a reply may have', async () => {
    expect(await parseInTurns(`{"response":[${'1,'.repeat(600_000)}1]}`)).toBeUndefined();
    expect(() => jsonOf('kommo', { text: `{"response":[${'1,'.repeat(600_000)}1]}` })).toThrow('too many values');
  });

  it('is never another value than when it is parsed at once', { timeout: 60_000 }, async () => {
    const filler = 'x'.repeat(20_000);
    const cut = fc.record({
      length: fc.integer({ min: 1, max: 50 }),
      value: fc.jsonValue({ maxDepth: 4 }),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      insert: fc.constantFrom('', ',', ']', '}', '[', '{', '"', '\\'),
    });
    await fc.assert(
      fc.asyncProperty(cut, fc.integer({ min: 0, max: 6 }), async ({ length, value, at, insert }, wrapper) => {
        const rows = JSON.stringify([value, filler, value, [filler], value, { filler }, value]);
        const whole = WRAPPERS[wrapper]?.(rows) ?? rows;
        const place = Math.floor(at * whole.length);
        const text = whole.slice(0, place) + insert + whole.slice(place);
        const [parsed, expected] = [await parseInTurns(text, length), parsedAtOnce(text)];
        if (parsed !== undefined) expect(JSON.stringify(parsed)).toBe(JSON.stringify(expected));
        if (insert === '') expect(JSON.stringify(parsed)).toBe(JSON.stringify(expected));
      }),
      { numRuns: 300 },
    );
  });
});

/** undefined: it is no JSON. */
function parsedAtOnce(text: string): unknown {
  try {
    return parseText(text);
  } catch {
    return undefined;
  }
}
