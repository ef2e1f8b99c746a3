import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SourceError } from '../../../src/datasources/port/source-error.ts';
import { orderKey, ranked } from '../../../src/federation/order-key.ts';
import type { InMemorySource } from '../../support/in-memory-source.ts';
import { idsOf, walk } from './read-page.ts';
import {
  idOf,
  makeSource,
  nameArbitrary,
  orderArbitrary,
  sourceShapeArbitrary,
  sourceShapesArbitrary,
  storedRow,
  visibleIds,
} from './source-arbitraries.ts';

/** Fixed, so that a failure is the same everywhere; a failing run prints its counterexample. */
const parameters = { seed: 20_240_229, numRuns: 250 };

const VIPS = { tags: ['VIP'] };

describe('a walk over data that stands still', () => {
  test('gives each row exactly once, whatever the page sizes, and each source in its own order', async () => {
    await fc.assert(
      fc.asyncProperty(
        sourceShapesArbitrary,
        orderArbitrary,
        fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 5 }),
        async (shapes, order, sizes) => {
          const sources = shapes.map((shape, index) => makeSource(shape, index));
          const pages = await walk(sources, (page) => ({ order, first: sizes[page % sizes.length] ?? 1 }));
          const seen = pages.flatMap(idsOf);
          expect(seen.toSorted()).toEqual(visibleIds(sources).toSorted());
          expect(pages.flatMap(({ reports }) => reports).some(({ hasMoved }) => hasMoved)).toBe(false);
          for (const page of pages.slice(0, -1)) expect(page.hasNextPage).toBe(true);
        },
      ),
      parameters,
    );
  });

  test('is in one global order where the sources sort by the same key, and says where they do not', async () => {
    await fc.assert(
      fc.asyncProperty(sourceShapesArbitrary, orderArbitrary, fc.integer({ min: 1, max: 9 }), async (shapes, order, first) => {
        const sources = shapes.map((shape, index) => makeSource(shape, index));
        const pages = await walk(sources, () => ({ order, first }));
        const rows = pages.flatMap(({ edges }) => edges.map(({ record }) => ranked(record, order.field)));
        const isSorted = rows.every(({ key }, at) => {
          const before = rows[at - 1]?.key;
          return before === undefined || (order.direction === 'ASC' ? before <= key : before >= key);
        });
        if (shapes.every(({ collation, shape }) => collation === 'byKey' || shape === 'collected')) {
          expect(pages.every(({ reports }) => reports.every(({ isOrdered }) => isOrdered))).toBe(true);
        }
        if (pages.every(({ reports }) => reports.every(({ isOrdered }) => isOrdered)) && pages.length === 1) {
          expect(isSorted).toBe(true);
        }
        if (shapes.every(({ collation, shape }) => collation === 'byKey' || shape === 'collected')) expect(isSorted).toBe(true);
      }),
      parameters,
    );
  });

  test('goes on right after any edge whose cursor is used', async () => {
    await fc.assert(
      fc.asyncProperty(
        sourceShapesArbitrary,
        orderArbitrary,
        fc.integer({ min: 1, max: 30 }),
        fc.nat(),
        async (shapes, order, first, pick) => {
          const sources = shapes.map((shape, index) => makeSource(shape, index));
          const whole = (await walk(sources, () => ({ order, first: 100 }))).flatMap(idsOf);
          const pages = await walk(
            sources,
            () => ({ order, first }),
            (page, number) => (number > 0 ? undefined : page.edges[pick % Math.max(1, page.edges.length)]?.cursor()),
          );
          const [firstPage, ...rest] = pages.map(idsOf);
          if (firstPage === undefined || firstPage.length === 0) return;
          if (pages.length === 1) expect(firstPage).toEqual(whole);
          else expect([...firstPage.slice(0, (pick % firstPage.length) + 1), ...rest.flat()]).toEqual(whole);
        },
      ),
      parameters,
    );
  });

  test('shows every match of a filter that is checked here, with however small a budget', async () => {
    await fc.assert(
      fc.asyncProperty(
        sourceShapesArbitrary,
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 8 }),
        fc.constantFrom('CHECKED' as const, 'PUSHED_AND_CHECKED' as const, 'PUSHED' as const),
        async (shapes, scanBudget, first, memberPlan) => {
          const sources = shapes.map((shape, index) => makeSource(shape, index, { memberPlan }));
          const pages = await walk(sources, () => ({ first, scanBudget, filter: VIPS }));
          expect(pages.flatMap(idsOf).toSorted()).toEqual(visibleIds(sources, true).toSorted());
        },
      ),
      parameters,
    );
  });

  test('keeps the global order across pages that end at the budget', async () => {
    await fc.assert(
      fc.asyncProperty(sourceShapesArbitrary, fc.integer({ min: 1, max: 6 }), async (shapes, scanBudget) => {
        const sources = shapes.map((shape, index) => makeSource({ ...shape, collation: 'byKey' }, index, { memberPlan: 'CHECKED' }));
        const pages = await walk(sources, () => ({ first: 5, scanBudget, filter: VIPS }));
        const keys = pages.flatMap(({ edges }) => edges.map(({ record }) => String(orderKey(record, 'DISPLAY_NAME'))));
        expect(keys.every((key, at) => at === 0 || (keys[at - 1] ?? '') <= key)).toBe(true);
      }),
      parameters,
    );
  });

  test('loses nothing to sources that fail now and then', async () => {
    await fc.assert(
      fc.asyncProperty(
        sourceShapesArbitrary,
        fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 12 }),
        async (shapes, failures, first) => {
          const sources = shapes.map((shape, index) =>
            makeSource(shape, index, {
              beforeRead: (_index, readsBefore) => {
                if (failures[readsBefore + index]) throw new SourceError(`source${index}`, 'UNAVAILABLE', 'down');
              },
            }),
          );
          const pages = await walk(sources, () => ({ first }));
          expect(pages.flatMap(idsOf).toSorted()).toEqual(visibleIds(sources).toSorted());
        },
      ),
      parameters,
    );
  });
});

type Change =
  | { readonly kind: 'insert'; readonly at: number; readonly name: string; readonly form: 'odd' | 'hidden' | undefined }
  | { readonly kind: 'delete'; readonly at: number }
  | { readonly kind: 'rename'; readonly at: number; readonly name: string };

const changeArbitrary: fc.Arbitrary<Change> = fc.oneof(
  fc.record({
    kind: fc.constant('insert' as const),
    at: fc.nat(),
    name: nameArbitrary,
    form: fc.constantFrom(undefined, undefined, 'odd' as const),
  }),
  fc.record({ kind: fc.constant('delete' as const), at: fc.nat() }),
  fc.record({ kind: fc.constant('rename' as const), at: fc.nat(), name: nameArbitrary }),
);

/** @returns The id of the row that was changed. */
function apply(change: Change, { name, rows }: InMemorySource): string | null {
  const at = change.at % Math.max(1, rows.length);
  if (change.kind === 'insert') {
    rows.splice(at, 0, storedRow(name, '1000', { ...change, isTagged: true }));
    return `${name}:1000`;
  }
  const row = rows[at];
  if (row === undefined) return null;
  rows.splice(at, 1, ...(change.kind === 'rename' ? [{ ...row, record: { ...row.record, displayName: change.name } }] : []));
  return idOf(row.record);
}

describe('a walk during which one row changes', () => {
  test('loses no other row', async () => {
    await fc.assert(
      fc.asyncProperty(
        sourceShapesArbitrary,
        orderArbitrary,
        fc.integer({ min: 1, max: 20 }),
        changeArbitrary,
        fc.nat({ max: 6 }),
        fc.nat(),
        async (shapes, order, first, change, pageNumber, pick) => {
          const sources = shapes.map((shape, index) => makeSource(shape, index));
          const before = visibleIds(sources);
          let changed: string | null = null;
          const pages = await walk(
            sources,
            () => ({ order, first }),
            (_page, number) => {
              const source = sources[pick % sources.length];
              if (number === pageNumber && source) changed = apply(change, source);
            },
          );
          const seen = new Set(pages.flatMap(idsOf));
          expect(before.filter((id) => id !== changed && !seen.has(id))).toEqual([]);
        },
      ),
      { ...parameters, numRuns: 600 },
    );
  });

  test('loses no other row when the filter is checked within a budget', async () => {
    await fc.assert(
      fc.asyncProperty(
        sourceShapeArbitrary,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 6 }),
        changeArbitrary,
        fc.nat({ max: 6 }),
        async (shape, first, scanBudget, change, pageNumber) => {
          const source = makeSource(shape, 0, { memberPlan: 'CHECKED' });
          const before = visibleIds([source], true);
          let changed: string | null = null;
          const pages = await walk(
            [source],
            () => ({ first, scanBudget, filter: VIPS }),
            (_page, number) => {
              if (number === pageNumber) changed = apply(change, source);
            },
          );
          const seen = new Set(pages.flatMap(idsOf));
          expect(before.filter((id) => id !== changed && !seen.has(id))).toEqual([]);
        },
      ),
      { ...parameters, numRuns: 400 },
    );
  });

  test('tells that rows have moved when one before the cursor is deleted', async () => {
    await fc.assert(
      fc.asyncProperty(sourceShapeArbitrary, fc.integer({ min: 1, max: 8 }), fc.nat(), async (shape, first, pick) => {
        const plain = { ...shape, names: shape.names.map((row) => ({ ...row, form: undefined })) };
        const source = makeSource(plain, 0);
        const deleted = { isDone: false };
        const pages = await walk(
          [source],
          () => ({ first }),
          (page, number) => {
            if (number > 0) return;
            const gone = page.edges[pick % page.edges.length]?.record.idInSource;
            source.rows.splice(
              source.rows.findIndex(({ record }) => record.idInSource === gone),
              1,
            );
            deleted.isDone = true;
          },
        );
        if (deleted.isDone) expect(pages[1]?.reports[0]?.hasMoved).toBe(true);
      }),
      parameters,
    );
  });
});
