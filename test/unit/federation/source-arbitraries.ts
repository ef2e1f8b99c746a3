import fc from 'fast-check';
import type { ContactOrder } from '../../../src/datasources/port/list-query.ts';
import { valueOr } from '../../../src/datasources/port/member.ts';
import type { TagRecord } from '../../../src/datasources/port/records/classification.ts';
import type { ContactRecord } from '../../../src/datasources/port/records/contact.ts';
import { orderKey } from '../../../src/federation/order-key.ts';
import { byText, contactRecord, InMemorySource, type Compare, type StoredRow } from '../../support/in-memory-source.ts';

/** Few names, so that ties, and pairs that differ only in case or accent, are common. */
const NAMES = ['adam', 'Adam', 'Ádám', 'bela', 'Béla', 'Čapek', 'capek', 'eva', 'Éva', 'Zoë', 'zoe', 'Юлия', 'ёж', 'éz', 'ez'] as const;
export const nameArbitrary: fc.Arbitrary<string> = fc.oneof(fc.constantFrom(...NAMES), fc.stringMatching(/^[a-zA-Z]{1,3}$/));

const byKey =
  ({ field }: ContactOrder): Compare =>
  (left, right) => {
    const [a, b] = [orderKey(left, field), orderKey(right, field)];
    return a === b ? 0 : a < b ? -1 : 1;
  };
const ignoringCase: (order: ContactOrder) => Compare = () => (left, right) => {
  const [a, b] = [left.displayName.toLowerCase(), right.displayName.toLowerCase()];
  return a === b ? 0 : a < b ? -1 : 1;
};
/** Each with ties left as they are stored. */
const COLLATIONS = { byKey, binary: byText, ignoringCase };

export interface SourceShape {
  readonly names: readonly { readonly name: string; readonly form: 'odd' | 'hidden' | undefined; readonly isTagged: boolean }[];
  readonly blockSize: number;
  readonly collation: keyof typeof COLLATIONS;
  readonly hasOverlap: boolean;
  readonly hasPhantomNext: boolean;
  readonly shape: 'blocks' | 'collected';
}

const formArbitrary = fc.oneof(
  { arbitrary: fc.constant(undefined), weight: 12 },
  { arbitrary: fc.constant('odd' as const), weight: 1 },
  { arbitrary: fc.constant('hidden' as const), weight: 1 },
);

export const sourceShapeArbitrary: fc.Arbitrary<SourceShape> = fc.record({
  names: fc.array(fc.record({ name: nameArbitrary, form: formArbitrary, isTagged: fc.boolean() }), { maxLength: 30 }),
  blockSize: fc.integer({ min: 1, max: 12 }),
  collation: fc.constantFrom('byKey', 'binary', 'ignoringCase'),
  hasOverlap: fc.boolean(),
  hasPhantomNext: fc.boolean(),
  shape: fc.oneof({ arbitrary: fc.constant('blocks' as const), weight: 4 }, { arbitrary: fc.constant('collected' as const), weight: 1 }),
});

export const sourceShapesArbitrary = fc.array(sourceShapeArbitrary, { minLength: 1, maxLength: 4 });
export const orderArbitrary: fc.Arbitrary<ContactOrder> = fc.record({
  field: fc.constant('DISPLAY_NAME' as const),
  direction: fc.constantFrom('ASC', 'DESC'),
});

/** The filter `{ tags: ['VIP'] }` finds the tagged ones. */
const VIP: TagRecord = { idInSource: 'vip', name: 'Vip', color: null };

export function storedRow(
  source: string,
  idInSource: string,
  row: { readonly name: string; readonly form: StoredRow['form'] | undefined; readonly isTagged: boolean },
): StoredRow {
  const record = contactRecord(source, idInSource, { displayName: row.name, tags: row.isTagged ? [VIP] : [] });
  return { record, ...(row.form && { form: row.form }) };
}

export function makeSource(
  shape: SourceShape,
  index: number,
  more: Partial<ConstructorParameters<typeof InMemorySource>[0]> = {},
): InMemorySource {
  const name = `source${index}`;
  return new InMemorySource({
    ...shape,
    name,
    rows: shape.names.map((row, at) => storedRow(name, String(at + 1), row)),
    collation: COLLATIONS[shape.collation],
    ...more,
  });
}

/** `source:id` of all rows that a client can get to see; of the tagged ones only, if so asked. */
export function visibleIds(sources: readonly InMemorySource[], isTagged = false): string[] {
  return sources.flatMap(({ rows }) =>
    rows
      .filter(({ form, record }) => form === undefined && (!isTagged || valueOr(record.tags, [])?.length === 1))
      .map(({ record }) => idOf(record)),
  );
}

export function idOf(record: ContactRecord): string {
  return `${record.source}:${record.idInSource}`;
}
