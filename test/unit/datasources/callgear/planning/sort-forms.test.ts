import { describe, expect, it } from 'vitest';
import type { SortItem } from '../../../../../src/datasources/callgear/planning/plan.ts';
import { RefusalMemory } from '../../../../../src/datasources/cache/refusal-memory.ts';
import { SortForms, type SortQuery } from '../../../../../src/datasources/callgear/planning/sort-forms.ts';
import { CallgearError } from '../../../../../src/datasources/callgear/rpc-error.ts';

const SORT: readonly SortItem[] = ['full_name', 'last_name', 'first_name'].map((field) => ({ field, order: 'asc' }));
const QUERY: SortQuery = { method: 'get.contacts', sort: SORT, isAskedFor: true };

function refusing(field: string, isNamed: boolean) {
  const sent: string[][] = [];
  const attempt = async (sort: readonly SortItem[]): Promise<string> => {
    sent.push(sort.map((item) => item.field));
    if (!sort.some((item) => item.field === field)) return 'rows';
    throw new CallgearError('callgear', 'BAD_RESPONSE', 'refused', { mnemonic: 'sort_prohibited', field: isNamed ? field : null }, {});
  };
  return { sent, attempt };
}

const newSorts = (now: () => number = () => 0) => new SortForms('callgear', new RefusalMemory(60_000, now));

describe('an order of CallGear', () => {
  it.each([true, false])('loses what only settles ties where that is refused (named: %s), and remembers it', async (isNamed) => {
    const { sent, attempt } = refusing('first_name', isNamed);
    const sorts = newSorts();
    expect(await sorts.run(QUERY, {}, attempt)).toBe('rows');
    expect(await sorts.run(QUERY, {}, attempt)).toBe('rows');
    expect(sent).toHaveLength(3);
    expect(sent.at(-1)?.[0]).toBe('full_name');
  });

  it.each([true, false])(
    'that was asked for and is refused cannot be given (named: %s), and is not asked for again for a while',
    async (isNamed) => {
      const { sent, attempt } = refusing('full_name', isNamed);
      let now = 0;
      const sorts = newSorts(() => now);
      await expect(sorts.run(QUERY, {}, attempt)).rejects.toMatchObject({ code: 'ORDER_UNSUPPORTED' });
      const tries = sent.length;
      await expect(sorts.run(QUERY, {}, attempt)).rejects.toMatchObject({ code: 'ORDER_UNSUPPORTED' });
      expect(sent).toHaveLength(tries);
      now = 60_001;
      await expect(sorts.run(QUERY, {}, attempt)).rejects.toMatchObject({ code: 'ORDER_UNSUPPORTED' });
      expect(sent.length).toBeGreaterThan(tries);
    },
  );

  it('that nobody asked for is left out', async () => {
    const { attempt } = refusing('full_name', true);
    expect(await newSorts().run({ ...QUERY, isAskedFor: false }, {}, attempt)).toBe('rows');
  });
});
