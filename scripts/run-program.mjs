import module from 'node:module';
import { join } from 'node:path';
import { isCurrent } from './made-of.mjs';

const ROOT = join(import.meta.dirname, '..');

/**
 * Runs one of the programs of `src`: from the bundle where that was made of the sources that are there, otherwise from the sources themselves,
 * which start three times as slowly. Ends the process where Node.js is too old.
 *
 * @param program Its file in `src`, without `.ts`: `main`, or `commands/check`.
 */
export async function runProgram(program) {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 22 || (major === 22 && minor < 18)) {
    console.error(`crm-gateway needs Node.js 22.18 or newer; this is ${process.versions.node}. \`npm start\` brings one along on Linux.`);
    process.exit(1);
  }
  // Compiled code is kept from one start to the next, where that folder can be written to.
  module.enableCompileCache(join(ROOT, 'node_modules/.cache/crm-gateway'));
  if (!isCurrent('dist/bundle/main.js')) await import(`../src/${program}.ts`);
  else await import(`../dist/bundle/${program.split('/').at(-1)}.js`);
}
