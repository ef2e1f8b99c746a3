import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareNames } from '../../../../src/federation/identity/name-relation.ts';
import { hashed, joinedOf, kitOf } from './people.ts';

/** Splink's fake_1000: see test/fixtures/identity. */
const rows = readFileSync(new URL('../../../fixtures/identity/fake_1000.csv', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split(','));
const misspelled = rows.map(([id = '', first = '', last = '', , , email = '']) => ({
  id,
  name: [first.trim(), last.trim()].filter((part) => part !== '').join(' '),
  emails: email.trim() === '' ? [] : [email.trim()],
}));

test('of 1,000 labelled people with misspellings, every joined pair is right, and 0.537 of the true pairs are joined', () => {
  const cluster = new Map(rows.map((row) => [row[0] ?? '', (row[6] ?? '').trim()]));
  const pairs = joinedOf(misspelled).flatMap((members) =>
    members.flatMap((one, at) => members.slice(at + 1).map((other) => [one, other] as const)),
  );
  const right = pairs.filter(([one, other]) => cluster.get(one) === cluster.get(other));
  const sizes = [...Map.groupBy(cluster.values(), (of) => of).values()].map(({ length }) => (length * (length - 1)) / 2);
  const truth = sizes.reduce((sum, size) => sum + size, 0);
  process.stdout.write(
    `fake_1000: ${truth} true pairs, precision ${(right.length / pairs.length).toFixed(4)}, recall ${(right.length / truth).toFixed(4)}\n`,
  );

  expect(right.length).toBe(pairs.length);
  expect(right.length / truth).toBeGreaterThanOrEqual(0.537);
});

describe('with another secret', () => {
  const secrets = Array.from({ length: 5 }, (_, index) => kitOf(`secret ${index} of at least thirty-two characters`));

  test('the same misspelled people are joined', () => {
    for (const secret of secrets) expect(joinedOf(misspelled, secret)).toEqual(joinedOf(misspelled));
  });

  test('any two names, misspelled or not, compare the same', () => {
    const word = fc.string({ unit: fc.constantFrom(...Array.from('abelnrstiшμ')), minLength: 1, maxLength: 6 });
    const name = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(' '));
    fc.assert(
      fc.property(name, name, (one, other) => {
        const [first, ...more] = secrets.map((by) =>
          compareNames(hashed({ id: '1', name: one }, by).name, hashed({ id: '2', name: other }, by).name),
        );
        expect(more).toEqual(more.map(() => first));
      }),
      { numRuns: 2_000 },
    );
  });

  test('the digests of a name are others', () => {
    const digests = secrets.flatMap((by) => hashed({ id: '1', name: 'Anna B. Weber' }, by).name);
    // An initial has one of 256.
    expect(new Set(digests.filter((digest) => digest >= 256)).size).toBe(secrets.length * 2);
  });
});
