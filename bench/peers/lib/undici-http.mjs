// The HTTP client of the peers that have none of their own choice: undici, connections kept.
import { Pool } from 'undici';
import { IS_SHARED, UPSTREAM } from './crm.mjs';

const pool = new Pool(UPSTREAM, { connections: 256, pipelining: 1 });

async function call(method, path, body) {
  const headers = { accept: 'application/json', authorization: 'Bearer t', ...(body && { 'content-type': 'application/json' }) };
  const reply = await pool.request({ path, method, body, headers });
  if (reply.statusCode >= 400) throw new Error(`${reply.statusCode} ${path} ${await reply.body.text()}`);
  return reply.body.json();
}

// With REUSE=shared equal calls in flight are one.
const inFlight = new Map();
function shared(method, path, body) {
  const key = `${method} ${path} ${body ?? ''}`;
  let reply = inFlight.get(key);
  if (!reply) inFlight.set(key, (reply = call(method, path, body).finally(() => inFlight.delete(key))));
  return reply;
}

const send = IS_SHARED ? shared : call;
export const http = { get: (path) => send('GET', path), post: (path, body) => send('POST', path, JSON.stringify(body)) };
