/**
 * Fills the cache of compiled code: runs the bundle once, on its sandbox, asks it one thing and ends it, which is when that cache is written. A gateway
 * that is killed never does, nor one that may not write there. Does nothing where it cannot be done; takes 2 s.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const MS_MAX = 20_000;
const QUERY =
  '{ contacts(first: 75) { nodes { id displayName emails { value } phones { value } groups { name } responsible { displayName } } } }';

// The code is cached for the options that Node.js is started with, so they are those of `npm start`.
const options = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'))
  .scripts.start.split(' ')
  .slice(2, -1);
// An empty folder: no .env with real CRMs in it, and none in the environment.
const cwd = mkdtempSync(join(tmpdir(), 'crm-gateway-'));
const child = spawn(process.execPath, [...options, join(import.meta.dirname, 'start.mjs')], {
  cwd,
  env: { PATH: process.env.PATH, PORT: '0' },
  stdio: ['ignore', 'pipe', 'ignore'],
});
const clock = setTimeout(() => child.kill('SIGKILL'), MS_MAX);
const ended = once(child, 'exit');
try {
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /ready: (\S+)/.exec(line)?.[1];
    if (url === undefined) continue;
    const headers = { 'content-type': 'application/json' };
    await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query: QUERY }) });
    child.kill('SIGTERM');
  }
} catch {
  child.kill('SIGKILL');
}
await ended;
clearTimeout(clock);
rmSync(cwd, { recursive: true, force: true });
