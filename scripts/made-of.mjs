import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** What each result of build.cjs is made of; package-lock.json stands for all packages. */
const SOURCES = {
  'dist/bundle/main.js': ['src', 'scripts/build-bundle.mjs', 'package-lock.json'],
  'dist/pages/graphiql.html': ['web/graphiql', 'examples', 'scripts/build-pages.mjs', 'package-lock.json'],
};
/** Of `examples` the operations alone are in a page: other folders there are programs of their own. */
const FLAT = ['examples'];

/** Beside each result: its sources as they were, a line each, and in the same order the hashes of their contents. */
const STATES = 'made-of.txt';
const HASHES = 'made-of-hashes.txt';

/**
 * Whether a result of build.cjs is there and was made of what its sources are now. Each start asks this, so files are named by the shortest way, and are read only where their
 * times have changed, as by `npm prune`: 2 ms rather than 20.
 */
export function isCurrent(result) {
  try {
    statSync(ROOT + result);
    const states = statesOf(result);
    const noted = readNote(result, STATES);
    return states.join('\n') === noted || isSameContent(states, noted.split('\n'), readNote(result, HASHES).split('\n'));
  } catch {
    return false;
  }
}

/** Notes what a result is about to be made of. @returns The files to be written beside it, by name. */
export async function noteSources(result) {
  const states = statesOf(result);
  const isOfThisSecond = (state) => state.startsWith(`${secondOf(Date.now())} `);
  // What was changed in this second may be changed once more within it, which no state would show.
  if (!states.some(isOfThisSecond)) return { [STATES]: states.join('\n'), [HASHES]: states.map(hashOf).join('\n') };
  await new Promise((resolve) => setTimeout(resolve, 1_000 - (Date.now() % 1_000)));
  return noteSources(result);
}

/** @returns Of each source the second of its last change, as the layers of an image keep no fractions, its size in bytes, and its path. */
function statesOf(result) {
  const states = [];
  const addFile = (path) => {
    const { mtimeMs, size } = statSync(ROOT + path);
    states.push(`${secondOf(mtimeMs)} ${size} ${path}`);
  };
  const addFolder = (folder, isFlat) => {
    for (const entry of readdirSync(ROOT + folder, { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`;
      if (!entry.isDirectory()) addFile(path);
      else if (!isFlat) addFolder(path, false);
    }
  };
  for (const source of SOURCES[result]) {
    if (source.includes('.')) addFile(source);
    else addFolder(source, FLAT.includes(source));
  }
  return states;
}

function isSameContent(states, noted, hashes) {
  const isSame = (state, index) =>
    state === noted[index] || (sizeAndPathOf(state) === sizeAndPathOf(noted[index]) && hashOf(state) === hashes[index]);
  return states.length === noted.length && states.every(isSame);
}

function secondOf(mtimeMs) {
  return Math.floor(mtimeMs / 1_000);
}

function sizeAndPathOf(state) {
  return state.slice(state.indexOf(' '));
}

/** Node.js' module is asked for only here: an import of all its names takes longer than the rest. */
function hashOf(state) {
  const path = state.split(' ').slice(2).join(' ');
  const { createHash } = createRequire(import.meta.url)('crypto');
  return createHash('sha256')
    .update(readFileSync(ROOT + path))
    .digest('base64');
}

function readNote(result, name) {
  return readFileSync(`${ROOT}${dirname(result)}/${name}`, 'utf8');
}
