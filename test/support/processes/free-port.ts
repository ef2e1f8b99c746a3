import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports that systems give to whoever asks for any one: servers on port 0 and outgoing connections. */
const [LOWEST, HIGHEST] = [10_240, 32_767];
const ATTEMPTS_MAX = 50;

/**
 * Finds a port of the loopback that nobody listens on, for programs that have to be told one. Another server can take it before the program does
 * only if it is told a port as well.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const port = randomInt(LOWEST, HIGHEST + 1);
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
  throw new Error('no free port was found');
}
