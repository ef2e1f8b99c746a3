import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { HashedContact } from '../../src/datasources/port/identity/contact-index.ts';
import type { ContactRecord } from '../../src/datasources/port/records/contact.ts';
import type { IndexClock } from '../../src/indexing/index-settings.ts';
import type { SourceIndex, SourceIndexOptions } from '../../src/indexing/source-index.ts';
import { SourceError } from '../../src/datasources/port/source-error.ts';
import { createTestLog } from '../support/call.ts';
import { eventually } from '../support/eventually.ts';
import { contactRecord, InMemorySource } from '../support/in-memory-source.ts';

/** The index of one account as two requests see it, be they sent to one process or to two. */
export interface IndexSubject extends AsyncDisposable {
  readonly one: SourceIndex;
  readonly other: SourceIndex;
}

/** Makes the indexes with these options, and runs them. */
export type CreateIndex = (options: SourceIndexOptions) => Promise<IndexSubject>;

const PAGES = 3;
const ROWS_PER_PAGE = 700;
const hashOf = (idInSource: string) => BigInt(idInSource) * 7_919n;

/** A CRM that is read in pages, and counts how often. */
export class DirectorySource extends InMemorySource {
  walks: string[] = [];
  beforeWalk: (position: string | null) => unknown = () => undefined;

  readonly directory = {
    walkPaceMs: 0,
    walk: async (position: string | null) => {
      this.walks.push(position ?? 'first');
      await this.beforeWalk(position);
      const page = Number(position ?? 0);
      const rows: ContactRecord[] = Array.from({ length: ROWS_PER_PAGE }, (_none, index) =>
        contactRecord('crm', String(page * ROWS_PER_PAGE + index + 1)),
      );
      return { rows, droppedRows: 0, total: PAGES * ROWS_PER_PAGE, next: page + 1 < PAGES ? String(page + 1) : null };
    },
  };
}

const hash = ({ source, entity, idInSource, kind }: ContactRecord): HashedContact => ({
  source,
  entity,
  idInSource,
  kind,
  name: [Number(idInSource)],
  keys: [{ hash: hashOf(idInSource), type: 'PHONE', sharedBecause: idInSource === '2' ? 'NUMBER_KIND' : null }],
});

/** No wait is long: what is tested is what is read, not when. */
const clock: IndexClock = {
  now: Date.now,
  sleep: async (ms, signal) => {
    await sleep(Math.min(ms, 20));
    signal.throwIfAborted();
  },
  giveWay: () => nextTurn(),
};

export function indexOptions(source: DirectorySource): SourceIndexOptions {
  return { source, settings: { maxAgeMs: 3_600_000, quotaShare: 1, callTimeMs: 30_000 }, clock, log: createTestLog(), hash };
}

/** What every index promises, in one process or in several. */
export function describeContactIndex(create: CreateIndex): void {
  test('finds at both what was read, and every page is read once', async () => {
    const source = new DirectorySource({ name: 'crm' });
    await using index = await create(indexOptions(source));
    for (const part of [index.one, index.other]) {
      await eventually(() => expect(part.state.status).toBe('READY'));
      expect(part.size).toBe(PAGES * ROWS_PER_PAGE);
      expect(part.find(hashOf('2'), 5)).toEqual([hash(contactRecord('crm', '2'))]);
      expect(part.findByName([1_500], 5).map(({ idInSource }) => idInSource)).toEqual(['1500']);
      expect(part.get('contact', '2100')).toEqual(hash(contactRecord('crm', '2100')));
      expect([...part.entriesAfter(null)]).toHaveLength(PAGES * ROWS_PER_PAGE);
    }
    expect(index.other.state).toEqual(index.one.state);
    expect(source.walks).toEqual(['first', '1', '2']);
  });

  test('finds at neither what was deleted at one, be it while the pages are read or later', async () => {
    const source = new DirectorySource({ name: 'crm' });
    const { promise: held, resolve: goOn } = Promise.withResolvers<void>();
    source.beforeWalk = (position) => (position === '2' ? held : undefined);
    await using index = await create(indexOptions(source));
    await eventually(() => expect(source.walks).toHaveLength(PAGES));
    index.one.forget('contact', '3');
    index.other.forget('contact', '4');
    await sleep(100);
    goOn();
    for (const part of [index.one, index.other]) await eventually(() => expect(part.state.status).toBe('READY'));
    index.one.forget('contact', '5');
    index.other.forget('contact', '6');
    for (const part of [index.one, index.other]) {
      await eventually(() => expect(['3', '4', '5', '6'].map((id) => part.get('contact', id))).toEqual([null, null, null, null]));
      expect(part.size).toBe(PAGES * ROWS_PER_PAGE - 4);
    }
  });

  test('reads again no sooner than it would alone when reading fails', async () => {
    const source = new DirectorySource({ name: 'crm' });
    source.beforeWalk = () => Promise.reject(new SourceError('crm', 'BAD_RESPONSE', 'It cannot be read.'));
    await using index = await create(indexOptions(source));
    for (const part of [index.one, index.other])
      await eventually(() => expect(part.state).toMatchObject({ status: 'FAILED', error: { code: 'BAD_RESPONSE' } }));
    const walks = source.walks.length;
    await sleep(500);
    expect(source.walks).toHaveLength(walks);
    expect(walks).toBe(1);
  });
}
