import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { REPLACED } from '../../../scripts/build-bundle.mjs';

const PACKAGES = join(import.meta.dirname, '../../../node_modules');

test.each(REPLACED)('$file still has the line that the bundle has otherwise', async ({ file, text }) => {
  const found = await readFile(join(PACKAGES, file), 'utf8');
  expect(found.split(text)).toHaveLength(2);
});
