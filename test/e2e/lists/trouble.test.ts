import { describe, expect, it } from 'vitest';
import type { Fault, FaultEffect } from '../../../src/sandbox/fault.ts';
import { startTestGateway, type SourceName, type TestGateway, type TestGatewayOptions } from '../../support/gateway.ts';
import { everyone, namesOf, readPage, reportOf, walk } from './list-walk.ts';
import { ALL, LIST_ROUTES, rowsOf } from '../../support/sources.ts';

const SMALL = { onlyoffice: 20, kommo: 45, callgear: 25 };

function respond(status: number, body = '', contentType = 'text/html'): FaultEffect {
  return { kind: 'respond', status, body, contentType };
}

function listFault(source: SourceName, effect: FaultEffect, more: Partial<Fault> = {}): Fault {
  return { route: LIST_ROUTES[source], effect, ...more };
}

async function startSmall(options: TestGatewayOptions = {}): Promise<TestGateway> {
  return startTestGateway({ population: SMALL, ...options });
}

describe('one source in trouble', () => {
  it.each(ALL)('is told in its report when it is down: %s; the others are complete, without an error', async (source) => {
    await using gateway = await startSmall();
    const others = ALL.filter((other) => other !== source);
    const expected = everyone(gateway, others);
    await gateway[source].close();
    const { contacts, pages } = await walk(gateway, { first: 100 });
    expect(namesOf(contacts).toSorted()).toEqual(expected);
    expect(pages[0]).toMatchObject({ isComplete: false, totalCount: null });
    expect(reportOf(pages[0], source)).toMatchObject({ status: 'FAILED', error: { code: 'UNAVAILABLE' }, isComplete: false, asOf: null });
    for (const other of others) expect(reportOf(pages[0], other)).toMatchObject({ status: 'OK', error: null, isComplete: true });
  });

  it.each(ALL)('is told in its report when it hangs: %s; the page waits no longer than the source timeout', async (source) => {
    await using gateway = await startSmall({ environment: { SOURCE_TIMEOUT_MS: '2000' } });
    const expected = everyone(
      gateway,
      ALL.filter((other) => other !== source),
    );
    gateway[source].setFaults([listFault(source, { kind: 'hang' })]);
    const startedAt = performance.now();
    const page = await readPage(gateway, { first: 100 });
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(reportOf(page, source)).toMatchObject({ status: 'FAILED', error: { code: 'TIMEOUT' } });
    gateway[source].setFaults([listFault(source, respond(401, 'Unauthorized'))]);
    const { contacts } = await walk(gateway, { first: 100 });
    expect(namesOf(contacts).toSorted()).toEqual(expected);
  });

  it.each<[SourceName, string, FaultEffect, string]>([
    ['onlyoffice', 'a text 401', respond(401, 'Unauthorized'), 'UNAUTHENTICATED'],
    ['onlyoffice', 'a 500', respond(500, 'Runtime Error'), 'UNAVAILABLE'],
    ['onlyoffice', 'a page of another site', respond(200, '<html>Welcome</html>'), 'BAD_RESPONSE'],
    ['onlyoffice', 'a redirect', { kind: 'respond', status: 302, headers: { location: 'http://127.0.0.1:1/' } }, 'BAD_RESPONSE'],
    ['kommo', 'a ban in HTML', respond(403, '<html>nginx</html>'), 'BLOCKED'],
    ['kommo', 'a lack of rights', respond(403, '{"title":"Forbidden","status":403}', 'application/problem+json'), 'FORBIDDEN'],
    ['kommo', 'an answer cut short', { kind: 'cut' }, 'UNAVAILABLE'],
    ['callgear', 'a reset', { kind: 'reset' }, 'UNAVAILABLE'],
    ['callgear', 'a list that is none', { kind: 'alter', alter: () => ({ jsonrpc: '2.0', result: { data: 'none' } }) }, 'BAD_RESPONSE'],
    ['callgear', 'an empty answer', respond(200, '', 'application/json'), 'BAD_RESPONSE'],
  ])('%s answering with %s gives its code, and nothing of its body', async (source, _name, effect, code) => {
    await using gateway = await startSmall();
    gateway[source].setFaults([listFault(source, effect)]);
    const page = await readPage(gateway, { first: 100 });
    const report = reportOf(page, source);
    expect(report).toMatchObject({ status: 'FAILED', error: { code }, isComplete: false, totalCount: null });
    expect(report?.error?.message).not.toMatch(/nginx|Welcome|Runtime|127\.0\.0\.1|http/);
    expect(page.sourceReports.filter(({ status }) => status === 'OK')).toHaveLength(2);
    const others = everyone(
      gateway,
      ALL.filter((other) => other !== source),
    );
    expect(page.edges).toHaveLength(Math.min(100, others.length));
  });

  it.each(ALL)('gives its contacts late, and each once, when it is back before the next page: %s', async (source) => {
    await using gateway = await startSmall();
    gateway[source].setFaults([listFault(source, respond(401, 'Unauthorized'), { times: 1 })]);
    const first = await readPage(gateway, { first: 25 });
    expect(reportOf(first, source)).toMatchObject({ status: 'FAILED', error: { code: 'UNAUTHENTICATED' } });
    const rest = await walk(gateway, { first: 25, after: first.pageInfo.endCursor });
    const names = namesOf([...first.edges.map(({ node }) => node), ...rest.contacts]);
    expect(names.toSorted()).toEqual(everyone(gateway, ALL));
    expect(rest.pages.every((page) => reportOf(page, source)?.status === 'OK')).toBe(true);
  });

  it('keeps its place when it fails in the middle of the list, and the walk goes on from there', async () => {
    await using gateway = await startTestGateway({ population: { onlyoffice: 150, kommo: 5, callgear: 5 } });
    const sources: SourceName[] = ['onlyoffice'];
    // Its second block is reached on the third page of 25; the fault waits for it.
    gateway.onlyoffice.setFaults([listFault('onlyoffice', respond(401, 'Unauthorized'), { skip: 3, times: 1 })]);
    const { contacts, pages } = await walk(gateway, { first: 20, sources });
    const failed = pages.filter((page) => reportOf(page, 'onlyoffice')?.status !== 'OK');
    expect(failed.length).toBe(1);
    expect(namesOf(contacts).toSorted()).toEqual(everyone(gateway, sources));
  });

  it('that fails three times with nothing else left ends the walk, and the end cursor asks it again', async () => {
    await using gateway = await startSmall();
    gateway.kommo.setFaults([listFault('kommo', respond(401, 'Unauthorized'))]);
    const { pages } = await walk(gateway, { first: 100 });
    expect(pages.map(({ pageInfo }) => pageInfo.hasNextPage)).toEqual([true, true, false]);
    expect(reportOf(pages.at(-1), 'kommo')).toMatchObject({ status: 'FAILED', error: { code: 'UNAUTHENTICATED' } });
    gateway.kommo.setFaults([]);
    const { contacts } = await walk(gateway, { first: 100, after: pages.at(-1)?.pageInfo.endCursor ?? null });
    expect(namesOf(contacts).toSorted()).toEqual(everyone(gateway, ['kommo']));
  });

  it('never makes an error of the operation, even when all are down', async () => {
    await using gateway = await startSmall();
    for (const source of ALL) await gateway[source].close();
    const page = await readPage(gateway, { first: 10 });
    expect(page).toMatchObject({ edges: [], totalCount: null, isComplete: false, pageInfo: { hasNextPage: true } });
    const { pages } = await walk(gateway, { first: 10 });
    expect(pages).toHaveLength(3);
    expect(page.sourceReports.map(({ status }) => status)).toEqual(['FAILED', 'FAILED', 'FAILED']);
    expect(page.pageInfo.endCursor).toEqual(expect.any(String));
  });
});

describe('an odd row', () => {
  /** Spoils the n-th row of each answer. */
  function spoil(source: SourceName, at: number, spoilt: (row: object) => unknown): FaultEffect {
    return {
      kind: 'alter',
      alter: (body) => {
        const rows: unknown[] = rowsOf(source, body);
        rows[at] = spoilt(rows[at] as object);
        return body;
      },
    };
  }

  it.each<[SourceName, string, (row: object) => unknown]>([
    ['onlyoffice', 'null', () => null],
    ['onlyoffice', 'without an id', ({ id: _id, ...row }: { id?: unknown }) => row],
    ['onlyoffice', 'with an id that is a list', (row) => ({ ...row, id: [7] })],
    ['kommo', 'a number', () => 7],
    ['kommo', 'with an id that is no id', (row) => ({ ...row, id: 'abc' })],
    ['kommo', 'with an id that is an object', (row) => ({ ...row, id: { value: 1 } })],
    ['callgear', 'a list', () => []],
    ['callgear', 'with a negative id', (row) => ({ ...row, id: -5 })],
    ['callgear', 'with a fraction for its id', (row) => ({ ...row, id: 5.5 })],
  ])('of %s that is %s is left out and told; every other row is there', async (source, _name, spoilt) => {
    await using gateway = await startSmall({ environment: { CACHE_TTL_MS: '60000' } });
    gateway[source].setFaults([listFault(source, spoil(source, 3, spoilt), { times: 1 })]);
    const { contacts, pages } = await walk(gateway, { first: 100 });
    const names = namesOf(contacts);
    const missing = everyone(gateway, ALL).filter((name) => !names.includes(name));
    expect(missing).toHaveLength(1);
    expect(missing[0]?.startsWith(source)).toBe(true);
    expect(new Set(names).size).toBe(names.length);
    const told = pages.map((page) => reportOf(page, source)).filter((report) => report?.status === 'PARTIAL');
    expect(told[0]).toMatchObject({ error: { code: 'BAD_RESPONSE' }, isComplete: false });
    const warnings = gateway.log.filter(({ level }) => level === 'warn').map(({ members }) => members);
    expect(warnings).toEqual([{ source, droppedRows: 1, paths: [expect.stringMatching(/^\$\..*\[\d+\]/)] }]);
  });
});
