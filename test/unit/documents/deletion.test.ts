import { readFileSync } from 'node:fs';
import { isEnumType, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { createSchema } from '../../../src/schema/schema.ts';
import { MEMORY } from '../../support/in-memory-source.ts';

const text = readFileSync(new URL('../../../docs/deletion.md', import.meta.url), 'utf8');
const schema = createSchema([MEMORY]);

test.each(['DeletionOutcome', 'DeleteContactErrorCode'])('docs/deletion.md has a row for each %s, and for no other', (name) => {
  const type = schema.getType(name);
  const values = isEnumType(type) ? type.getValues().map((value) => value.name) : [];
  const rows = [...text.matchAll(/^\| `([A-Z_]+)` /gm)].map((match) => match[1] ?? '');

  expect(values.length).toBeGreaterThan(0);
  expect(rows).toEqual(expect.arrayContaining(values));
  const known = ['DeletionOutcome', 'DeleteContactErrorCode'].flatMap((other) => {
    const otherType = schema.getType(other);
    return isEnumType(otherType) ? otherType.getValues().map((value) => value.name) : [];
  });
  expect(known).toEqual(expect.arrayContaining(rows));
});

test('the operations in docs/deletion.md are valid', () => {
  const operations = [...text.matchAll(/```graphql\n([^]*?)```/g)].map((match) => match[1] ?? '');

  expect(operations.length).toBeGreaterThan(0);
  for (const operation of operations) expect(validate(schema, parse(operation))).toEqual([]);
});
