import { describe, expect, it } from 'vitest';
import type { FaultEffect } from '../../../src/sandbox/fault.ts';
import { startTestGateway, type SourceName } from '../../support/gateway.ts';
import { ALL, LIST_ROUTES } from '../../support/sources.ts';
import { everyone, namesOf, readPage, reportOf, walk } from './list-walk.ts';

/** A page of 100 reaches into the second block of ONLYOFFICE when another is silent. */
const POPULATION = { onlyoffice: 70, kommo: 60, callgear: 60 };
const LIST_MS = 3_000;
const ENVIRONMENT = { SOURCE_TIMEOUT_MS: String(LIST_MS) };

describe.each(ALL)('while %s', (source) => {
  const others = ALL.filter((other) => other !== source);

  it.each<[string, FaultEffect]>([
    ['is silent', { kind: 'hang' }],
    ['is too slow', { kind: 'delay', delayMs: 20_000 }],
    ['fails', { kind: 'respond', status: 503, body: '', contentType: 'text/html' }],
    ['breaks off', { kind: 'reset' }],
  ])('%s, the others are whole and in time, and the page is full', async (_what, effect) => {
    await using gateway = await startTestGateway({ population: POPULATION, environment: ENVIRONMENT });
    gateway[source].setFaults([{ route: LIST_ROUTES[source], effect }]);
    const startedAt = performance.now();
    const page = await readPage(gateway, { first: 100 });
    expect(performance.now() - startedAt).toBeLessThan(LIST_MS + 7_000);
    expect(page.edges).toHaveLength(100);
    expect(reportOf(page, source)?.status).toBe('FAILED');
    for (const other of others) expect(reportOf(page, other)).toMatchObject({ status: 'OK', error: null, isComplete: true });
    // Each block of theirs was read once.
    for (const other of others) {
      const lists = gateway.requests(other).filter(({ route }) => route === LIST_ROUTES[other]);
      expect(lists.length).toBeLessThanOrEqual(other === 'onlyoffice' ? 2 : 1);
    }
  });

  it('is silent for a page, a walk finds its contacts late and misses none', async () => {
    await using gateway = await startTestGateway({ population: POPULATION, environment: ENVIRONMENT });
    gateway[source].setFaults([{ route: LIST_ROUTES[source], effect: { kind: 'hang' }, times: 1 }]);
    const { contacts, pages } = await walk(gateway, { first: 100 });
    expect(namesOf(contacts).toSorted()).toEqual(everyone(gateway, ALL));
    expect(pages.at(-1)?.sourceReports.map(({ status }) => status)).toEqual(['OK', 'OK', 'OK']);
  });
});

it('asks healthy CRMs for nothing ahead', async () => {
  await using gateway = await startTestGateway({ population: POPULATION });
  await readPage(gateway, { first: 25 });
  expect(gateway.requests().filter(({ source, route }) => route === LIST_ROUTES[source])).toHaveLength(3);
});

it('waits for two silent CRMs no longer than for one', async () => {
  await using gateway = await startTestGateway({ population: POPULATION, environment: ENVIRONMENT });
  const silent: SourceName[] = ['kommo', 'callgear'];
  for (const source of silent) gateway[source].setFaults([{ route: LIST_ROUTES[source], effect: { kind: 'hang' } }]);
  const page = await readPage(gateway, { first: 100 });
  expect(page.edges).toHaveLength(100);
  expect(new Set(page.edges.map(({ node }) => node.source.name))).toEqual(new Set(['onlyoffice']));
  expect(reportOf(page, 'onlyoffice')).toMatchObject({ status: 'OK', isComplete: true });
});
