import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const DIRECTORY = join(import.meta.dirname, '../../examples');

/** The operations of `examples/`, in the order of their file names: the tabs that GraphiQL opens with. */
export function readExampleOperations(): readonly string[] {
  return readdirSync(DIRECTORY)
    .filter((name) => name.endsWith('.graphql'))
    .sort()
    .map((name) => readFileSync(join(DIRECTORY, name), 'utf8'));
}
