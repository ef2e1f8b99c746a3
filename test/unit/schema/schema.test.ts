import { readFile } from 'node:fs/promises';
import { isEnumType, isObjectType } from 'graphql';
import { expect, test } from 'vitest';
import { SOURCE_MODULES } from '../../../src/datasources/registry.ts';
import { printedSchema } from '../../../src/schema/printed-schema.ts';
import { createSchema } from '../../../src/schema/schema.ts';
import { MEMORY } from '../../support/in-memory-source.ts';

test('is the schema that schema.graphql shows', async () => {
  const file = await readFile(new URL('../../../schema.graphql', import.meta.url), 'utf8');

  expect(printedSchema(createSchema(SOURCE_MODULES))).toBe(file);
});

test('takes the values of SourceKind from the kinds that it is composed of', () => {
  const kindsOf = (...kinds: readonly string[]) => {
    const type = createSchema(kinds.map((kind) => ({ ...MEMORY, kind, displayName: `The ${kind}` }))).getType('SourceKind');
    return isEnumType(type) ? type.getValues().map(({ name, description }) => [name, description]) : [];
  };

  expect(kindsOf('FOURTH', 'KOMMO')).toEqual([
    ['FOURTH', 'An account of The FOURTH.'],
    ['KOMMO', 'An account of The KOMMO.'],
  ]);
  expect(kindsOf('CALLGEAR')).toEqual([['CALLGEAR', 'An account of The CALLGEAR.']]);
});

test('says of each root field which scope it needs', () => {
  const schema = createSchema([MEMORY]);
  const scopesOf = (name: string) => {
    const type = schema.getType(name);
    if (!isObjectType(type)) return [];
    return Object.values(type.getFields()).map(({ description }) => /Needs the scope `([a-z:]+)`/.exec(description ?? '')?.[1]);
  };

  expect(new Set(scopesOf('Query'))).toEqual(new Set(['contacts:read', 'persons:report', 'persons:erase']));
  expect(new Set(scopesOf('Mutation'))).toEqual(new Set(['contacts:delete', 'persons:erase']));
});
