import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of package.json: two steps up from here, and from the bundle (`dist/bundle`), into which this file goes. */
export const PROJECT_ROOT = join(import.meta.dirname, '../..');

/** Reads the version from package.json; `unknown` where there is none. */
export function packageVersion(): string {
  try {
    const { version } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as { readonly version?: unknown };
    return typeof version === 'string' ? version : 'unknown';
  } catch {
    return 'unknown';
  }
}
