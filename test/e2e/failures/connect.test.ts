import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startKommoSandbox, type KommoSandbox } from '../../../src/sandbox/kommo/kommo-sandbox.ts';
import { createPopulation } from '../../../src/sandbox/population.ts';
import { COMMAND, makeFolder, startProgram, type ChildProgram } from '../../support/processes/child-process.ts';
import { openConnection, requestHead } from '../../support/http/raw-connection.ts';
import { freePort } from '../../support/processes/free-port.ts';

const population = createPopulation({ kommo: 5, onlyoffice: 1, callgear: 1 });
const FAR_REDIRECT = 'https://integration.example/callback';

interface Connecting extends AsyncDisposable {
  readonly kommo: KommoSandbox;
  readonly program: ChildProgram;
  readonly tokenPath: string;
  readonly redirectUri: string;
  /** The address that the command printed. */
  readonly consentUrl: () => Promise<URL>;
  readonly storedTokens: () => Promise<Record<string, { accessToken: string; refreshToken: string; expiresAt: string }>>;
}

async function startConnecting(
  options: { readonly redirectUri?: string; readonly arguments?: readonly string[] } = {},
): Promise<Connecting> {
  const folder = await makeFolder();
  const redirectUri = options.redirectUri ?? `http://127.0.0.1:${await freePort()}/callback`;
  const kommo = await startKommoSandbox({ population, integration: { redirectUri } });
  const tokenPath = join(folder.path, 'state', 'tokens.json');
  const program = startProgram(COMMAND, {
    arguments: ['connect', ...(options.arguments ?? ['kommo'])],
    environment: {
      KOMMO_URL: kommo.url,
      KOMMO_CLIENT_ID: kommo.oauth.integration.clientId,
      KOMMO_CLIENT_SECRET: kommo.oauth.integration.clientSecret,
      KOMMO_REDIRECT_URI: redirectUri,
      TOKEN_STORE: tokenPath,
    },
  });
  return {
    kommo,
    program,
    tokenPath,
    redirectUri,
    consentUrl: async () => new URL((await program.waitFor(/^ {2}(http\S+)$/m))[1] ?? ''),
    storedTokens: async () => JSON.parse(await readFile(tokenPath, 'utf8')) as Awaited<ReturnType<Connecting['storedTokens']>>,
    async [Symbol.asyncDispose]() {
      await program[Symbol.asyncDispose]();
      await kommo.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** What a browser does on the consent page: loads it, follows the link, and is sent back. */
async function press(consentUrl: URL, link: 'Allow' | 'deny'): Promise<URL> {
  const page = await (await fetch(consentUrl)).text();
  const href = new RegExp(`href="([^"]+)">${link}<`).exec(page)?.[1]?.replaceAll(/&#38;|&amp;/g, '&') ?? '';
  const answer = await fetch(new URL(href, consentUrl), { redirect: 'manual' });
  return new URL(answer.headers.get('location') ?? '');
}

describe('npm run connect with a redirect URI on loopback', () => {
  test('prints the consent page, takes the callback, and stores the pair for its owner alone', async () => {
    await using connecting = await startConnecting();
    const consentUrl = await connecting.consentUrl();
    expect(consentUrl.origin).toBe(connecting.kommo.url);
    expect(consentUrl.searchParams.get('client_id')).toBe(connecting.kommo.oauth.integration.clientId);
    const page = await fetch(await press(consentUrl, 'Allow'));
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('kommo is connected');
    expect(await connecting.program.exitCode).toBe(0);
    const { kommo: pair } = await connecting.storedTokens();
    expect(connecting.kommo.oauth.vault.isAccessTokenValid(pair?.accessToken ?? '')).toBe(true);
    expect(Date.parse(pair?.expiresAt ?? '')).toBeGreaterThan(Date.now() + 86_000_000);
    expect((await stat(connecting.tokenPath)).mode & 0o777).toBe(0o600);
    for (const secret of [pair?.accessToken, pair?.refreshToken, connecting.kommo.oauth.integration.clientSecret]) {
      expect(connecting.program.output()).not.toContain(secret);
    }
  });

  test('turns away an answer with another state, goes on waiting, and takes none twice', async () => {
    await using connecting = await startConnecting();
    const consentUrl = await connecting.consentUrl();
    const forged = await fetch(`${connecting.redirectUri}?code=${connecting.kommo.oauth.vault.issueCode()}&state=forged`);
    expect(forged.status).toBe(400);
    expect((await fetch(connecting.redirectUri)).status).toBe(400);
    expect((await fetch(new URL('/elsewhere', connecting.redirectUri))).status).toBe(404);
    expect(connecting.kommo.oauth.codeExchangeCount).toBe(0);
    const callback = await press(consentUrl, 'Allow');
    const pages = await Promise.all([fetch(callback), fetch(callback).catch(() => null)]);
    expect(pages[0].status).toBe(200);
    expect(pages[1]?.status ?? 410).toBe(410);
    expect(await connecting.program.exitCode).toBe(0);
    expect(connecting.kommo.oauth.codeExchangeCount).toBe(1);
  });

  test('answers whatever else comes by, goes on waiting, and does not wait for silent connections', async () => {
    await using connecting = await startConnecting();
    const consentUrl = await connecting.consentUrl();
    await using mute = await openConnection(connecting.redirectUri);
    for (const target of [
      'GET //',
      'GET http://[',
      'GET ///[::1',
      'GET http://other.example/callback',
      'OPTIONS *',
      'POST /%',
      'CONNECT x:1',
    ]) {
      await using stray = await openConnection(connecting.redirectUri);
      stray.socket.write(requestHead(connecting.redirectUri, `${target} HTTP/1.1`));
      await stray.ended;
      if (!target.startsWith('CONNECT')) expect(stray.received()).toMatch(/^HTTP\/1\.1 40[04] /);
    }
    const page = await fetch(await press(consentUrl, 'Allow'));
    expect(await page.text()).toContain('kommo is connected');
    expect(await connecting.program.exitCode).toBe(0);
    await mute.ended;
  });

  test('says plainly that access was denied', async () => {
    await using connecting = await startConnecting();
    await fetch(await press(await connecting.consentUrl(), 'deny'));
    expect(await connecting.program.exitCode).toBe(1);
    expect(connecting.program.output()).toContain('Access was denied');
  });
});

describe('npm run connect with a redirect URI elsewhere', () => {
  test('takes the address that the browser was sent to from standard input', async () => {
    await using connecting = await startConnecting({ redirectUri: FAR_REDIRECT });
    const callback = await press(await connecting.consentUrl(), 'Allow');
    expect(callback.href.startsWith(FAR_REDIRECT)).toBe(true);
    const forged = new URL(callback);
    forged.searchParams.set('state', 'forged');
    connecting.program.type(forged.href);
    await connecting.program.waitFor(/another attempt/);
    connecting.program.type(callback.href);
    expect(await connecting.program.exitCode).toBe(0);
    expect(Object.keys(await connecting.storedTokens())).toEqual(['kommo']);
  });
});

test('names the sources that can be connected when asked for another', async () => {
  await using connecting = await startConnecting({ arguments: ['callgear'] });
  expect(await connecting.program.exitCode).toBe(2);
  expect(connecting.program.output()).toContain('one of: kommo.');
});
