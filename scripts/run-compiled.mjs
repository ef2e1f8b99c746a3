import { dirname, join } from 'node:path';

const { readFileSync, realpathSync, renameSync, statSync, writeFileSync } = process.getBuiltinModule('fs');
const { createRequire, Module } = process.getBuiltinModule('module');
const { cachedDataVersionTag } = process.getBuiltinModule('v8');
const { Script } = process.getBuiltinModule('vm');
const { crc32 } = process.getBuiltinModule('zlib');

/** The checksum of the code, in four bytes, and when its source was written, in eight. */
const HEAD_BYTES = 12;

/**
 * Runs a bundled program, a CommonJS file of ASCII characters, from the compiled code that `keep` has left beside it. Node.js' own cache, which serves where there is none, has
 * only what is compiled before a file runs; here are the functions too that a start and a first answer call, without which they take a tenth more CPU.
 *
 * @param path Of the program.
 * @param keep Whether to keep the code of this run, when the process ends.
 */
export function runCompiled(path, keep) {
  // As `require` names it: by another name it would be loaded once more for the files that require it.
  const file = realpathSync(path);
  const second = secondOf(file);
  // Code fits one version of V8 with one set of options.
  const cache = join(dirname(file), `main-${cachedDataVersionTag().toString(16)}.code`);
  const cachedData = keep ? undefined : readCode(cache, second);
  const require = createRequire(file);
  if (cachedData === undefined && !keep) return require(file);
  const source = `(function (require, module, exports, __filename, __dirname) {${readFileSync(file, 'latin1')}\n})`;
  const script = new Script(source, { filename: file, ...(cachedData && { cachedData }) });
  if (keep) process.on('exit', () => keepCode(cache, second, script.createCachedData()));
  // Files that are loaded later require this one in turn, and must not run it again.
  const module = new Module(file);
  require.cache[file] = module;
  script.runInThisContext()(require, module, module.exports, file, dirname(file));
}

/** @returns undefined where there is none, or it is damaged, or of another source: V8 compares the length of that alone. */
function readCode(cache, second) {
  try {
    const bytes = readFileSync(cache);
    const code = bytes.subarray(HEAD_BYTES);
    return bytes.readDoubleLE(4) === second && bytes.readUInt32LE(0) === crc32(code) ? code : undefined;
  } catch {
    return undefined;
  }
}

function keepCode(cache, second, code) {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32LE(crc32(code), 0);
  head.writeDoubleLE(second, 4);
  const fresh = `${cache}.${process.pid}`;
  try {
    writeFileSync(fresh, Buffer.concat([head, code]));
    renameSync(fresh, cache);
  } catch {
    // Whoever may not write here starts without.
  }
}

/** When a file was written. The layers of an image keep no fractions. */
function secondOf(file) {
  return Math.floor(statSync(file).mtimeMs / 1_000);
}
