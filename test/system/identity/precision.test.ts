import { expect, test } from 'vitest';
import { createPopulation } from '../../../src/sandbox/population.ts';
import { startTestGateway } from '../../support/gateway.ts';
import { contactOf, findDuplicates, pairsOf, personsByContact, untilIndexed } from '../../support/identity/identities.ts';
import { ALL } from '../../support/sources.ts';
import { storedContacts, type StoredContact } from '../../support/filters/stored-contacts.ts';

const SEEDS = [1, 2, 3, 4, 5, 6];
const IDENTITY_CASES = 140;

interface Figures {
  readonly joined: number;
  readonly right: number;
  readonly truth: number;
  readonly found: number;
}
const figures: Figures[] = [];

test.each(SEEDS)(
  'of the people of seed %i, 0.995 of the joined pairs are right, and all that share a key of their own are joined',
  async (seed) => {
    const population = { seed, identityCases: IDENTITY_CASES };
    await using gateway = await startTestGateway({ population, environment: { CONTACT_INDEX: 'on', DEFAULT_COUNTRY: 'RU' } });
    await untilIndexed(gateway);
    const persons = personsByContact(gateway);
    const stored = storedContacts(gateway, ALL);
    const keys = keysByContact(stored);
    // The sandbox gives a few contacts of each CRM the name of somebody else.
    const names = new Map(stored.map(({ source, id, firstName, lastName }) => [`${source} ${id}`, `${firstName} ${lastName}`]));
    const { people } = createPopulation(population);
    const bearsItsName = (contact: string) => {
      const person = people[persons.get(contact) ?? -1];
      const known = [person, ...Object.values(person?.as ?? {})].flatMap((one) => [one?.firstName, one?.lastName]);
      return known.some((part) => part !== undefined && part !== '' && names.get(contact)?.includes(part));
    };

    const joined = (await findDuplicates(gateway)).flatMap((members) => pairsOf(members.map(contactOf)));
    const truth = [...Map.groupBy(persons.keys(), (contact) => persons.get(contact)).values()].flatMap(pairsOf);
    const right = joined.filter((pair) => {
      const [one, other] = sidesOf(pair).map((contact) => persons.get(contact));
      return one !== undefined && one === other;
    });
    const found = new Set(joined);
    const personal = personalKeys(keys, persons);
    const connected = truth.filter((pair) => {
      const [one = [], other = []] = sidesOf(pair).map((contact) => keys.get(contact));
      return one.some((key) => other.includes(key) && personal.has(key)) && sidesOf(pair).every((contact) => bearsItsName(contact));
    });
    figures.push({
      joined: joined.length,
      right: right.length,
      truth: truth.length,
      found: truth.filter((pair) => found.has(pair)).length,
    });
    process.stdout.write(
      `seed ${seed}: ${truth.length} true pairs, ${connected.length} with a key of their own; precision ${share(right, joined)}, recall ${share(
        truth.filter((pair) => found.has(pair)),
        truth,
      )}\n`,
    );

    expect(right.length / joined.length).toBeGreaterThanOrEqual(0.995);
    expect(connected.length).toBeGreaterThan(300);
    expect(connected.filter((pair) => !found.has(pair))).toEqual([]);
  },
);

test('of all true pairs of the six seeds, those without a key included, 0.98 are joined', () => {
  const sum = (member: keyof Figures) => figures.reduce((total, one) => total + one[member], 0);
  process.stdout.write(
    `all seeds: ${sum('truth')} true pairs, precision ${(sum('right') / sum('joined')).toFixed(4)}, recall ${(sum('found') / sum('truth')).toFixed(4)}\n`,
  );

  expect(figures).toHaveLength(SEEDS.length);
  expect(sum('found') / sum('truth')).toBeGreaterThanOrEqual(0.98);
});

/** Phones by their digits with the country code, e-mail addresses in lower case: written down here once more, apart from the gateway. */
function keysByContact(contacts: readonly StoredContact[]): ReadonlyMap<string, readonly string[]> {
  return new Map(
    contacts.map(({ source, id, infos }) => [
      `${source} ${id}`,
      infos.flatMap(({ type, value }) => (type === 'EMAIL' ? [value.trim().toLowerCase()] : type === 'PHONE' ? [digitsOf(value)] : [])),
    ]),
  );
}

function digitsOf(phone: string): string {
  const digits = phone.replaceAll(/\D/g, '').replace(/^00/, '');
  return digits.length === 11 && digits.startsWith('8') ? `7${digits.slice(1)}` : digits;
}

/** Keys that contacts of fewer than three persons have. */
function personalKeys(keys: ReadonlyMap<string, readonly string[]>, persons: ReadonlyMap<string, number>): ReadonlySet<string> {
  const holders = new Map<string, Set<number | string>>();
  for (const [contact, own] of keys) {
    for (const key of own) holders.set(key, (holders.get(key) ?? new Set()).add(persons.get(contact) ?? contact));
  }
  return new Set([...holders].filter(([, of]) => of.size < 3).map(([key]) => key));
}

function sidesOf(pair: string): readonly string[] {
  return pair.split(' = ');
}

function share(some: readonly unknown[], all: readonly unknown[]): string {
  return (some.length / all.length).toFixed(4);
}
