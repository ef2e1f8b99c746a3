/** Makes a result of build.cjs in a folder beside the old one, and puts it in the place of that when it is complete. */
import { access, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { noteSources } from './made-of.mjs';

const ROOT = join(import.meta.dirname, '..');
/** Other builds may put theirs in that place meanwhile. */
const ATTEMPTS_MAX = 20;

/**
 * Makes the folder of a result. A build that is killed leaves the old folder, the new one, or none, and beside it what the next build removes.
 *
 * @param result A path of made-of.mjs.
 * @param fill Writes the files of the folder that it is given.
 * @param isWanted Whether the result is still wanted once it is made: another build may have been faster.
 */
export async function makeResult(result, fill, isWanted) {
  const folder = join(ROOT, dirname(result));
  const fresh = `${folder}.${process.pid}`;
  await removeRests(folder);
  try {
    await mkdir(fresh, { recursive: true });
    // Before anything is read, so that what changes meanwhile is not taken for what was read.
    const notes = await noteSources(result);
    for (const [name, text] of Object.entries(notes)) await writeFile(join(fresh, name), text);
    await fill(fresh);
    // A build on another machine that shares the folder does not see that this process lives.
    for (const name of Object.keys(notes)) await access(join(fresh, name));
    if (isWanted(result)) await swap(fresh, folder);
  } finally {
    await remove(fresh);
    await remove(oldOf(fresh));
  }
}

async function swap(fresh, folder) {
  const old = oldOf(fresh);
  for (let attempt = 1; ; attempt += 1) {
    // In a container a folder of the image can be removed, and not renamed.
    await rename(folder, old).catch((error) => (error.code === 'EXDEV' ? remove(folder) : throwUnless('ENOENT')(error)));
    try {
      return await rename(fresh, folder);
    } catch (error) {
      if (attempt === ATTEMPTS_MAX) throw error;
      throwUnless('ENOTEMPTY', 'EEXIST')(error);
      await remove(old);
    }
  }
}

/** Removes what killed builds have left. */
async function removeRests(folder) {
  for (const name of await readdir(dirname(folder)).catch(() => [])) {
    const [, of, pid] = /^(\w+)\.(\d+)(?:\.old)?$/.exec(name) ?? [];
    if (of === basename(folder) && !isOther(Number(pid))) await remove(join(dirname(folder), name));
  }
}

/** Whether that is another process that lives. */
function isOther(pid) {
  if (pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code !== 'ESRCH';
  }
}

function oldOf(fresh) {
  return `${fresh}.old`;
}

function remove(path) {
  return rm(path, { recursive: true, force: true });
}

function throwUnless(...codes) {
  return (error) => {
    if (!codes.includes(error.code)) throw error;
  };
}
