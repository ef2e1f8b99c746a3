import { expect } from 'vitest';
import { internationalDigits, isAskedFor, type AskedFilter, type PhoneKey } from './filter-truth.ts';
import { walk, type Walk, type WalkOptions } from './filtered-walk.ts';
import { storedContacts } from './stored-contacts.ts';
import type { SourceName, TestGateway } from '../gateway.ts';
import { ALL } from '../sources.ts';

export interface TruthOptions extends WalkOptions {
  /** Sources that cannot answer, and the members that they have to name. */
  readonly skipped?: Readonly<Partial<Record<SourceName, readonly string[]>>>;
  /** Sources that may leave out contacts, and say so. */
  readonly mayMiss?: readonly SourceName[];
  readonly phoneKey?: PhoneKey;
}

/**
 * Pages through a filtered list and holds every source to what its sandbox stores: exactly the right rows, each once; a source that cannot
 * answer says so, gives no row and is not called.
 */
export async function expectTruth(gateway: TestGateway, filter: AskedFilter, options: TruthOptions = {}): Promise<Walk> {
  const { skipped = {}, mayMiss = [], phoneKey = internationalDigits, sources = ALL } = options;
  gateway.clearCalls();
  const found = await walk(gateway, filter, { ...options, sources });
  for (const source of sources) {
    const [report] = found.reportsOf(source);
    const ids = found.idsOf(source);
    const members = skipped[source];
    if (members !== undefined) {
      const error = { code: 'FILTER_UNSUPPORTED' };
      expect(report).toMatchObject({ source: { name: source }, status: 'SKIPPED', error, isComplete: false, totalCount: null });
      expect(report?.unsupportedFilters.toSorted()).toEqual([...members].sort());
      expect(ids).toEqual([]);
      expect(gateway.requests(source)).toEqual([]);
      continue;
    }
    expect(report).toMatchObject({ source: { name: source }, status: 'OK', error: null, unsupportedFilters: [] });
    const asked = storedContacts(gateway, [source]).filter((contact) => isAskedFor(contact, filter, phoneKey));
    const truth = asked.map(({ id }) => id);
    expect([null, truth.length]).toContain(report?.totalCount);
    const isComplete = found.reportsOf(source).every((each) => each.isComplete);
    const isExcused = mayMiss.includes(source) && !isComplete;
    const expected = isExcused ? truth.filter((id) => ids.includes(id)) : truth;
    expect([source, ...ids.toSorted()]).toEqual([source, ...expected.sort()]);
  }
  return found;
}
