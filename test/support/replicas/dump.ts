import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RedisServer } from '../processes/redis-server.ts';

/** All that Redis has written to disk, and the names of all that it holds. */
export async function dumpOf({ client, folder }: RedisServer): Promise<string> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const written = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), 'latin1')));
  const keys = await client.keys('*');
  return [...keys, ...written].join('\n');
}
