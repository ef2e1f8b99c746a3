import fc from 'fast-check';
import type { AskedFilter, AskedId, AskedInfo, AskedRange } from './filter-truth.ts';
import type { StoredContact } from './stored-contacts.ts';

/** Filters of two to four members, whose values mostly come from contacts that are stored, so that they find some. */
export function filterArbitrary(stored: readonly StoredContact[]): fc.Arbitrary<AskedFilter> {
  return fc
    .record({
      members: fc.subarray(Object.keys(memberArbitraries(stored)) as (keyof MemberArbitraries)[], { minLength: 2, maxLength: 4 }),
      /** Members that are taken of one and the same contact are met by one at least. */
      sample: fc.constantFrom(...stored),
      isOfSample: fc.boolean(),
    })
    .chain(({ members, sample, isOfSample }) => {
      const arbitraries = memberArbitraries(isOfSample ? [sample] : stored);
      return fc.record(Object.fromEntries(members.map((member) => [member, arbitraries[member]])) as Record<string, fc.Arbitrary<unknown>>);
    }) as fc.Arbitrary<AskedFilter>;
}

type MemberArbitraries = { readonly [Member in Exclude<keyof AskedFilter, 'search'>]-?: fc.Arbitrary<NonNullable<AskedFilter[Member]>> };

function memberArbitraries(stored: readonly StoredContact[]): MemberArbitraries {
  const ids = (select: (contact: StoredContact) => readonly (string | null)[]) =>
    someOf<AskedId>(
      stored.flatMap((contact) => select(contact).flatMap((id): AskedId[] => (id === null ? [] : [{ source: contact.source, id }]))),
      { source: 'kommo', id: '1' },
    );
  const names = (select: (contact: StoredContact) => string) =>
    fc
      .constantFrom(
        ...orElse(
          stored.map(select).filter((name) => name !== ''),
          'Nobody',
        ),
      )
      .chain(anyCase);
  return {
    contactInfos: infosArbitrary(stored),
    kind: fc.constantFrom('PERSON', 'PERSON', 'COMPANY'),
    tags: someOf(
      stored.flatMap(({ tags }) => tags),
      'vip',
    ).map((tags) => tags.slice(0, 2)),
    statusIds: ids(({ statusId }) => [statusId]),
    typeIds: ids(({ typeId }) => [typeId]),
    responsibleIds: ids(({ responsibleIds }) => responsibleIds),
    groupIds: ids(({ groupIds }) => groupIds),
    companyIds: ids(({ companyId }) => [companyId]),
    hasLeads: fc.boolean(),
    isShared: fc.boolean(),
    createdAt: rangeArbitrary(stored.flatMap(({ createdAt }) => createdAt ?? [])),
    updatedAt: rangeArbitrary(stored.flatMap(({ updatedAt }) => updatedAt ?? [])),
    firstName: names(({ firstName }) => firstName),
    lastName: names(({ lastName }) => lastName),
  };
}

function infosArbitrary(stored: readonly StoredContact[]): fc.Arbitrary<readonly AskedInfo[]> {
  const known = stored.flatMap(({ infos }) => infos).filter(({ type }) => type !== 'ADDRESS');
  const info = fc.constantFrom(...orElse(known, { type: 'EMAIL', value: 'nobody@example.com', category: null, isPrimary: null }));
  const exact = info.chain(({ type, value }) =>
    (type === 'PHONE' ? fc.constant(value) : anyCase(value)).map((text): AskedInfo => ({ type, value: text, match: 'EXACT' })),
  );
  const part = info.map(({ type, value }): AskedInfo => ({ type, value: value.slice(1, 8).trim() || value, match: 'CONTAINS' }));
  const marked = info.map(({ type, value, category, isPrimary }): AskedInfo => ({
    type,
    value,
    ...(category && { category }),
    ...(isPrimary !== null && { isPrimary }),
  }));
  return fc.array(fc.oneof({ arbitrary: exact, weight: 4 }, part, marked), { minLength: 1, maxLength: 3 });
}

function rangeArbitrary(moments: readonly number[]): fc.Arbitrary<AskedRange> {
  const moment = fc.constantFrom(...orElse(moments, Date.UTC(2024, 0, 1)));
  const asked = (at: number) => new Date(at).toISOString();
  return fc.oneof(
    moment.map((at) => ({ from: asked(at) })),
    moment.map((at) => ({ to: asked(at) })),
    fc.tuple(moment, moment).map(([one, other]) => ({ from: asked(Math.min(one, other)), to: asked(Math.max(one, other)) })),
  );
}

function someOf<T>(values: readonly T[], otherwise: T): fc.Arbitrary<readonly T[]> {
  return fc.array(fc.constantFrom(...orElse(values, otherwise)), { minLength: 1, maxLength: 4 });
}

function anyCase(text: string): fc.Arbitrary<string> {
  return fc.constantFrom(text, text.toUpperCase(), text.toLowerCase(), ` ${text} `);
}

function orElse<T>(values: readonly T[], otherwise: T): readonly T[] {
  return values.length > 0 ? values : [otherwise];
}
