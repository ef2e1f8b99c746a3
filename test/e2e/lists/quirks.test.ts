import { describe, expect, it } from 'vitest';
import type { CallgearSandboxOptions } from '../../../src/sandbox/callgear/callgear-options.ts';
import type { KommoSandboxOptions } from '../../../src/sandbox/kommo/kommo-sandbox.ts';
import { startTestGateway, type SourceName } from '../../support/gateway.ts';
import { everyone, namesOf, readPage, reportOf, walk } from './list-walk.ts';

const CACHED = { CACHE_TTL_MS: '600000' };

describe('habits of Kommo', () => {
  const sources: SourceName[] = ['kommo'];

  it.each<[string, KommoSandboxOptions]>([
    ['a next on every page', { hasPhantomNext: true }],
    ['short pages', { hasShortPages: true }],
    ['both', { hasPhantomNext: true, hasShortPages: true }],
    ['filters that are ignored', { isApiFilterEnabled: false }],
  ])('lose and repeat nobody: %s', async (_name, kommo) => {
    await using gateway = await startTestGateway({
      onlyoffice: null,
      callgear: null,
      kommo,
      population: { kommo: 230 },
      environment: CACHED,
    });
    for (const first of [23, 100]) {
      const { contacts, pages } = await walk(gateway, { first });
      expect(namesOf(contacts).toSorted()).toEqual(everyone(gateway, sources));
      for (const page of pages) expect(reportOf(page, 'kommo')).toMatchObject({ status: 'OK', error: null, isComplete: true });
    }
  });

  it('make no list without an end: a full last page with a phantom next, and one that is exactly full', async () => {
    for (const hasPhantomNext of [false, true]) {
      await using gateway = await startTestGateway({
        onlyoffice: null,
        callgear: null,
        kommo: { hasPhantomNext },
        population: { kommo: 230 },
      });
      const { contacts } = gateway.kommo.data;
      for (const row of contacts.filter(({ isTrashed }) => !isTrashed).slice(200)) gateway.kommo.trashContact(row.id);
      const walked = await walk(gateway, { first: 100 });
      expect(walked.contacts).toHaveLength(200);
      expect(walked.pages.length).toBeLessThanOrEqual(3);
    }
  });

  it('end in an error, not in an endless list, when it sends the same page for every number', async () => {
    await using gateway = await startTestGateway({ onlyoffice: null, callgear: null });
    const page = await fetch(`${gateway.kommo.url}/api/v4/contacts?limit=100&page=1`, {
      headers: { authorization: `Bearer ${gateway.kommo.token}` },
    });
    const body = await page.text();
    const effect = { kind: 'respond', status: 200, contentType: 'application/hal+json', body } as const;
    gateway.kommo.setFaults([{ route: 'GET /api/v4/contacts', effect }]);
    const { contacts, pages } = await walk(gateway, { first: 100 });
    expect(new Set(namesOf(contacts)).size).toBe(100);
    expect(reportOf(pages.at(-1), 'kommo')).toMatchObject({ error: { code: 'BAD_RESPONSE' } });
  });

  it('that it does not know order[name] is told: everyone is there, out of order', async () => {
    await using gateway = await startTestGateway({ onlyoffice: null, callgear: null, population: { kommo: 120 }, environment: CACHED });
    const reply = await fetch(`${gateway.kommo.url}/api/v4/contacts?limit=100&page=1`, {
      headers: { authorization: `Bearer ${gateway.kommo.token}` },
    });
    const byUpdate = await reply.text();
    gateway.kommo.setFaults([
      {
        route: 'GET /api/v4/contacts',
        times: 1,
        effect: { kind: 'respond', status: 200, contentType: 'application/hal+json', body: byUpdate },
      },
    ]);
    const page = await readPage(gateway, { first: 100 });
    expect(reportOf(page, 'kommo')).toMatchObject({ status: 'OK', isOrdered: false });
    expect(page.edges).toHaveLength(100);
  });
});

describe('habits of CallGear', () => {
  it.each<[string, CallgearSandboxOptions]>([
    ['short pages', { hasShortPages: true }],
    ['no metadata', { metadata: 'absent' }],
    ['short pages and no metadata', { hasShortPages: true, metadata: 'absent' }],
    ['no totals', { totalItems: 'absent' }],
    ['totals that are too great', { totalItems: 'overstated' }],
    ['short pages and totals that are too great', { hasShortPages: true, totalItems: 'overstated' }],
    ['no limits', { tellsLimits: false }],
    ['a collation by code point', { collation: 'C' }],
    ['errors with an HTTP status', { httpStatusOfErrors: 'by code' }],
    ['a refusal of `in`', { refusesIn: true }],
  ])('lose and repeat nobody: %s', async (_name, callgear) => {
    await using gateway = await startTestGateway({ onlyoffice: null, kommo: null, callgear, population: { callgear: 300 } });
    const { contacts, pages } = await walk(gateway, { first: 100 });
    expect(namesOf(contacts).toSorted()).toEqual(everyone(gateway, ['callgear']));
    for (const page of pages)
      expect(reportOf(page, 'callgear')).toMatchObject({ status: 'OK', error: null, isComplete: true, totalCount: null });
  });

  it.each([250, 500])('end where the rows end, when these fill their blocks: %i rows', async (count) => {
    await using gateway = await startTestGateway({ onlyoffice: null, kommo: null, population: { callgear: count }, environment: CACHED });
    gateway.callgear.contacts.splice(count);
    const { contacts, pages } = await walk(gateway, { first: 100 });
    expect(contacts).toHaveLength(count);
    expect(pages.at(-1)?.edges.length).toBeGreaterThan(0);
  });
});

describe('habits of ONLYOFFICE', () => {
  it.each([50, 100, 101])('make neither a lost row nor an empty page of %i rows', async (count) => {
    await using gateway = await startTestGateway({ kommo: null, callgear: null, population: { onlyoffice: 100 } });
    const kept = new Set(gateway.onlyoffice.visibleContacts().slice(0, count));
    const others = gateway.onlyoffice.portal.contacts.filter((contact) => !kept.has(contact));
    for (const { id } of others) gateway.onlyoffice.removeContact(id);
    const { contacts, pages } = await walk(gateway, { first: 25 });
    expect(namesOf(contacts).toSorted()).toEqual(everyone(gateway, ['onlyoffice']));
    expect(contacts).toHaveLength(count);
    expect(pages.map(({ totalCount }) => totalCount)).toEqual(pages.map(() => count));
    expect(pages).toHaveLength(Math.ceil(count / 25));
  });

  it('end a list at once on an empty portal', async () => {
    await using gateway = await startTestGateway({ kommo: null, callgear: null, population: { onlyoffice: 5 } });
    gateway.onlyoffice.portal.contacts.splice(0);
    expect(await readPage(gateway)).toMatchObject({ edges: [], totalCount: 0, isComplete: true, pageInfo: { hasNextPage: false } });
  });

  it('hide nobody who has moved: a contact deleted between two pages costs no other its place', async () => {
    await using gateway = await startTestGateway({ kommo: null, callgear: null, population: { onlyoffice: 100 } });
    const before = everyone(gateway, ['onlyoffice']);
    const first = await readPage(gateway, { first: 60 });
    const deleted = first.edges[7]?.node;
    gateway.onlyoffice.removeContact(Number(deleted?.idInSource));
    const rest = await walk(gateway, { first: 60, after: first.pageInfo.endCursor });
    const seen = new Set(namesOf([...first.edges.map(({ node }) => node), ...rest.contacts]));
    expect([...seen].toSorted()).toEqual(before);
    expect(reportOf(rest.pages[0], 'onlyoffice')).toMatchObject({ hasMoved: true });
  });
});
