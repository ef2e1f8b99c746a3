import { existsSync } from 'node:fs';
import { stripIgnoredCharacters } from 'graphql';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readExampleOperations } from '../../src/graphql/example-operations.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

let gateway: TestGateway;
let browser: Browser;
let visit: Visit;
beforeAll(async () => {
  if (!existsSync(CHROMIUM)) throw new Error(`This test needs a Chromium: there is none at ${CHROMIUM}; set CHROMIUM to its path.`);
  gateway = await startTestGateway();
  browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  visit = await openGraphiql();
});
afterAll(async () => {
  await browser?.close();
  await gateway?.[Symbol.asyncDispose]();
});

interface Visit {
  readonly page: Page;
  /** What the browser complained of: violations of the page's policy too. */
  readonly complaints: string[];
  /** Hosts that were asked for anything but the gateway. */
  readonly strangers: string[];
}

async function openGraphiql(): Promise<Visit> {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  const complaints: string[] = [];
  const strangers: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (/^(https?|wss?):$/.test(url.protocol) && url.origin !== new URL(gateway.url).origin) strangers.push(url.origin);
  });
  page.on('requestfailed', (request) => complaints.push(`failed: ${request.url().slice(0, 200)}`));
  await page.goto(gateway.url);
  return { page, complaints, strangers };
}

/** Opens a tab, presses the play button, and waits for what came of it. */
async function runTab(
  page: Page,
  index: number,
  operationName: string,
): Promise<{ readonly sent: string; readonly answer: { data?: object; errors?: unknown[] } }> {
  // By keyboard: GraphiQL's tabs can be dragged, and take some clicks for the beginning of that.
  await page.locator('.graphiql-tab .graphiql-tab-button').nth(index).press('Enter');
  await page.locator('.graphiql-query-editor .view-lines').getByText(operationName).first().waitFor();
  const answered = page.waitForResponse((response) => response.request().postData()?.includes('IntrospectionQuery') === false);
  await page.locator('.graphiql-execute-button').click();
  const response = await answered;
  const sent = JSON.parse(response.request().postData() ?? '{}') as { query: string };
  return { sent: sent.query, answer: (await response.json()) as { data?: object; errors?: unknown[] } };
}

test('GraphiQL opens with the examples, runs each without errors, and talks to nobody else', async () => {
  const { page, complaints, strangers } = visit;
  const examples = readExampleOperations();
  await page
    .locator('.graphiql-tab')
    .nth(examples.length - 1)
    .waitFor();

  expect(await page.locator('.graphiql-tab').count()).toBe(examples.length);
  for (const [index, example] of examples.entries()) {
    const { sent, answer } = await runTab(page, index, /(?:query|mutation) (\w+)/.exec(example)?.[1] ?? '');
    expect(stripIgnoredCharacters(sent)).toBe(stripIgnoredCharacters(example));
    expect(answer.errors).toBeUndefined();
    expect(Object.keys(answer.data ?? {}).length).toBeGreaterThan(0);
    const fieldName = Object.keys(answer.data ?? {})[0] ?? '';
    await page.locator('.graphiql-response').getByText(`"${fieldName}"`).first().waitFor();
  }

  expect(complaints).toEqual([]);
  expect(strangers).toEqual([]);
});

test('GraphiQL reads the schema for its documentation', async () => {
  const { page, complaints } = visit;
  await page.getByLabel('Show Documentation Explorer').click();
  await page.getByRole('link', { name: 'Query', exact: true }).first().click();

  await page.getByText('Contacts of all sources, or of the given ones, merged into one list.').first().waitFor();
  expect(complaints).toEqual([]);
});

test('the policy of the page stops a script that is not its own', async () => {
  const { page } = visit;
  const hasRun = await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'globalThis.foreign = true';
    document.head.append(script);
    return 'foreign' in globalThis;
  });

  expect(hasRun).toBe(false);
});
