import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT, readPages, splitPage } from '../../support/documents.ts';

const pages = readPages();
const anchors = new Map(pages.map((page) => [page.path, anchorsOf(splitPage(page).prose)]));

/** As GitHub makes them of headings. */
function anchorsOf(prose: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [, heading = ''] of prose.matchAll(/^#{1,6} +(.+?) *$/gm)) {
    const text = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const slug = text.replace(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(' ', '-');
    let anchor = slug;
    for (let count = 1; found.has(anchor); count += 1) anchor = `${slug}-${count}`;
    found.add(anchor);
  }
  return found;
}

/** What is wrong with a link that a page has; null: it leads somewhere. */
function faultOf(from: string, link: string): string | null {
  const [file = '', anchor] = link.split('#', 2);
  const path = file === '' ? from : normalize(join(dirname(from), decodeURIComponent(file)));
  if (path.startsWith('..')) return `${from}: ${link} leads out of the project`;
  if (!existsSync(join(ROOT, path))) return `${from}: there is no ${path}`;
  if (anchor === undefined || anchors.get(path)?.has(anchor)) return null;
  return `${from}: ${path} has no heading ${anchor}`;
}

const links = pages.flatMap((page) =>
  [...splitPage(page).prose.matchAll(/\]\(([^()\s]+)(?: "[^"]*")?\)/g)].map(([, link = '']) => ({ from: page.path, link })),
);

test('every link within the project leads to a file that there is, and to a heading of it', () => {
  const within = links.filter(({ link }) => !/^[a-z]+:/.test(link));

  expect(pages.length).toBeGreaterThan(25);
  expect(within.length).toBeGreaterThan(50);
  expect(within.map(({ from, link }) => faultOf(from, link)).filter((fault) => fault !== null)).toEqual([]);
});

test('README.md leads to every page of docs', () => {
  const led = new Set(links.filter(({ from }) => from === 'README.md').map(({ link }) => link));
  const docs = pages.map(({ path }) => path).filter((path) => /^docs\/[^/]+$/.test(path));

  expect(docs.length).toBeGreaterThan(8);
  expect(docs.filter((path) => !led.has(path))).toEqual([]);
});

test('links out of the project are https', () => {
  const out = links.filter(({ link }) => /^[a-z]+:/.test(link));

  expect(out.length).toBeGreaterThan(0);
  expect(out.filter(({ link }) => !link.startsWith('https://'))).toEqual([]);
});

test.each([
  ['docs/operation.md', 'nothing.md', 'no docs/nothing.md'],
  ['docs/operation.md', '#nothing', 'no heading nothing'],
  ['README.md', 'docs/operation.md#nothing', 'no heading nothing'],
  ['README.md', '../elsewhere.md', 'out of the project'],
])('the check finds a link of %s to %s', (from, link, fault) => {
  expect(faultOf(from, link)).toContain(fault);
});
