import { execFile } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = join(ROOT, 'dist/pages/graphiql.html');
/** What GraphiQL's page is made of. */
const SOURCES = ['web/graphiql', 'examples', 'scripts'];

/** Builds the pages if `npm ci` has not, or if they have changed since. */
export async function buildPages(): Promise<void> {
  if (!isCurrent()) await promisify(execFile)(process.execPath, [join(ROOT, 'scripts/build.cjs')]);
}

function isCurrent(): boolean {
  try {
    const builtAt = statSync(PAGE).mtimeMs;
    const files = SOURCES.flatMap((folder) =>
      readdirSync(join(ROOT, folder), { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => join(ROOT, folder, name)),
    );
    return files.every((path) => statSync(path).mtimeMs <= builtAt);
  } catch {
    return false;
  }
}
