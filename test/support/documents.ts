import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

/** One page of the project's documents. */
export interface Page {
  /** From the root of the project. */
  readonly path: string;
  readonly text: string;
}

/** A block of code in a page. */
export interface CodeBlock {
  readonly path: string;
  readonly language: string;
  readonly lines: readonly string[];
}

/** Reads every page that the project has, changelog and decisions included. */
export function readPages(): readonly Page[] {
  const inFolders = ['docs', 'examples', 'bench'].flatMap((folder) => pagesBelow(folder));
  const paths = [...readdirSync(ROOT).filter((name) => name.endsWith('.md')), ...inFolders];
  return paths.map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
}

function pagesBelow(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : pagesBelow(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

/** Returns the blocks of code of a page, and the page without them. */
export function splitPage({ path, text }: Page): { readonly blocks: readonly CodeBlock[]; readonly prose: string } {
  const blocks: { path: string; language: string; lines: string[] }[] = [];
  const prose: string[] = [];
  let isInside = false;
  for (const line of text.split('\n')) {
    const fence = /^ *```(\w*)/.exec(line);
    if (fence !== null) {
      isInside = !isInside;
      if (isInside) blocks.push({ path, language: fence[1] ?? '', lines: [] });
    } else if (isInside) blocks.at(-1)?.lines.push(line);
    else prose.push(line);
  }
  return { blocks, prose: prose.join('\n') };
}
