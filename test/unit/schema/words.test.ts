import { readFileSync } from 'node:fs';
import { isEnumType, isInputObjectType, isInterfaceType, isIntrospectionType, isObjectType, isSpecifiedScalarType } from 'graphql';
import { expect, test } from 'vitest';
import { SOURCE_MODULES } from '../../../src/datasources/registry.ts';
import { createSchema } from '../../../src/schema/schema.ts';

/** Whatever clients can read about: its place, its name, and what is said of it. */
interface Place {
  readonly place: string;
  readonly name: string;
  readonly description: string;
}

/** Words that say nothing by themselves. */
const FILLERS = new Set(
  'a an the of to in on at by for from and or with as is are be it its this that these those one whether what which'.split(' '),
);

const PLACES = Object.values(createSchema(SOURCE_MODULES).getTypeMap())
  .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
  .flatMap((type) => {
    const places = [toPlace(type.name, type)];
    if (isEnumType(type)) places.push(...type.getValues().map((value) => toPlace(`${type.name}.${value.name}`, value)));
    if (isInputObjectType(type))
      places.push(...Object.values(type.getFields()).map((field) => toPlace(`${type.name}.${field.name}`, field)));
    if (isObjectType(type) || isInterfaceType(type)) {
      for (const field of Object.values(type.getFields())) {
        const place = `${type.name}.${field.name}`;
        places.push(toPlace(place, field), ...field.args.map((argument) => toPlace(`${place}(${argument.name})`, argument)));
      }
    }
    return places;
  });

function toPlace(place: string, { name, description }: { name: string; description?: string | null | undefined }): Place {
  return { place, name, description: description ?? '' };
}

/** The words of a text or of a name in camel case or capitals, in lower case and without a plural's s. */
function wordsOf(text: string): readonly string[] {
  const parted = text.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return (parted.match(/[a-z0-9]+/g) ?? []).map((word) => word.replace(/(?<=..)s$/, ''));
}

/** Words of the glossary in CONTRIBUTING.md that are not to be used. */
function wordsNotToUse(): readonly string[] {
  const text = readFileSync(new URL('../../../CONTRIBUTING.md', import.meta.url), 'utf8');
  const rows =
    text
      .slice(text.search(/^\| Write +\| Not +\|$/m))
      .split('\n\n')[0]
      ?.split('\n')
      .slice(2) ?? [];
  return rows.flatMap((row) => row.split('|')[2]?.split(',') ?? []).map((word) => word.trim());
}

test('describes every type, field, argument, enum value and input member', () => {
  expect(PLACES.length).toBeGreaterThan(350);
  expect(PLACES.filter(({ description }) => description.trim() === '').map(({ place }) => place)).toEqual([]);
});

test('says of each more than its name says', () => {
  const said = new Set([...FILLERS].flatMap(wordsOf));
  const bare = PLACES.filter(({ place, description }) => {
    const [ownDescription = ''] = description.split('\n\nNeeds the scope');
    const known = new Set([...said, ...wordsOf(place)]);
    return wordsOf(ownDescription).every((word) => known.has(word));
  });

  expect(bare.map(({ place, description }) => `${place}: ${description}`)).toEqual([]);
});

test('keeps to the words of the glossary', () => {
  const unwanted = wordsNotToUse();
  expect(unwanted.length).toBeGreaterThan(20);
  const pattern = new RegExp(`\\b(${unwanted.join('|')})\\b`, 'i');

  expect(PLACES.filter(({ description }) => pattern.test(description)).map(({ place, description }) => `${place}: ${description}`)).toEqual(
    [],
  );
});

test('writes sentences: each begins with a capital or a code, and ends with a full stop', () => {
  const odd = PLACES.filter(
    ({ description }) => !/^[A-Z`][^]*\.$/.test(description) || /\s{2}|\.\.|\s[.,;]/.test(description.replaceAll('\n\n', ' ')),
  );

  expect(odd.map(({ place, description }) => `${place}: ${description}`)).toEqual([]);
});
