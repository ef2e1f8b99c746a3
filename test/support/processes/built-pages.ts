import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const BUILD = join(import.meta.dirname, '../../../scripts/build.cjs');

/** Builds the pages if `npm ci` has not, or if they have changed since. */
export async function buildPages(): Promise<void> {
  await promisify(execFile)(process.execPath, [BUILD, '--if-older']);
}
