import { describe, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { API_KEYS, bearer, KEYS } from '../../support/keys.ts';

interface Reported {
  readonly status: string;
  readonly error: { readonly code: string; readonly message: string } | null;
}
type Lists = Readonly<Record<string, { readonly nodes: readonly { readonly id: string }[]; readonly sourceReports: readonly Reported[] }>>;

const GREEDY = bearer(KEYS.both);
const MODEST = bearer(KEYS.reader);
const LIST = '{ nodes { id } sourceReports { status error { code message } } }';

const FILTERS = {
  callgear: (number: number) => `{ lastName: "Nobody ${number}" }`,
  kommo: (number: number) => {
    const day = String(1 + Math.floor(number / 110)).padStart(2, '0');
    return `{ createdAt: { from: "${1900 + (number % 110)}-01-${day}T00:00:00Z" } }`;
  },
} as const;

/** As many as one operation may have. */
const LISTS_MAX = 10;

/** So many lists that have nothing in common, so that each costs calls of its own. */
function manyLists(crm: keyof typeof FILTERS, count: number, firstNumber: number): string {
  const lists = Array.from(
    { length: count },
    (_, index) => `a${index}: contacts(first: 2, filter: ${FILTERS[crm](firstNumber + index)}) ${LIST}`,
  );
  return `{ ${lists.join('\n')} }`;
}

const aPage = async (gateway: TestGateway, crm: keyof typeof FILTERS, number: number): Promise<Reported | undefined> => {
  const { data } = await gateway.query<Lists>(`{ contacts(first: 25, filter: ${FILTERS[crm](3_300 + number)}) ${LIST} }`, {}, MODEST);
  return data?.['contacts']?.sourceReports[0];
};

describe('one caller', () => {
  test("that uses up its part of CallGear's day leaves another one room in it, and is refused with the reason", async () => {
    await using gateway = await startTestGateway({
      population: { callgear: 10 },
      onlyoffice: null,
      kommo: null,
      callgear: { quotas: { minute: 100_000, day: 750 } },
      environment: { API_KEYS },
    });
    const answers = [];
    for (let round = 0; round < 10; round += 1) {
      const requests = Array.from({ length: 8 }, (_, index) =>
        gateway.query<Lists>(manyLists('callgear', LISTS_MAX, (round * 8 + index) * LISTS_MAX), {}, GREEDY),
      );
      answers.push(...(await Promise.all(requests)));
    }
    const reports = answers.flatMap(({ data }) => Object.values(data ?? {}).flatMap(({ sourceReports }) => sourceReports));
    expect(reports.length).toBe(800);
    expect(gateway.requests('callgear').length).toBeLessThanOrEqual(600);
    const refused = reports.filter(({ status }) => status === 'FAILED');
    expect(refused.length).toBeGreaterThan(0);
    for (const { error } of refused) {
      expect(error).toEqual({ code: 'QUOTA_EXHAUSTED', message: expect.stringContaining('for callers who have used less of it') });
    }
    for (let number = 0; number < 6; number += 1) expect(await aPage(gateway, 'callgear', number)).toMatchObject({ status: 'OK' });
  });

  test('whose requests fill the queue for Kommo does not keep another one out', async () => {
    await using gateway = await startTestGateway({
      population: { kommo: 30 },
      onlyoffice: null,
      callgear: null,
      kommo: { rateLimit: {} },
      environment: { API_KEYS, KOMMO_RATE_LIMIT: '7' },
    });
    let isOver = false;
    const fill = async (caller: number): Promise<void> => {
      for (let round = 0; !isOver; round += 1)
        await gateway.query(manyLists('kommo', LISTS_MAX, (caller * 20 + round) * LISTS_MAX), {}, GREEDY);
    };
    const filling = [0, 1, 2, 3, 4, 5, 6, 7].map(fill);
    const pages = [];
    try {
      await expect.poll(() => gateway.requests('kommo').length).toBeGreaterThanOrEqual(14);
      for (let number = 0; number < 6; number += 1) pages.push((await aPage(gateway, 'kommo', number))?.status);
    } finally {
      isOver = true;
      await Promise.all(filling);
    }
    expect(pages).toEqual(Array.from({ length: 6 }, () => 'OK'));
    expect(gateway.kommo.rateLimiter.refusals).toBe(0);
  });
});
