import { expect, test } from 'vitest';
import { isDamagedIn, SIZE_IN_BYTES, type Damageable, type Member } from '../../../../src/datasources/port/member.ts';
import { SourceError } from '../../../../src/datasources/port/source-error.ts';
import { lazyRecord, withMembers, type RecordRow } from '../../../../src/datasources/wire/lazy-record.ts';
import { wireRow } from '../../../support/read-record.ts';

interface Person extends Damageable {
  readonly id: string;
  readonly name: string;
  readonly email: Member<string | null>;
  readonly tags: readonly string[];
  readonly tasks: Member<{ readonly nextAt: Member<Date | null> } | null>;
}

let reads: string[] = [];
const makePerson = lazyRecord<Person, 'id', RecordRow & { readonly fallback: string }>({
  read: {
    name: ({ wire }, person) => {
      reads.push('name');
      return wire.at('name').text() ?? person.tags[0] ?? 'nobody';
    },
    email: ({ wire }) => {
      reads.push('email');
      return wire.at('email').text();
    },
    tags: ({ wire }) => wire.at('tags').list((tag) => tag.requiredText()),
    tasks: ({ wire }) => ({ nextAt: wire.at('next').member((next) => next.unixTime()) }),
  },
  whenUnreadable: { name: ({ fallback }) => fallback, tags: () => [] },
});

function person(raw: object) {
  reads = [];
  const { wire, damage } = wireRow(raw);
  return { record: makePerson({ wire, bytes: 800, fallback: 'fallback' }, { id: '7' }), damage };
}

test('a member is read when it is used, and once', () => {
  const { record } = person({ name: 'Ada', email: 'ada@example.com' });
  expect([record.id, reads]).toEqual(['7', []]);
  expect([record.name, record.name, record.email]).toEqual(['Ada', 'Ada', 'ada@example.com']);
  expect(reads).toEqual(['name', 'email']);
});

test('a member that cannot be read is an error, or what stands for it where no error can; the others stay', () => {
  const { record, damage } = person({ name: { first: 'Ada' }, email: ['x', 'y'], tags: 'vip', next: 'soon' });
  expect(record).toMatchObject({ name: 'fallback', email: expect.any(SourceError), tags: [], tasks: { nextAt: expect.any(SourceError) } });
  expect(record.damaged).toEqual(new Set(['name', 'email', 'tags', 'tasks']));
  expect(damage).toEqual(['$.name', '$.email', '$.tags', '$.next']);
});

test('only the members that were read and damaged are', () => {
  const { record } = person({ name: 'Ada', email: {}, tags: ['vip', { odd: 1 }] });
  expect(record.damaged).toEqual(new Set());
  expect([isDamagedIn(record, 'name'), isDamagedIn(record, 'tags')]).toEqual([false, true]);
  expect(record.tags).toEqual(['vip']);
  expect(record.damaged).toEqual(new Set(['tags']));
});

test('a member that is made of a damaged one is damaged too', () => {
  const { record } = person({ tags: [{ odd: 1 }, 'vip'] });
  expect([record.name, isDamagedIn(record, 'name')]).toEqual(['vip', true]);
});

test('replacing a member reads nothing, and leaves the first record as it was', () => {
  const { record } = person({ name: 'Ada', email: 'a@example.com', tags: ['vip'] });
  const changed = withMembers(record, { tags: ['new'] });
  expect(reads).toEqual([]);
  expect([changed.id, changed.tags, changed.name, record.tags]).toEqual(['7', ['new'], 'Ada', ['vip']]);
  const twice = withMembers(changed, { email: null });
  expect([twice.tags, twice.email, twice.name]).toEqual([['new'], null, 'Ada']);
});

test('a record says its size without being read', () => {
  const { record } = person({ name: 'Ada' });
  expect((record as unknown as Record<symbol, unknown>)[SIZE_IN_BYTES]).toBe(800);
  expect(reads).toEqual([]);
});
