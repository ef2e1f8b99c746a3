import { readFileSync } from 'node:fs';

/** Every code that docs/errors.md has. */
export const DOCUMENTED_CODES: ReadonlySet<string> = new Set(
  [...readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8').matchAll(/^\| `([A-Z_]+)`/gm)].map(([, code = '']) => code),
);
