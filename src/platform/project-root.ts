import { join } from 'node:path';

/** The folder of package.json: two steps up from here, and from the bundle (`dist/bundle`), into which this file goes. */
export const PROJECT_ROOT = join(import.meta.dirname, '../..');
