import { buildSchema, parse, stripIgnoredCharacters, validate } from 'graphql';
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readExamples } from '../../../scripts/build-pages.mjs';
import { eventually } from '../../support/eventually.ts';
import { LOOKS, accessibilityFindings, isWiderThanItsWindow, launchBrowser, visit } from '../../support/processes/browser.ts';
import { buildPages } from '../../support/processes/built-pages.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { API_KEYS, KEYS } from '../../support/keys.ts';

const examples = await readExamples();
let gateway: TestGateway;
let browser: Browser;
beforeAll(async () => {
  await buildPages();
  // As the gateway runs on its sandbox: a scan may read as much as one part of such a small list.
  gateway = await startTestGateway({ environment: { SCAN_BUDGET: '250' } });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await gateway?.[Symbol.asyncDispose]();
});

const nameOf = ({ query }: { readonly query: string }) => /(?:query|mutation) (\w+)/.exec(query)?.[1] ?? '';
const tabOf = (page: Page, name: string) => page.locator('.graphiql-tab .graphiql-tab-button', { hasText: name });

interface Run {
  readonly sent: { readonly query: string; readonly variables?: object; readonly headers: Readonly<Record<string, string>> };
  readonly answer: { readonly data?: Record<string, unknown>; readonly errors?: readonly { readonly extensions?: { code?: string } }[] };
}

/** Presses a tab and its play button, and waits for what came of it. */
async function runTab(page: Page, name: string): Promise<Run> {
  await tabOf(page, name).click();
  await page.locator('.graphiql-query-editor .CodeMirror-line').getByText(name).first().waitFor();
  const answered = page.waitForResponse((response) => response.request().postData()?.includes('IntrospectionQuery') === false);
  await page.locator('.graphiql-execute-button').click();
  const response = await answered;
  const body = JSON.parse(response.request().postData() ?? '{}') as { query: string; variables?: object };
  return { sent: { ...body, headers: response.request().headers() }, answer: (await response.json()) as Run['answer'] };
}

test('every example fits the schema', () => {
  const schema = buildSchema(readFileSync(new URL('../../../schema.graphql', import.meta.url), 'utf8'));
  for (const { query } of examples) expect(validate(schema, parse(query))).toEqual([]);
});

test('GraphiQL opens with the examples, each of which can be pressed and runs without errors, and talks to nobody else', async () => {
  await using visited = await visit(browser, gateway.url);
  const { page, complaints, strangers } = visited;
  await page.locator('.graphiql-tab').last().waitFor();

  expect(await page.locator('.graphiql-tab').count()).toBe(examples.length);
  for (const example of examples.toReversed()) {
    const { sent, answer } = await runTab(page, nameOf(example));
    expect(stripIgnoredCharacters(sent.query)).toBe(stripIgnoredCharacters(example.query));
    expect(sent.variables).toEqual(example.variables === undefined ? undefined : JSON.parse(example.variables));
    expect(answer.errors).toBeUndefined();
    const fieldName = Object.keys(answer.data ?? {})[0] ?? '';
    await page.locator('.graphiql-response').getByText(`"${fieldName}"`).first().waitFor();
  }

  expect(complaints).toEqual([]);
  expect(strangers).toEqual([]);
});

// Two of the looks: the other colours are the same rules.
test.each([LOOKS[0], LOOKS[3]])(
  'GraphiQL, %s, can be used by everyone: tabs, answer, and the front page of its Docs',
  async (_look, options) => {
    await using visited = await visit(browser, gateway.url, options);
    const { page, complaints } = visited;
    for (const example of examples.toReversed()) await tabOf(page, nameOf(example)).click();
    await runTab(page, 'Contacts');
    await page.locator('.graphiql-response').getByText('"contacts"').first().waitFor();
    await page.getByLabel('Show Documentation Explorer').click();
    for (const word of ['Concepts.', 'Lists.', 'Errors.', 'Access and limits.'])
      await page.getByText(word, { exact: true }).first().waitFor();

    expect(await accessibilityFindings(page)).toEqual([]);
    expect(await isWiderThanItsWindow(page)).toBe(false);
    await page.locator('.graphiql-doc-explorer-content').getByRole('link', { name: 'Query', exact: true }).click();
    await page.getByText('Contacts of all sources, or of the given ones, merged into one list.').first().waitFor();
    expect(complaints).toEqual([]);
  },
);

test('the examples show rows from every CRM at once, and an answer that is PARTIAL', async () => {
  await using visited = await visit(browser, gateway.url);
  interface List {
    readonly nodes: readonly { readonly id: string; readonly source: { readonly name: string } }[];
    readonly sourceReports: readonly { readonly status: string }[];
  }
  const listOf = async (name: string) => (await runTab(visited.page, name)).answer.data?.['contacts'] as List;

  const { nodes } = await listOf('Contacts');
  expect(new Set(nodes.map(({ source }) => source.name))).toEqual(new Set(['onlyoffice', 'kommo', 'callgear']));
  expect(nodes.every(({ id }) => id !== '')).toBe(true);
  expect((await listOf('PartialAnswer')).sourceReports.map(({ status }) => status)).toEqual(['OK', 'PARTIAL', 'SKIPPED']);
});

test('a second visit finds the tabs as they were left', async () => {
  await using visited = await visit(browser, gateway.url);
  const { page } = visited;
  await runTab(page, 'Sources');
  for (const _visit of [2, 3]) {
    // The page's own policy forbids what waitForFunction does when it looks a second time.
    await eventually(async () => expect(await page.evaluate("localStorage.getItem('graphiql:tabState')")).not.toBeNull());
    await page.reload();
    await page.locator('.graphiql-tab').last().waitFor();
    expect(await page.locator('.graphiql-tab-button').allTextContents()).toEqual(examples.map(nameOf));
  }
});

test('a key is typed in one place, serves every tab, and is stored nowhere', async () => {
  await using keyed = await startTestGateway({ environment: { API_KEYS }, isSandbox: false });
  await using visited = await visit(browser, keyed.url);
  const { page } = visited;
  expect((await runTab(page, 'Contacts')).answer.errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');

  await page.getByLabel('API key for all tabs').fill(KEYS.reader);
  await page.getByLabel('API key for all tabs').press('Enter');
  for (const name of ['WhoHasThisPhone', 'Sources', 'Contacts']) {
    const { sent, answer } = await runTab(page, name);
    expect(sent.headers['authorization']).toBe(`Bearer ${KEYS.reader}`);
    expect(answer.errors).toBeUndefined();
  }
  // The schema came with the key too.
  await page.getByLabel('Show Documentation Explorer').click();
  await page.getByText('Concepts.', { exact: true }).first().waitFor();
  await page.reload();
  await page.locator('.graphiql-tab').last().waitFor();

  expect(await page.getByLabel('API key for all tabs').inputValue()).toBe('');
  expect(await page.evaluate('JSON.stringify([localStorage, sessionStorage, document.cookie, location.href])')).not.toContain(KEYS.reader);
});

test('a first visit takes less than a megabyte, and the next one less than five kilobytes', async () => {
  await using visited = await visit(browser, gateway.url);
  const { page } = visited;
  const network = await page.context().newCDPSession(page);
  await network.send('Network.enable');
  let bytes = 0;
  network.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  const bytesOfVisit = async () => {
    bytes = 0;
    await page.goto('about:blank');
    await page.goto(gateway.url, { waitUntil: 'networkidle' });
    await page.locator('.graphiql-query-editor .CodeMirror-line').first().waitFor();
    return bytes;
  };
  await network.send('Network.clearBrowserCache');

  const first = await bytesOfVisit();
  expect(first).toBeGreaterThan(100_000);
  expect(first).toBeLessThan(1_000_000);
  expect(await bytesOfVisit()).toBeLessThan(5_000);
});

test('the policy of the page stops a script that is not its own', async () => {
  await using visited = await visit(browser, gateway.url);
  const hasRun = await visited.page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'globalThis.foreign = true';
    document.head.append(script);
    return 'foreign' in globalThis;
  });

  expect(hasRun).toBe(false);
});
