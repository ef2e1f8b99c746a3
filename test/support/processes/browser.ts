import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { chromium, type Browser, type CDPSession, type Page } from 'playwright-core';

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
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** How a page is looked at. */
interface Look {
  readonly viewport: { readonly width: number; readonly height: number };
  readonly colorScheme: 'light' | 'dark';
}

/** Sizes and colours that every page is looked at in. */
export const LOOKS = [
  ['wide, light', { viewport: { width: 1400, height: 900 }, colorScheme: 'light' }],
  ['wide, dark', { viewport: { width: 1400, height: 900 }, colorScheme: 'dark' }],
  ['on a phone, light', { viewport: { width: 390, height: 844 }, colorScheme: 'light' }],
  ['on a phone, dark', { viewport: { width: 390, height: 844 }, colorScheme: 'dark' }],
] as const satisfies readonly (readonly [string, Look])[];

/** A page that is watched. */
export interface Visit extends AsyncDisposable {
  readonly page: Page;
  /** What the browser complained of: violations of the page's policy too. */
  readonly complaints: string[];
  /** Hosts that were called besides the gateway. */
  readonly strangers: string[];
}

/** @throws Error when there is no Chromium. */
export async function launchBrowser(): Promise<Browser> {
  if (!existsSync(CHROMIUM)) throw new Error(`This test needs a Chromium: there is none at ${CHROMIUM}; set CHROMIUM to its path.`);
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

/** The page of each browser: a page that is opened anew takes five times the CPU of one that goes on to another address. */
const pages = new WeakMap<Browser, Promise<OpenPage>>();

interface OpenPage {
  readonly page: Page;
  readonly developerTools: CDPSession;
}

async function openPage(browser: Browser): Promise<OpenPage> {
  const page = await browser.newPage();
  return { page, developerTools: await page.context().newCDPSession(page) };
}

function pageOf(browser: Browser): Promise<OpenPage> {
  let opening = pages.get(browser);
  if (opening === undefined) pages.set(browser, (opening = openPage(browser)));
  return opening;
}

/** Opens an address as somebody who has never been there, but for what the browser has cached. A browser has one page: one visit at a time. */
export async function visit(browser: Browser, url: string, look: Look = LOOKS[0][1]): Promise<Visit> {
  const { page, developerTools } = await pageOf(browser);
  await page.setViewportSize(look.viewport);
  await page.emulateMedia({ colorScheme: look.colorScheme });
  const { origin } = new URL(url);
  const complaints: string[] = [];
  const strangers: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    const asked = new URL(request.url());
    if (/^(https?|wss?):$/.test(asked.protocol) && asked.origin !== origin) strangers.push(asked.origin);
  });
  page.on('requestfailed', (request) => complaints.push(`failed: ${request.url().slice(0, 200)}`));
  await page.goto(url);
  async function leave(): Promise<void> {
    page.removeAllListeners();
    await page.evaluate('sessionStorage.clear()');
    await page.goto('about:blank');
    await developerTools.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' });
  }
  return { page, complaints, strangers, [Symbol.asyncDispose]: leave };
}

/** In the page: is kept once no element has come or gone for a third of a second. */
const UNTIL_STILL = `new Promise((done) => {
  let timer;
  const observer = new MutationObserver(restart);
  function restart() {
    clearTimeout(timer);
    timer = setTimeout(() => (observer.disconnect(), done()), 333);
  }
  observer.observe(document, { childList: true, subtree: true });
  restart();
})`;

/** Runs axe. It throws a TypeError where an element that it looks at leaves the page meanwhile: then it looks again at what is there, three times at most. */
async function runAxe(page: Page, looks = 3): Promise<AxeResults> {
  await page.evaluate(UNTIL_STILL);
  try {
    return (await page.evaluate('axe.run(document)')) as AxeResults;
  } catch (error) {
    if (looks === 1 || !String(error).includes('TypeError')) throw error;
    return runAxe(page, looks - 1);
  }
}

/** Looks for what people with disabilities cannot use. @returns Serious and critical findings, one line each. */
export async function accessibilityFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  const { violations } = await runAxe(page);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
}

/** Whether something sticks out to the right, so that the page has to be moved sideways. */
export function isWiderThanItsWindow(page: Page): Promise<boolean> {
  return page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
}
