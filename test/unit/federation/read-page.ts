import type { ContactSource } from '../../../src/datasources/port/contact-source.ts';
import {
  readContactPage,
  type ContactPage,
  type ContactPageContext,
  type ContactPageRequest,
} from '../../../src/federation/contact-page.ts';
import { createCall } from '../../support/call.ts';

export type PageOptions = Partial<ContactPageRequest> & Partial<ContactPageContext>;

/** Reads a page of everything by display name, unless told otherwise. */
export function readPage(sources: readonly ContactSource[], options: PageOptions = {}): Promise<ContactPage> {
  return readContactPage(
    {
      filter: options.filter ?? {},
      order: options.order ?? { field: 'DISPLAY_NAME', direction: 'ASC' },
      first: options.first ?? 25,
      after: options.after ?? null,
      sources,
      details: options.details ?? new Set(),
      shown: options.shown ?? [],
    },
    {
      call: options.call ?? createCall(),
      sourceTimeoutMs: options.sourceTimeoutMs ?? 5_000,
      scanBudget: options.scanBudget ?? 1_000,
      defaultCountry: options.defaultCountry,
      now: options.now ?? (() => performance.now()),
    },
  );
}

/** `source:id` of each row, in order. */
export function idsOf(page: ContactPage): string[] {
  return page.edges.map(({ record }) => `${record.source}:${record.idInSource}`);
}

export function namesOf(page: ContactPage): string[] {
  return page.edges.map(({ record }) => record.displayName);
}

/** No walk in these tests needs more. */
const PAGES_MAX = 500;

/**
 * Pages from the beginning to the end, as a client does: while there is a next page, or a source to ask again.
 *
 * @param options The options of each page, by its number.
 * @param between Runs between two pages; the cursor it returns, if any, replaces the page's end cursor.
 */
export async function walk(
  sources: readonly ContactSource[],
  options: (page: number) => PageOptions,
  between: (page: ContactPage, number: number) => string | null | undefined | void = () => undefined,
): Promise<ContactPage[]> {
  const pages: ContactPage[] = [];
  let after: string | null = null;
  for (;;) {
    const page: ContactPage = await readPage(sources, { ...options(pages.length), after });
    pages.push(page);
    if (!page.hasNextPage && page.reports.every(({ status }) => status !== 'FAILED' && status !== 'PARTIAL')) return pages;
    if (!page.hasNextPage && page.reports.every(({ error }) => error === null || error.code === 'BAD_RESPONSE')) return pages;
    if (pages.length === PAGES_MAX) throw new Error('The walk does not end.');
    after = between(page, pages.length - 1) ?? page.endCursor();
  }
}
