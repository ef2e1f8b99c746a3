import { relayPagination } from '@urql/exchange-graphcache/extras';
import { describe, expect, test } from 'vitest';
import { contactsPagination } from '../../../examples/clients/urql-contacts.ts';
import type { FaultEffect } from '../../../src/sandbox/fault.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { ALL, LIST_ROUTES } from '../../support/sources.ts';
import { everyone } from '../lists/list-walk.ts';
import { apolloPager, relayPager, urqlPager, type Pager, type Shown } from './pagers.ts';

const POPULATION = { onlyoffice: 40, kommo: 45, callgear: 30 };
const REFUSED: FaultEffect = { kind: 'respond', status: 401, body: 'Unauthorized', contentType: 'text/plain' };
const EVERYONE: Shown = { filter: {}, first: 50 };

const CLIENTS: readonly [string, (url: string, shown: Shown) => Pager][] = [
  ["Apollo Client's relayStylePagination", apolloPager],
  ["Relay's connection", relayPager],
  ["urql's Graphcache with the documented resolver", urqlPager(contactsPagination())],
];

/** Scrolls down as long as there is a next page. @returns How many pages it took. */
async function scroll(pager: Pager, pagesMax = 60): Promise<number> {
  let pages = 0;
  do {
    await pager.loadMore();
    pages += 1;
    if (pages > pagesMax) throw new Error('It does not end.');
  } while (pager.view().hasNextPage);
  return pages;
}

/** `source:id` of what the screen shows. */
function shown(pager: Pager): string[] {
  return pager
    .view()
    .ids.map((id) => Buffer.from(id, 'base64url').toString('utf8').split(':'))
    .map(([source, , id]) => `${source}:${id}`)
    .toSorted();
}

function refuse(gateway: TestGateway, source: 'kommo' | 'onlyoffice' | 'callgear', times?: number): void {
  gateway[source].setFaults([{ route: LIST_ROUTES[source], effect: REFUSED, ...(times !== undefined && { times }) }]);
}

describe.each(CLIENTS)('%s', (_name, start) => {
  test('shows everyone, each once, and stops', async () => {
    await using gateway = await startTestGateway({ population: POPULATION });
    const pager = start(gateway.url, EVERYONE);
    await scroll(pager);
    expect(shown(pager)).toEqual(everyone(gateway, ALL));
  });

  test.each(ALL)('shows everyone when %s fails for two pages', async (source) => {
    await using gateway = await startTestGateway({ population: POPULATION });
    refuse(gateway, source, 2);
    const pager = start(gateway.url, EVERYONE);
    await scroll(pager);
    expect(shown(pager)).toEqual(everyone(gateway, ALL));
  });

  test('shows the others, stops, and shows the rest when asked again, when Kommo fails for long', async () => {
    await using gateway = await startTestGateway({ population: POPULATION });
    refuse(gateway, 'kommo');
    const pager = start(gateway.url, EVERYONE);
    expect(await scroll(pager)).toBeLessThanOrEqual(5);
    expect(shown(pager)).toEqual(everyone(gateway, ['onlyoffice', 'callgear']));
    expect(pager.view().hasNextPage).toBe(false);
    gateway.kommo.setFaults([]);
    await scroll(pager);
    expect(shown(pager)).toEqual(everyone(gateway, ALL));
  });

  test('stops when all fail', async () => {
    await using gateway = await startTestGateway({ population: POPULATION });
    for (const source of ALL) refuse(gateway, source);
    const pager = start(gateway.url, EVERYONE);
    expect(await scroll(pager)).toBe(3);
    expect(shown(pager)).toEqual([]);
  });

  test('goes on behind empty pages of a scan', async () => {
    await using gateway = await startTestGateway({ population: { ...POPULATION, kommo: 200 }, environment: { SCAN_BUDGET: '12' } });
    const filter = { tags: ['VIP'], kind: 'PERSON' };
    const pager = start(gateway.url, { filter, first: 10 });
    expect(await scroll(pager)).toBeGreaterThan(10);
    const whole = start(gateway.url, { filter: { ...filter, createdAt: { from: '1990-01-01T00:00:00Z' } }, first: 100 });
    await scroll(whole);
    expect(shown(pager)).toEqual(shown(whole));
    expect(shown(pager).length).toBeGreaterThan(0);
  });
});

test("urql's own relayPagination stays at an empty page, which is why its resolver is documented", async () => {
  await using gateway = await startTestGateway({ population: POPULATION });
  refuse(gateway, 'kommo');
  const pager = urqlPager(relayPagination())(gateway.url, EVERYONE);
  await expect(scroll(pager, 12)).rejects.toThrow('It does not end.');
});
