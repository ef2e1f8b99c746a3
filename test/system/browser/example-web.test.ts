import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSchema, parse, print, validate, type DocumentNode } from 'graphql';
import type { Browser, Page } from 'playwright-core';
import { build, preview, type PreviewServer } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LOOKS, accessibilityFindings, isWiderThanItsWindow, launchBrowser, visit } from '../../support/processes/browser.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';

const ROOT = join(import.meta.dirname, '../../..');
const EXAMPLE = join(ROOT, 'examples/web');
const output = mkdtempSync(join(tmpdir(), 'crm-gateway-web-'));
let gateway: TestGateway;
let browser: Browser;
let server: PreviewServer;
let url = '';
beforeAll(async () => {
  gateway = await startTestGateway({ environment: { SCAN_BUDGET: '250' } });
  const site = { root: EXAMPLE, configFile: false, logLevel: 'silent', build: { outDir: output, emptyOutDir: true } } as const;
  await build(site);
  const proxy = { '/graphql': { target: new URL(gateway.url).origin, changeOrigin: true } };
  server = await preview({ ...site, preview: { port: 0, host: '127.0.0.1', proxy } });
  url = server.resolvedUrls?.local[0] ?? '';
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
  await gateway?.[Symbol.asyncDispose]();
  rmSync(output, { recursive: true, force: true });
});

const rows = (page: Page) => page.getByRole('list', { name: 'Contacts' }).getByRole('listitem');

describe('the operations of examples/web', () => {
  const schema = buildSchema(readFileSync(join(ROOT, 'schema.graphql'), 'utf8'));
  const written = [...readFileSync(join(EXAMPLE, 'src/operations.ts'), 'utf8').matchAll(/graphql\(`([^`]*)`\)/g)].map(
    ([, text = '']) => text,
  );

  test('fit the schema', () => {
    expect(written.length).toBe(3);
    for (const text of written) expect(validate(schema, parse(text))).toEqual([]);
  });

  test('are those that its types were generated from', async () => {
    const generated = Object.values((await import('../../../examples/web/src/gql/graphql.ts')) as Record<string, unknown>)
      .filter((value): value is DocumentNode => (value as Partial<DocumentNode>)?.kind === 'Document')
      .map((document) => print(document));
    expect(generated.toSorted()).toEqual(written.map((text) => print(parse(text))).toSorted());
  });
});

// Two of the looks: the other colours are the same rules.
test.each([LOOKS[0], LOOKS[3]])('examples/web, %s, lists the contacts of all CRMs and how each of them is', async (_look, options) => {
  await using visited = await visit(browser, url, options);
  const { page, complaints } = visited;
  await rows(page).nth(19).waitFor();

  expect(await page.getByRole('list', { name: 'CRMs' }).getByRole('listitem').count()).toBe(3);
  await page.getByRole('button', { name: 'More' }).click();
  await rows(page).nth(39).waitFor();
  expect(await accessibilityFindings(page)).toEqual([]);
  expect(await isWiderThanItsWindow(page)).toBe(false);
  expect(complaints).toEqual([]);
});

test('examples/web finds while one types: by name, and who has a phone', async () => {
  await using visited = await visit(browser, url);
  const { page } = visited;
  const box = page.getByRole('searchbox');
  await box.pressSequentially('Anna');
  await page.getByRole('heading', { name: 'Found for “Anna”' }).waitFor();
  await rows(page).first().getByText('Anna').first().waitFor();

  await box.fill('371 2684-0820');
  await page.getByRole('heading', { name: 'Who has 371 2684-0820?' }).waitFor();
  await expect.poll(() => rows(page).count()).toBe(3);
  expect((await rows(page).allTextContents()).every((text) => text.includes('Anna') || text.includes('Kalniņš'))).toBe(true);
  // Kommo's search may miss a spelling.
  await page.getByText('A contact may be missing that is spelt otherwise.').waitFor();
});

test('examples/web says which CRM did not answer, and shows the contacts of the others', async () => {
  gateway.callgear.setFaults([{ route: 'POST get.contacts', effect: { kind: 'respond', status: 503 } }]);
  await using visited = await visit(browser, url);
  const { page } = visited;

  await page.getByText('did not answer; the others did.').waitFor();
  await rows(page).nth(10).waitFor();
  gateway.callgear.setFaults([]);
});

test('examples/web deletes after a dry run and a confirmation, and not before', async () => {
  await using visited = await visit(browser, url);
  const { page } = visited;
  await page.getByRole('searchbox').fill('Anna');
  await page.getByRole('heading', { name: 'Found for “Anna”' }).waitFor();
  const remove = page.getByRole('button', { name: 'Delete Anna Bērziņa' }).and(page.locator(':enabled'));
  await remove.waitFor();
  await rows(page).first().getByText('Anna').first().waitFor();
  const count = await rows(page).count();
  gateway.clearCalls();

  await remove.click();
  await page.getByText('It can be deleted. This cannot be undone.').waitFor();
  expect(await accessibilityFindings(page)).toEqual([]);
  expect(Object.keys(gateway.calls()).filter((call) => /DELETE|delete/.test(call))).toEqual([]);
  await page.getByRole('button', { name: 'Delete for good' }).click();
  await page.getByText('Deleted.', { exact: true }).waitFor();
  expect(Object.keys(gateway.calls()).filter((call) => /DELETE|delete/.test(call))).toHaveLength(1);
  await page.getByRole('button', { name: 'Close' }).click();
  await expect.poll(() => rows(page).count()).toBe(count - 1);
});
