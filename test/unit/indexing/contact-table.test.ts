import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HashedContact } from '../../../src/datasources/port/identity/contact-index.ts';
import { compareOrder } from '../../../src/datasources/port/identity/contact-order.ts';
import { ContactTable } from '../../../src/indexing/contact-table.ts';

const contacts = fc.array(
  fc.record({
    source: fc.constant('a'),
    entity: fc.constantFrom('contact' as const, 'company' as const),
    idInSource: fc.integer({ min: 1, max: 40 }).map(String),
    kind: fc.constantFrom('PERSON' as const, 'COMPANY' as const),
    name: fc.uniqueArray(fc.integer({ min: 1, max: 20 }), { maxLength: 4 }).map((words) => words.sort((one, other) => one - other)),
    keys: fc.uniqueArray(
      fc.record({
        // Equal in their lower half, where the table has its chains.
        hash: fc.tuple(fc.bigInt(0n, 3n), fc.bigInt(0n, 3n)).map(([high, low]) => (high << 32n) | low),
        type: fc.constantFrom('PHONE' as const, 'EMAIL' as const),
        sharedBecause: fc.constantFrom(null, 'ROLE_MAILBOX' as const, 'BY_SETTING' as const),
      }),
      { maxLength: 4, selector: ({ hash }) => hash },
    ),
  }),
  { maxLength: 60 },
);

const textOf = ({ entity, idInSource }: Pick<HashedContact, 'entity' | 'idInSource'>) => `${entity} ${idInSource}`;
const sorted = (found: readonly HashedContact[]) => found.toSorted((one, other) => (textOf(one) < textOf(other) ? -1 : 1));

describe('a table of contacts', () => {
  test('gives back whatever was put last, by id, by key and by name, and nothing that was removed', () => {
    fc.assert(
      fc.property(contacts, fc.array(fc.integer({ min: 1, max: 40 }).map(String)), (put, removed) => {
        const table = new ContactTable('a');
        const truth = new Map<string, HashedContact>();
        for (const contact of put) {
          table.put(contact);
          truth.set(textOf(contact), contact);
        }
        for (const idInSource of removed) {
          expect(table.remove('contact', idInSource)).toBe(truth.delete(`contact ${idInSource}`));
        }

        const left = [...truth.values()];
        expect(table.size).toBe(left.length);
        const inOrder = left.toSorted(compareOrder);
        expect([...table.entriesAfter(null)]).toEqual(inOrder);
        const middle = Math.floor(inOrder.length / 2);
        expect([...table.entriesAfter(inOrder[middle] ?? null)]).toEqual(inOrder.slice(middle + 1));
        for (const contact of put) {
          expect(table.get(contact.entity, contact.idInSource)).toEqual(truth.get(textOf(contact)) ?? null);
          for (const { hash } of contact.keys) {
            const holders = left.filter(({ keys }) => keys.some((key) => key.hash === hash));
            expect(sorted(table.find(hash, 100))).toEqual(sorted(holders));
          }
          const namesakes = left.filter(({ name }) => name.join() === contact.name.join());
          expect(sorted(table.findByName(contact.name, 100))).toEqual(sorted(namesakes));
        }
      }),
    );
  });

  test('holds 100,000 contacts with three keys each in 25 MB', async () => {
    const before = await usedBytes();
    const table = new ContactTable('a');
    for (let index = 0; index < 100_000; index += 1) {
      const keys = [0, 1, 2].map((at) => ({
        hash: BigInt(index * 3 + at) * 0x9e37_79b9_7f4an,
        type: 'EMAIL' as const,
        sharedBecause: null,
      }));
      table.put({ source: 'a', entity: 'contact', idInSource: String(2_150_000_000 + index), kind: 'PERSON', name: [index + 1, 7], keys });
    }
    const megabytes = ((await usedBytes()) - before) / 1_000_000;

    expect(table.size).toBe(100_000);
    expect(megabytes).toBeLessThan(25);
  });
});

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Buffers that were outgrown go with the collection after the one that finds them. */
async function usedBytes(): Promise<number> {
  for (let round = 0; round < 3; round += 1) {
    collectGarbage();
    await setImmediate();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
