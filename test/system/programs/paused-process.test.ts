import { execFileSync } from 'node:child_process';
import { open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startKommoSandbox, type KommoSandbox } from '../../../src/sandbox/kommo/kommo-sandbox.ts';
import { createPopulation } from '../../../src/sandbox/population.ts';
import { GATEWAY, makeFolder, startProgram, type ChildProgram } from '../../support/processes/child-process.ts';
import { eventually } from '../../support/eventually.ts';
import { oauthEnvironment, readPair, storePair } from '../../support/kommo-oauth.ts';

/**
 * Two gateways on one token file, one of which really stands still (SIGSTOP) while it holds the lock. The other one waits until the lock is stale,
 * which takes the ten seconds that it takes in earnest.
 */
const population = createPopulation({ kommo: 6, onlyoffice: 1, callgear: 1 });
const REFRESH = 'POST /oauth2/access_token';
const TEST_TIMEOUT_MS = 120_000;

const refreshTokensSent = (kommo: KommoSandbox) =>
  kommo.requests.filter(({ route }) => route === REFRESH).map(({ body }) => (body as { refresh_token: string }).refresh_token);

function startGateway(kommo: KommoSandbox, tokenPath: string): ChildProgram {
  const patience = { REQUEST_TIMEOUT_MS: '60000', SOURCE_TIMEOUT_MS: '60000' };
  return startProgram(GATEWAY, { environment: { PORT: '0', ...patience, ...oauthEnvironment(kommo, tokenPath) } });
}

async function urlOf(program: ChildProgram): Promise<string> {
  return (await program.waitFor(/is ready: (\S+)/))[1] ?? '';
}

async function statusAt(url: string): Promise<string> {
  const body = JSON.stringify({ query: '{ contacts(first: 1) { sourceReports { status error { code } } } }' });
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  return response.text();
}

test.concurrent(
  'a process that stood still between taking the lock and sending looks at the lock again, and sends nothing with the old token',
  async () => {
    await using folder = await makeFolder();
    const tokenPath = join(folder.path, 'tokens.json');
    await using kommo = await startKommoSandbox({ population });
    const old = await storePair(kommo, tokenPath, -1);
    const content = JSON.stringify({ kommo: old });
    // Whoever opens a pipe to read waits for what is written to it: so it can be stopped in the midst of reading the stored pair.
    await rm(tokenPath);
    execFileSync('mkfifo', [tokenPath, `${tokenPath}.second`]);
    await using paused = startGateway(kommo, tokenPath);
    await using other = startGateway(kommo, tokenPath);
    const [pausedUrl, otherUrl] = await Promise.all([urlOf(paused), urlOf(other)]);
    const pausedAnswer = statusAt(pausedUrl);
    const beforeLock = await open(tokenPath, 'w');
    // The next read is of another pipe, so that the two cannot run into each other.
    await rename(`${tokenPath}.second`, tokenPath);
    await beforeLock.writeFile(content);
    await beforeLock.close();
    const underLock = await open(tokenPath, 'w');
    paused.kill('SIGSTOP');
    await writeFile(`${tokenPath}.file`, content);
    await rename(`${tokenPath}.file`, tokenPath);

    expect(await statusAt(otherUrl)).toContain('"OK"');
    const taken = readPair(tokenPath);
    expect(taken?.refreshToken).not.toBe(old.refreshToken);
    await underLock.writeFile(content);
    await underLock.close();
    paused.kill('SIGCONT');

    expect(await pausedAnswer).toContain('"OK"');
    expect(refreshTokensSent(kommo)).toEqual([old.refreshToken]);
    expect(readPair(tokenPath)).toEqual(taken);
  },
  TEST_TIMEOUT_MS,
);

test.concurrent(
  'a pair that came for a process while it stood still is stored, though another one had the lock and was refused with the old token',
  async () => {
    await using folder = await makeFolder();
    const tokenPath = join(folder.path, 'tokens.json');
    await using kommo = await startKommoSandbox({ population });
    const old = await storePair(kommo, tokenPath, -1);
    const hold = Promise.withResolvers<void>();
    kommo.setFaults([{ route: REFRESH, times: 1, when: 'after', effect: { kind: 'hold', until: hold.promise } }]);
    await using paused = startGateway(kommo, tokenPath);
    await using other = startGateway(kommo, tokenPath);
    const [pausedUrl, otherUrl] = await Promise.all([urlOf(paused), urlOf(other)]);
    const pausedAnswer = statusAt(pausedUrl);
    await eventually(() => expect(refreshTokensSent(kommo)).toHaveLength(1));
    paused.kill('SIGSTOP');
    hold.resolve();

    expect(await statusAt(otherUrl)).toContain('"UNAUTHENTICATED"');
    expect(readPair(tokenPath)).toEqual(old);
    paused.kill('SIGCONT');

    expect(await pausedAnswer).toContain('"OK"');
    expect(kommo.oauth.vault.isAccessTokenValid(readPair(tokenPath)?.accessToken ?? '')).toBe(true);
    // The other one needs nobody to connect anew: the stored pair has changed.
    expect(await statusAt(otherUrl)).toContain('"OK"');
    expect(refreshTokensSent(kommo)).toEqual([old.refreshToken, old.refreshToken]);
  },
  TEST_TIMEOUT_MS,
);
