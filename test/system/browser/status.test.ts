import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LOOKS, accessibilityFindings, isWiderThanItsWindow, launchBrowser, visit } from '../../support/processes/browser.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { API_KEYS, KEYS, bearer } from '../../support/keys.ts';
import { codeOf, sendRaw } from '../../support/http/raw-http.ts';

const SMALL = { population: { onlyoffice: 10, kommo: 10, callgear: 10 } } as const;
let gateway: TestGateway;
let browser: Browser;
beforeAll(async () => {
  gateway = await startTestGateway(SMALL);
  browser = await launchBrowser();
  gateway.kommo.setFaults([{ route: 'GET /api/v4/contacts', effect: { kind: 'respond', status: 503 } }]);
  await gateway.query('{ contacts(first: 5) { nodes { id } } }');
});
afterAll(async () => {
  await browser?.close();
  await gateway?.[Symbol.asyncDispose]();
});

const homeOf = (url: string) => new URL('/', url).href;

// Two of the looks: the other colours are the same rules.
test.each([LOOKS[0], LOOKS[3]])(
  'the status page, %s, shows each source with its health, quotas, latency and errors',
  async (_look, options) => {
    await using visited = await visit(browser, homeOf(gateway.url), options);
    const { page, complaints, strangers } = visited;
    const cardOf = (name: string) => page.getByRole('article', { name });
    await cardOf('onlyoffice').waitFor();

    expect(await page.getByRole('article').count()).toBe(3);
    expect(await cardOf('onlyoffice').locator('.badge').textContent()).toBe('OK');
    expect(await cardOf('kommo').locator('.badge').textContent()).toBe('DOWN');
    expect(await cardOf('kommo').getByRole('list', { name: 'Last errors' }).textContent()).toMatch(/UNAVAILABLE × \d/);
    expect(await cardOf('kommo').locator('rect.failed[height="28"]').count()).toBe(1);
    expect(await cardOf('onlyoffice').locator('rect.latency[height="28"]').count()).toBe(1);
    expect(await cardOf('callgear').getByRole('progressbar').count()).toBeGreaterThan(0);
    expect(await page.locator('#totals').textContent()).toContain('2 of 3');
    expect(await page.getByRole('navigation').getByRole('link').allTextContents()).toEqual(['GraphiQL', 'Schema', 'Metrics']);
    expect(await accessibilityFindings(page)).toEqual([]);
    expect(await isWiderThanItsWindow(page)).toBe(false);
    expect([complaints, strangers]).toEqual([[], []]);
  },
);

test('where keys exist the shell is open and empty, and the figures come with a key that is stored nowhere', async () => {
  await using keyed = await startTestGateway({ ...SMALL, environment: { API_KEYS }, isSandbox: false });
  const home = homeOf(keyed.url);
  expect(codeOf(await sendRaw(`${home}status.json`))).toBe('UNAUTHENTICATED');
  await using visited = await visit(browser, home);
  const { page } = visited;
  await page.getByText('This needs a good key').waitFor();
  expect(await page.getByRole('article').count()).toBe(0);

  await page.getByLabel('API key').fill(KEYS.reader);
  await page.getByLabel('API key').press('Enter');
  await page.getByRole('article', { name: 'kommo' }).waitFor();

  expect(await page.evaluate('JSON.stringify([localStorage, sessionStorage, document.cookie, location.href])')).not.toContain(KEYS.reader);
});

test('programs get the ways in at /, and in production there is no page unless it is asked for', async () => {
  expect(JSON.parse((await sendRaw(homeOf(gateway.url), { headers: { accept: '*/*' } })).text)).toMatchObject({ endpoint: '/graphql' });
  const production = { API_KEYS, NODE_ENV: 'production' };
  await using closed = await startTestGateway({ ...SMALL, environment: production, isSandbox: false });
  await using open = await startTestGateway({ ...SMALL, environment: { ...production, STATUS_PAGE: 'on' }, isSandbox: false });
  const pageOf = async (url: string) => (await sendRaw(homeOf(url), { headers: { accept: 'text/html' } })).headers['content-type'];

  expect(await pageOf(closed.url)).toBe('application/json; charset=utf-8');
  expect(codeOf(await sendRaw(`${homeOf(closed.url)}status.json`, { headers: bearer(KEYS.reader) }))).toBe('NOT_FOUND');
  expect(await pageOf(open.url)).toBe('text/html; charset=utf-8');
});
