import { readdir, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startKommoSandbox, type KommoSandbox, type KommoSandboxOptions } from '../../../src/sandbox/kommo/kommo-sandbox.ts';
import { createPopulation } from '../../../src/sandbox/population.ts';
import { GATEWAY, makeFolder, startProgram, type ChildProgram } from '../../support/processes/child-process.ts';
import { startTestGateway, type Answer, type TestGateway } from '../../support/gateway.ts';
import { oauthEnvironment, readPair, storePair } from '../../support/kommo-oauth.ts';
import { eventually } from '../../support/eventually.ts';

const population = createPopulation({ kommo: 6, onlyoffice: 1, callgear: 1 });
const HOUR_MS = 3_600_000;
const REFRESH = 'POST /oauth2/access_token';
const REPORTS = 'sourceReports { status error { code message } }';

interface Reported {
  readonly contacts: {
    readonly sourceReports: readonly {
      readonly status: string;
      readonly error: { readonly code: string; readonly message: string } | null;
    }[];
  };
}

interface Connected extends AsyncDisposable {
  readonly kommo: KommoSandbox;
  readonly tokenPath: string;
  readonly startGateway: () => Promise<TestGateway>;
}

/** A Kommo account with a pair in the token file. */
async function connect(lifeMs: number, options: KommoSandboxOptions = {}): Promise<Connected> {
  const folder = await makeFolder();
  const tokenPath = join(folder.path, 'tokens.json');
  const kommo = await startKommoSandbox({ population, ...options });
  await storePair(kommo, tokenPath, lifeMs);
  return {
    kommo,
    tokenPath,
    startGateway: () =>
      startTestGateway({ onlyoffice: null, kommo: null, callgear: null, environment: oauthEnvironment(kommo, tokenPath) }),
    async [Symbol.asyncDispose]() {
      await kommo.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function askAt(url: string, number = 0): Promise<Reported['contacts']['sourceReports'][number] | undefined> {
  const query = `{ contacts(first: 1, filter: { createdAt: { from: "20${String(10 + number)}-01-01T00:00:00Z" } }) { ${REPORTS} } }`;
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query }) });
  return ((await response.json()) as Answer<Reported>).data?.contacts.sourceReports[0];
}
const refreshesSent = (kommo: KommoSandbox) => kommo.requests.filter(({ route }) => route === REFRESH).length;

describe('a token that has run out', () => {
  test('is refreshed once for fifty queries at the same time, and the new pair is on disk before it is used', async () => {
    await using connected = await connect(-1);
    const { kommo, tokenPath } = connected;
    const old = readPair(tokenPath);
    kommo.oauth.vault.expireAccessTokens();
    const isStoredAtUse: boolean[] = [];
    const alter = (body: unknown): unknown => {
      const used = kommo.requests.at(-1)?.headers['authorization'];
      isStoredAtUse.push(used === `Bearer ${readPair(tokenPath)?.accessToken}`);
      return body;
    };
    kommo.setFaults([{ route: 'GET /api*', effect: { kind: 'alter', alter } }]);
    await using gateway = await connected.startGateway();
    const reports = await Promise.all(Array.from({ length: 50 }, (_, number) => askAt(gateway.url, number)));
    // Kommo's limit lets only some of them through in time.
    for (const report of reports) expect(['OK', 'RATE_LIMITED', 'TIMEOUT']).toContain(report?.error?.code ?? 'OK');
    expect(reports.some((report) => report?.status === 'OK')).toBe(true);
    expect(refreshesSent(kommo)).toBe(1);
    expect(kommo.oauth.refreshCount).toBe(1);
    expect(isStoredAtUse.length).toBeGreaterThan(0);
    expect(isStoredAtUse).not.toContain(false);
    expect(readPair(tokenPath)?.refreshToken).not.toBe(old?.refreshToken);
    expect((await stat(tokenPath)).mode & 0o777).toBe(0o600);
  });

  test('is refreshed ahead of its end, without a 401', async () => {
    await using connected = await connect(60_000);
    const old = readPair(connected.tokenPath);
    await using gateway = await connected.startGateway();
    expect(await askAt(gateway.url)).toMatchObject({ status: 'OK' });
    await eventually(() => expect(readPair(connected.tokenPath)?.accessToken).not.toBe(old?.accessToken));
    expect(await askAt(gateway.url, 1)).toMatchObject({ status: 'OK' });
    expect(connected.kommo.oauth.refreshCount).toBe(1);
    expect(connected.kommo.requests.map(({ status }) => status)).not.toContain(401);
  });

  test('is not waited for ahead of its end', async () => {
    await using connected = await connect(60_000);
    connected.kommo.setFaults([{ route: REFRESH, effect: { kind: 'hang' } }]);
    await using gateway = await connected.startGateway();
    for (let number = 0; number < 3; number += 1) expect(await askAt(gateway.url, number)).toMatchObject({ status: 'OK' });
    await eventually(() => expect(refreshesSent(connected.kommo)).toBe(1));
  });

  test('is refreshed once when Kommo refuses it before its end', async () => {
    await using connected = await connect(HOUR_MS);
    await using gateway = await connected.startGateway();
    expect(await askAt(gateway.url, 0)).toMatchObject({ status: 'OK' });
    connected.kommo.oauth.vault.expireAccessTokens();
    for (const report of await Promise.all([1, 2, 3, 4, 5].map((number) => askAt(gateway.url, number)))) {
      expect(report).toMatchObject({ status: 'OK' });
    }
    expect(connected.kommo.oauth.refreshCount).toBe(1);
  });
});

describe('a grant that is dead', () => {
  test('is told as such with what to do, costs no call any more, and lives again once the account is connected anew', async () => {
    await using connected = await connect(-1);
    const { kommo, tokenPath } = connected;
    kommo.oauth.vault.revokeRefreshTokens();
    await using gateway = await connected.startGateway();
    for (let number = 0; number < 3; number += 1) {
      expect(await askAt(gateway.url, number)).toMatchObject({
        status: 'FAILED',
        error: { code: 'UNAUTHENTICATED', message: expect.stringContaining('npm run connect -- kommo') },
      });
    }
    expect(kommo.requests.map(({ route }) => route)).toEqual([REFRESH]);
    const health = await gateway.ask('{ sources { health { status error { message } } } }');
    expect(health).toMatchObject({
      sources: [{ health: { status: 'UNAUTHENTICATED', error: { message: expect.stringContaining('connect') } } }],
    });
    await storePair(kommo, tokenPath, HOUR_MS);
    expect(await askAt(gateway.url, 9)).toMatchObject({ status: 'OK' });
  });

  test('that was never given is told as such, without a call', async () => {
    await using connected = await connect(HOUR_MS);
    const { kommo } = connected;
    await using gateway = await startTestGateway({
      onlyoffice: null,
      kommo: null,
      callgear: null,
      environment: oauthEnvironment(kommo, `${connected.tokenPath}.none`),
    });
    expect(await askAt(gateway.url)).toMatchObject({ error: { code: 'UNAUTHENTICATED', message: expect.stringContaining('connect') } });
    expect(kommo.requests).toEqual([]);
  });
});

describe('processes on one token file', () => {
  function startProcess({ kommo, tokenPath }: Connected): ChildProgram {
    return startProgram(GATEWAY, { environment: { PORT: '0', ...oauthEnvironment(kommo, tokenPath) } });
  }
  async function urlOf(program: ChildProgram): Promise<string> {
    return (await program.waitFor(/is ready: (\S+)/))[1] ?? '';
  }
  /** Makes the lock that a dead process has left as old as it is after half a minute. */
  async function ageLock(tokenPath: string): Promise<void> {
    const longAgo = new Date(Date.now() - 30_000);
    await utimes(`${tokenPath}.lock`, longAgo, longAgo);
  }

  test('refresh once when two find out at the same time', async () => {
    await using connected = await connect(-1);
    connected.kommo.oauth.vault.expireAccessTokens();
    await using first = startProcess(connected);
    await using second = startProcess(connected);
    const urls = await Promise.all([urlOf(first), urlOf(second)]);
    const reports = await Promise.all([0, 1, 2, 3].map((number) => askAt(urls[number % 2] ?? '', number)));
    for (const report of reports) expect(report).toMatchObject({ status: 'OK' });
    expect(connected.kommo.oauth.refreshCount).toBe(1);
    expect(connected.kommo.oauth.refusedRefreshCount).toBe(0);
  });

  /** Lets a process begin a refresh that gets no answer, and kills it in the middle. */
  async function killWhileRefreshing(connected: Connected, when: 'before' | 'after'): Promise<void> {
    const { kommo, tokenPath } = connected;
    kommo.oauth.vault.expireAccessTokens();
    kommo.setFaults([{ route: REFRESH, when, effect: { kind: 'hang' } }]);
    await using doomed = startProcess(connected);
    const answer = askAt(await urlOf(doomed)).catch(() => undefined);
    await eventually(() => expect(refreshesSent(kommo)).toBe(1));
    doomed.kill('SIGKILL');
    await doomed.exitCode;
    await answer;
    kommo.setFaults([]);
    await ageLock(tokenPath);
  }

  test('recover when one died before Kommo carried its refresh out', async () => {
    await using connected = await connect(-1);
    await killWhileRefreshing(connected, 'before');
    await using gateway = await connected.startGateway();
    expect(await askAt(gateway.url)).toMatchObject({ status: 'OK' });
    expect(connected.kommo.oauth.refreshCount).toBe(1);
  });

  test('recover when one died before it stored the new pair, where Kommo keeps the old one usable', async () => {
    await using connected = await connect(-1, { isRefreshGraceful: true });
    await killWhileRefreshing(connected, 'after');
    await using gateway = await connected.startGateway();
    expect(await askAt(gateway.url)).toMatchObject({ status: 'OK' });
  });

  test('say clearly to connect again when one died before it stored the new pair, where Kommo does not', async () => {
    await using connected = await connect(-1);
    await killWhileRefreshing(connected, 'after');
    await using gateway = await connected.startGateway();
    expect(await askAt(gateway.url)).toMatchObject({
      error: { code: 'UNAUTHENTICATED', message: expect.stringContaining('npm run connect -- kommo') },
    });
    expect(refreshesSent(connected.kommo)).toBe(2);
  });

  test('go on with the stored pair when one died after storing it', async () => {
    await using connected = await connect(-1);
    await using doomed = startProcess(connected);
    expect(await askAt(await urlOf(doomed))).toMatchObject({ status: 'OK' });
    doomed.kill('SIGKILL');
    await doomed.exitCode;
    await using gateway = await connected.startGateway();
    expect(await askAt(gateway.url)).toMatchObject({ status: 'OK' });
    expect(connected.kommo.oauth.refreshCount).toBe(1);
    expect((await readdir(join(connected.tokenPath, '..'))).filter((name) => name !== 'tokens.json')).toEqual([]);
  });

  test('store the pair of a refresh under way before they end on SIGTERM', async () => {
    await using connected = await connect(-1);
    const { kommo, tokenPath } = connected;
    kommo.oauth.vault.expireAccessTokens();
    kommo.setFaults([{ route: REFRESH, when: 'after', effect: { kind: 'delay', delayMs: 1_500 } }]);
    await using stopped = startProcess(connected);
    const client = new AbortController();
    const body = JSON.stringify({ query: `{ contacts { ${REPORTS} } }` });
    const url = await urlOf(stopped);
    const answer = fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body, signal: client.signal });
    await eventually(() => expect(refreshesSent(kommo)).toBe(1));
    // Nobody waits for the refresh any more.
    client.abort();
    await expect(answer).rejects.toThrow(/abort/i);
    stopped.kill('SIGTERM');
    expect(await stopped.exitCode).toBe(0);
    expect(kommo.oauth.vault.isAccessTokenValid(readPair(tokenPath)?.accessToken ?? '')).toBe(true);
  });
});
