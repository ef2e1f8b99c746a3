import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { LIST_DOCUMENT, everyone, namesOf, readPage, walk, type ListArguments, type WalkedPage } from './list-walk.ts';

const SMALL = { onlyoffice: 20, kommo: 45, callgear: 25 };

describe('cursors', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startTestGateway({ population: SMALL, environment: { CACHE_TTL_MS: '600000' } });
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  it.each([
    { field: 'DISPLAY_NAME', direction: 'ASC' },
    { field: 'CREATED_AT', direction: 'DESC' },
  ])('of every edge resume right after it, by $field $direction', async (orderBy) => {
    const { contacts, pages } = await walk(gateway, { first: 30, orderBy });
    const names = namesOf(contacts);
    const cursors = pages.flatMap(({ edges }) => edges.map(({ cursor }) => cursor));
    expect(new Set(cursors).size).toBe(cursors.length);
    for (const [index, after] of cursors.entries()) {
      const page = await readPage(gateway, { first: 2, after, orderBy });
      expect(namesOf(page.edges.map(({ node }) => node))).toEqual(names.slice(index + 1, index + 3));
      expect(page.pageInfo.hasNextPage).toBe(index + 3 < names.length);
    }
  });

  it('stand at the ends of the page: startCursor and endCursor are those of its first and last edge', async () => {
    const first = await readPage(gateway, { first: 10 });
    expect(first.pageInfo.startCursor).toBe(first.edges[0]?.cursor);
    const byEndCursor = await readPage(gateway, { first: 10, after: first.pageInfo.endCursor });
    const byLastEdge = await readPage(gateway, { first: 10, after: first.edges.at(-1)?.cursor ?? null });
    expect(namesOf(byEndCursor.edges.map(({ node }) => node))).toEqual(namesOf(byLastEdge.edges.map(({ node }) => node)));
  });

  it('of the very last edge lead to an empty page with nothing after it, and without a call', async () => {
    const { pages } = await walk(gateway, { first: 100 });
    gateway.clearCalls();
    for (const after of [pages.at(-1)?.edges.at(-1)?.cursor ?? null, pages.at(-1)?.pageInfo.endCursor ?? null]) {
      const page = await readPage(gateway, { first: 5, after });
      expect(page).toMatchObject({
        edges: [],
        pageInfo: { hasNextPage: false, hasPreviousPage: true, startCursor: null },
        isComplete: true,
      });
      expect(page.sourceReports.map(({ status }) => status)).toEqual(['OK', 'OK', 'OK']);
    }
    expect(gateway.calls()).toEqual({});
  });

  it('are opaque: they tell neither names nor ids', async () => {
    const { edges } = await readPage(gateway, { first: 50 });
    for (const { cursor, node } of edges) {
      const bytes = Buffer.from(cursor, 'base64url').toString('latin1');
      expect(cursor).toMatch(/^[\w-]+$/);
      for (const told of ['onlyoffice', 'kommo', 'callgear', node.idInSource, node.displayName]) {
        if (told.length > 3) expect(bytes).not.toContain(told);
      }
    }
  });

  it('go on when the next page selects more or less of the contacts', async () => {
    const { contacts } = await gateway.ask<{ contacts: WalkedPage }>(
      '{ contacts(first: 40) { pageInfo { endCursor } nodes { id leads { totalCount } tags { name } } } }',
    );
    const document =
      'query ($after: String) { contacts(first: 100, after: $after) { pageInfo { hasNextPage } nodes { id catalogElements { quantity } } } }';
    const rest = await gateway.ask<{ contacts: { nodes: { id: string }[] } }>(document, { after: contacts.pageInfo.endCursor });
    const ids = [...(contacts as unknown as { nodes: { id: string }[] }).nodes, ...rest.contacts.nodes].map(({ id }) => id);
    const whole = await walk(gateway, { first: 70 });
    expect(ids).toEqual(whole.contacts.slice(0, ids.length).map(({ id }) => id));
  });

  it.each<[string, ListArguments]>([
    ['another order', { orderBy: { field: 'CREATED_AT' } }],
    ['another direction', { orderBy: { field: 'DISPLAY_NAME', direction: 'DESC' } }],
    ['another filter', { filter: { kind: 'PERSON' } }],
    ['other sources', { sources: ['kommo'] }],
    ['no sources', { sources: [] }],
  ])('of one list are INVALID_CURSOR for a list with %s', async (_name, list) => {
    const { pageInfo } = await readPage(gateway, { first: 5 });
    await expectInvalid({ ...list, after: pageInfo.endCursor });
  });

  it.each([
    ['no text', ''],
    ['a blank', ' '],
    ['prose', 'somewhere in the middle'],
    ['an offset', Buffer.from('25').toString('base64url')],
    ['a JSON object', Buffer.from('{"offset":25}').toString('base64url')],
    ['far too long', 'A'.repeat(5_000)],
    ['of another alphabet', '+/+/+/+/'],
    ['zeros', Buffer.alloc(64).toString('base64url')],
    ['all ones', Buffer.alloc(64, 255).toString('base64url')],
  ])('that are %s are INVALID_CURSOR', async (_name, after) => {
    await expectInvalid({ after });
  });

  it('with a byte missing, added or changed are INVALID_CURSOR', async () => {
    const { pageInfo } = await readPage(gateway, { first: 5 });
    const bytes = Buffer.from(pageInfo.endCursor ?? '', 'base64url');
    await expectInvalid({ after: bytes.subarray(0, -1).toString('base64url') });
    await expectInvalid({ after: Buffer.concat([bytes, Buffer.from([0])]).toString('base64url') });
    await expectInvalid({ after: `${(pageInfo.endCursor ?? '').slice(0, -6)}AAAAAA` });
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ 0x55;
      await expectInvalid({ first: 3, after: changed.toString('base64url') });
    }
  });

  async function expectInvalid(list: ListArguments): Promise<void> {
    const { data, errors, status } = await gateway.query(LIST_DOCUMENT, { ...list });
    expect(status).toBe(200);
    expect(data).toEqual({ contacts: null });
    expect(errors).toMatchObject([{ path: ['contacts'], extensions: { code: 'INVALID_CURSOR' } }]);
  }
});

describe('arguments of the list', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startTestGateway({ population: SMALL });
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  it('gives 25 by name when nothing is said, and when null is said', async () => {
    const { contacts } = await walk(gateway, { first: 25 });
    const implied = await gateway.ask<{ contacts: { nodes: { id: string }[] } }>('{ contacts { nodes { id } } }');
    const nulls = await readPage(gateway, { first: null, after: null, filter: null, orderBy: null, sources: null });
    const expected = contacts.slice(0, 25).map(({ id }) => id);
    expect(implied.contacts.nodes.map(({ id }) => id)).toEqual(expected);
    expect(nulls.edges.map(({ node }) => node.id)).toEqual(expected);
  });

  it('only counts with first: 0, and goes on from the beginning', async () => {
    const count = gateway.onlyoffice.visibleContacts().length;
    gateway.clearCalls();
    const page = await readPage(gateway, { first: 0, sources: ['onlyoffice'] });
    expect(page).toMatchObject({
      edges: [],
      totalCount: count,
      isComplete: true,
      pageInfo: { hasNextPage: true, hasPreviousPage: false, startCursor: null },
    });
    expect(gateway.calls()).toEqual({ 'onlyoffice GET /api/2.0/crm/contact/filter': 1 });
    const { contacts } = await walk(gateway, { first: 100, after: page.pageInfo.endCursor, sources: ['onlyoffice'] });
    expect(namesOf(contacts).toSorted()).toEqual(everyone(gateway, ['onlyoffice']));
  });

  it('asks nobody for sources: []', async () => {
    gateway.clearCalls();
    const page = await readPage(gateway, { sources: [] });
    expect(page).toMatchObject({ edges: [], totalCount: 0, isComplete: true, sourceReports: [], pageInfo: { hasNextPage: false } });
    expect(gateway.calls()).toEqual({});
  });

  it('asks each named source once, in the order of the configuration, and no other', async () => {
    gateway.clearCalls();
    const page = await readPage(gateway, { first: 100, sources: ['callgear', 'onlyoffice', 'callgear'] });
    expect(page.sourceReports.map(({ source }) => source.name)).toEqual(['onlyoffice', 'callgear']);
    expect(Object.keys(gateway.calls()).some((call) => call.startsWith('kommo'))).toBe(false);
    const { contacts } = await walk(gateway, { first: 100, sources: ['callgear', 'onlyoffice', 'callgear'] });
    expect(namesOf(contacts).toSorted()).toEqual(everyone(gateway, ['onlyoffice', 'callgear']));
  });

  it.each<[ListArguments, string]>([
    [{ sources: ['hubspot'] }, 'BAD_USER_INPUT'],
    [{ sources: ['kommo', ''] }, 'BAD_USER_INPUT'],
    [{ sources: ['Kommo'] }, 'BAD_USER_INPUT'],
    [{ first: -1 }, 'BAD_USER_INPUT'],
    [{ first: 101 }, 'PAGE_LIMIT_EXCEEDED'],
  ])('refuses %j as %s without a call', async (list, code) => {
    gateway.clearCalls();
    const { data, errors } = await gateway.query(LIST_DOCUMENT, { ...list });
    expect(data).toEqual({ contacts: null });
    expect(errors).toMatchObject([{ path: ['contacts'], extensions: { code } }]);
    expect(gateway.calls()).toEqual({});
  });

  it('tells when the oldest row was read', async () => {
    const before = Date.now();
    const { sourceReports } = await readPage(gateway, { first: 100 });
    for (const { asOf } of sourceReports) {
      expect(Date.parse(asOf ?? '')).toBeGreaterThanOrEqual(before - 1);
      expect(Date.parse(asOf ?? '')).toBeLessThanOrEqual(Date.now());
    }
  });
});
