import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Names this version of the gateway, by all files of its code: two that differ may not understand what the other one has written. Takes some 20 ms. */
export function hashOfProgram(): string {
  // The bundle is one folder; this file lies in a folder of `src`.
  const root = import.meta.filename.endsWith('.ts') ? join(import.meta.dirname, '..') : import.meta.dirname;
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => /\.[jt]s$/.test(name));
  const hash = createHash('sha256');
  for (const name of files.sort()) hash.update(`${name}\n`).update(readFileSync(join(root, name)));
  return hash.digest('base64url');
}
