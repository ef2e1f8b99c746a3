import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type SourceName, type TestGateway } from '../../support/gateway.ts';
import { everyone, namesOf, readPage, reportOf, walk, type WalkedContact } from './list-walk.ts';
import { ALL } from '../../support/sources.ts';

const ABLE: Readonly<Record<string, readonly SourceName[]>> = {
  DISPLAY_NAME: ALL,
  FIRST_NAME: ['onlyoffice', 'callgear'],
  LAST_NAME: ['onlyoffice', 'callgear'],
  CREATED_AT: ['onlyoffice', 'kommo'],
  UPDATED_AT: ['kommo'],
};
const ORDERS = Object.keys(ABLE).flatMap((field) => ['ASC', 'DESC'].map((direction) => ({ field, direction })));

/** The sort key of the merged order, as the description of the list has it. */
function keyOf(contact: WalkedContact, field: string): string | number {
  if (field === 'CREATED_AT' || field === 'UPDATED_AT')
    return Date.parse((field === 'CREATED_AT' ? contact.createdAt : contact.updatedAt) ?? '-271821-04-20T00:00:00Z');
  const text = field === 'FIRST_NAME' ? contact.firstName : field === 'LAST_NAME' ? contact.lastName : contact.displayName;
  return (text ?? '')
    .trim()
    .normalize('NFKD')
    .replaceAll(/\p{M}+/gu, '')
    .toLowerCase();
}

function compare(one: string | number, other: string | number): number {
  return one < other ? -1 : Number(one > other);
}

/** Merges what each source gave by the least of the next rows: key, then source name, then id. */
function merged(contacts: readonly WalkedContact[], { field, direction }: { field: string; direction: string }): WalkedContact[] {
  const sign = direction === 'ASC' ? 1 : -1;
  const queues = ALL.map((source) => contacts.filter((contact) => contact.source.name === source));
  const result: WalkedContact[] = [];
  for (;;) {
    const heads = queues.flatMap((queue) => queue[0] ?? []);
    const [least] = heads.toSorted(
      (one, other) =>
        sign *
        (compare(keyOf(one, field), keyOf(other, field)) ||
          compare(one.source.name, other.source.name) ||
          Number(one.idInSource) - Number(other.idInSource)),
    );
    if (least === undefined) return result;
    result.push(least);
    queues[ALL.indexOf(least.source.name)]?.shift();
  }
}

/** How each CRM itself orders its list, asked of it without the gateway. */
async function keysInTheCrm(
  gateway: TestGateway,
  source: SourceName,
  { field, direction }: { field: string; direction: string },
): Promise<string[]> {
  const isDescending = direction === 'DESC';
  const ids: number[] = [];
  if (source === 'onlyoffice') {
    const sortBy = { DISPLAY_NAME: 'displayName', FIRST_NAME: 'firstName', LAST_NAME: 'lastName', CREATED_AT: 'created' }[field];
    const query = `sortBy=${sortBy}&sortOrder=${isDescending ? 'descending' : 'ascending'}`;
    const reply = await fetch(`${gateway.onlyoffice.url}/api/2.0/crm/contact/filter?${query}`, {
      headers: { authorization: gateway.onlyoffice.token },
    });
    const { response } = (await reply.json()) as { response: { id: number }[] };
    ids.push(...response.map(({ id }) => id));
  } else if (source === 'kommo') {
    const order = { DISPLAY_NAME: 'name', CREATED_AT: 'id', UPDATED_AT: 'updated_at' }[field];
    for (let page = 1; ; page += 1) {
      const query = `order[${order}]=${direction.toLowerCase()}&limit=250&page=${page}`;
      const reply = await fetch(`${gateway.kommo.url}/api/v4/contacts?${query}`, {
        headers: { authorization: `Bearer ${gateway.kommo.token}` },
      });
      if (reply.status === 204) break;
      const { _embedded } = (await reply.json()) as { _embedded: { contacts: { id: number }[] } };
      ids.push(..._embedded.contacts.map(({ id }) => id));
    }
  } else {
    const fields = { DISPLAY_NAME: 'full_name', FIRST_NAME: 'first_name', LAST_NAME: 'last_name' }[field];
    const params = { access_token: gateway.callgear.token, limit: 10_000, sort: [{ field: fields, order: direction.toLowerCase() }] };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'get.contacts', params });
    const reply = await fetch(gateway.callgear.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const { result } = (await reply.json()) as { result: { data: { id: number }[] } };
    ids.push(...result.data.map(({ id }) => id));
  }
  return ids.map(String);
}

describe('the merged list, walked to its end', () => {
  let gateway: TestGateway;

  // More rows than a block in each CRM. Blocks are remembered: walks cost time here, not calls.
  beforeAll(async () => {
    gateway = await startTestGateway({
      population: { onlyoffice: 120, kommo: 210, callgear: 270 },
      environment: { CACHE_TTL_MS: '600000' },
    });
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  it.each(ORDERS)('gives everyone once by $field $direction, in pages of 25 and 100, and skips who cannot order so', async (orderBy) => {
    const able = ABLE[orderBy.field] ?? [];
    const [small, large] = [await walk(gateway, { first: 25, orderBy }), await walk(gateway, { first: 100, orderBy })];
    expect(namesOf(small.contacts)).toEqual(namesOf(large.contacts));
    expect(namesOf(large.contacts).toSorted()).toEqual(everyone(gateway, able));
    expect(small.pages.slice(0, -1).every(({ edges }) => edges.length === 25)).toBe(true);
    for (const page of [...small.pages, ...large.pages]) {
      expect(page.isComplete).toBe(able.length === ALL.length);
      expect(page.sourceReports.map(({ source, status, error }) => [source.name, status, error?.code ?? null])).toEqual(
        ALL.map((source) => [source, ...(able.includes(source) ? ['OK', null] : ['SKIPPED', 'ORDER_UNSUPPORTED'])]),
      );
    }
    await expectMergedOrder(large, orderBy);
  });

  /** Each CRM's own order is kept, and of the next rows the least comes first. */
  async function expectMergedOrder({ contacts, pages }: Awaited<ReturnType<typeof walk>>, orderBy: (typeof ORDERS)[number]): Promise<void> {
    expect(namesOf(contacts)).toEqual(namesOf(merged(contacts, orderBy)));
    const sign = orderBy.direction === 'ASC' ? 1 : -1;
    for (const source of ABLE[orderBy.field] ?? []) {
      const rows = contacts.filter((contact) => contact.source.name === source);
      const keyById = new Map(rows.map((row) => [row.idInSource, keyOf(row, orderBy.field)]));
      const keys = rows.map((row) => keyOf(row, orderBy.field));
      // Of rows that the CRM takes for equal, any may come first.
      expect(keys).toEqual((await keysInTheCrm(gateway, source, orderBy)).map((id) => keyById.get(id)));
      const isOrdered = keys.every((key, index) => index === 0 || sign * compare(keys[index - 1] ?? key, key) <= 0);
      const isToldOrdered = pages.every((page) => reportOf(page, source)?.isOrdered);
      expect(isToldOrdered || !isOrdered).toBe(true);
    }
  }

  it('counts as ONLYOFFICE counts on every page, and not at all together with CRMs that do not', async () => {
    const { pages } = await walk(gateway, { first: 50, sources: ['onlyoffice'] });
    const count = gateway.onlyoffice.visibleContacts().length;
    expect(pages.map(({ totalCount }) => totalCount)).toEqual(pages.map(() => count));
    const { totalCount, sourceReports } = await readPage(gateway, { first: 1 });
    expect(totalCount).toBeNull();
    expect(sourceReports.map((report) => report.totalCount)).toEqual([count, null, null]);
  });

  it('reads no further than a page needs', async () => {
    await using fresh = await startTestGateway({ population: { onlyoffice: 120, kommo: 210, callgear: 270 } });
    await readPage(fresh, { first: 25 });
    expect(fresh.calls()).toEqual({
      'onlyoffice GET /api/2.0/crm/contact/filter': 1,
      'kommo GET /api/v4/contacts': 1,
      'callgear POST get.contacts': 1,
    });
    const urls = fresh.requests().map(({ url }) => new URL(url, 'http://crm').searchParams);
    expect(urls[0]?.get('count')).toBe('50');
    expect(urls[1]?.get('limit')).toBe('100');
    expect(fresh.requests('callgear')[0]?.body).toMatchObject({ params: { limit: 250, offset: 0 } });
  });
});

describe('the merged list in very small pages', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startTestGateway({ population: { onlyoffice: 20, kommo: 45, callgear: 25 }, environment: { CACHE_TTL_MS: '600000' } });
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  it.each(ORDERS)('gives by $field $direction in pages of 1 and 7 what pages of 100 give', async (orderBy) => {
    const whole = namesOf((await walk(gateway, { first: 100, orderBy })).contacts);
    expect(whole.toSorted()).toEqual(everyone(gateway, ABLE[orderBy.field] ?? []));
    for (const first of [1, 7]) {
      const { contacts, pages } = await walk(gateway, { first, orderBy });
      expect(namesOf(contacts)).toEqual(whole);
      expect(pages.map(({ pageInfo }) => pageInfo.hasPreviousPage)).toEqual(pages.map((_page, index) => index > 0));
      expect(pages.some((page) => page.sourceReports.some(({ hasMoved }) => hasMoved))).toBe(false);
    }
  });
});
