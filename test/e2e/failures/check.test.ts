import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startCallgearSandbox } from '../../../src/sandbox/callgear/callgear-sandbox.ts';
import { startKommoSandbox } from '../../../src/sandbox/kommo/kommo-sandbox.ts';
import { startOnlyofficeSandbox } from '../../../src/sandbox/onlyoffice/onlyoffice-sandbox.ts';
import { createPopulation } from '../../../src/sandbox/population.ts';
import { COMMAND, makeFolder, startProgram } from '../../support/processes/child-process.ts';

const population = createPopulation({ kommo: 5, onlyoffice: 5, callgear: 5 });

async function runCheck(
  environment: Readonly<Record<string, string>>,
  directory?: string,
): Promise<{ exitCode: number | null; output: string }> {
  await using program = startProgram(COMMAND, { arguments: ['check'], environment, ...(directory !== undefined && { directory }) });
  const exitCode = await program.exitCode;
  return { exitCode, output: program.output() };
}

/** The cells of a source's row, blanks cut. */
function rowOf(output: string, source: string): string[] {
  const line = output.split('\n').find((candidate) => candidate.startsWith(`${source} (`)) ?? '';
  return line.split(/ {2,}/);
}

test('says of three accounts that are well that they are, in one table, and exits with 0', async () => {
  await using onlyoffice = await startOnlyofficeSandbox({ population });
  await using kommo = await startKommoSandbox({ population });
  await using callgear = await startCallgearSandbox({ population });
  const { exitCode, output } = await runCheck({
    ONLYOFFICE_URL: onlyoffice.url,
    ONLYOFFICE_TOKEN: onlyoffice.token,
    KOMMO_URL: kommo.url,
    KOMMO_TOKEN: kommo.token,
    CALLGEAR_URL: callgear.url,
    CALLGEAR_TOKEN: callgear.token,
  });
  expect(output).toMatch(/^SOURCE +REACHABLE +AUTHENTICATED +RIGHTS +QUOTA +LATENCY\n/);
  expect(rowOf(output, 'onlyoffice').slice(1, 4)).toEqual(['yes', 'yes', 'contacts']);
  expect(rowOf(output, 'kommo').slice(1, 4)).toEqual(['yes', 'yes', 'contacts, users']);
  expect(rowOf(output, 'callgear').slice(1, 5)).toEqual(['yes', 'yes', 'contacts, users', '198/200 minute, 3498/3500 day']);
  expect(rowOf(output, 'kommo')[5]).toMatch(/^\d+ ms$/);
  expect(output.trim().split('\n')).toHaveLength(4);
  expect(exitCode).toBe(0);
});

test('colors its words where a terminal wants them, and not with NO_COLOR or in a file', async () => {
  await using kommo = await startKommoSandbox({ population });
  const account = { KOMMO_URL: kommo.url, KOMMO_TOKEN: 'wrong' };
  const outputs = [];
  for (const surroundings of [{ FORCE_COLOR: '1' }, { NO_COLOR: '1' }, {}]) {
    outputs.push((await runCheck({ ...account, ...surroundings })).output);
  }

  expect(outputs.map((output) => output.includes('\u001B[31mno'))).toEqual([true, false, false]);
  expect(outputs.map((output) => output.includes('\u001B'))).toEqual([true, false, false]);
});

test('names the IP restrictions of a portal that lets nobody log in from this address', async () => {
  await using onlyoffice = await startOnlyofficeSandbox({ population, refusesAddress: true });
  const { exitCode, output } = await runCheck({
    ONLYOFFICE_URL: onlyoffice.url,
    ONLYOFFICE_USERNAME: onlyoffice.userName,
    ONLYOFFICE_PASSWORD: onlyoffice.password,
  });
  expect(rowOf(output, 'onlyoffice')[3]).toBe('none');
  expect(output).toContain('check the IP restrictions in the settings of the portal');
  expect(exitCode).toBe(1);
});

test('says what to do about rights and features that are missing, without a word of any secret', async () => {
  await using onlyoffice = await startOnlyofficeSandbox({ population });
  await using kommo = await startKommoSandbox({ population, isAdmin: false, isApiFilterEnabled: false });
  await using callgear = await startCallgearSandbox({ population, isIpWhitelisted: false });
  const secrets = { ONLYOFFICE_PASSWORD: 'wrong-password-7c1', KOMMO_TOKEN: kommo.token, CALLGEAR_TOKEN: callgear.token };
  const { exitCode, output } = await runCheck({
    ONLYOFFICE_URL: onlyoffice.url,
    ONLYOFFICE_USERNAME: onlyoffice.userName,
    KOMMO_URL: kommo.url,
    CALLGEAR_URL: callgear.url,
    ...secrets,
  });
  expect(rowOf(output, 'onlyoffice').slice(1, 4)).toEqual(['yes', 'no', '?']);
  expect(output).toMatch(/onlyoffice \(ONLYOFFICE\): .*check the user name and the password/);
  expect(rowOf(output, 'kommo').slice(1, 4)).toEqual(['yes', 'yes', 'contacts']);
  expect(output).toMatch(/kommo \(KOMMO\): .*lacks admin rights/);
  expect(output).toMatch(/kommo \(KOMMO\): .*lacks Kommo's API filter feature/);
  expect(rowOf(output, 'callgear').slice(1, 4)).toEqual(['yes', '?', 'none']);
  expect(output).toMatch(/callgear \(CALLGEAR\): .*IP allow-list under Administrator > Account > Rules and security settings > API/);
  expect(exitCode).toBe(1);
  for (const secret of [...Object.values(secrets), onlyoffice.userName]) expect(output).not.toContain(secret);
});

test('tells accounts that are banned, used up or away from each other', async () => {
  const gone = await startOnlyofficeSandbox({ population });
  await gone.close();
  await using kommo = await startKommoSandbox({
    population,
    faults: [{ route: 'GET*', effect: { kind: 'respond', status: 403, contentType: 'text/html', body: '<html>Forbidden</html>' } }],
  });
  await using callgear = await startCallgearSandbox({ population, quotas: { minute: 60, day: 0 } });
  const { exitCode, output } = await runCheck({
    ONLYOFFICE_URL: gone.url,
    ONLYOFFICE_TOKEN: gone.token,
    KOMMO_URL: kommo.url,
    KOMMO_TOKEN: kommo.token,
    CALLGEAR_URL: callgear.url,
    CALLGEAR_TOKEN: callgear.token,
  });
  expect(rowOf(output, 'onlyoffice').slice(1, 4)).toEqual(['no', '?', '?']);
  expect(output).toMatch(/onlyoffice \(ONLYOFFICE\): .*cannot be reached\.?\n {2}Nothing listens at the URL/);
  expect(output).toMatch(/kommo \(KOMMO\): .*refuses calls from this address or account altogether/);
  expect(rowOf(output, 'callgear').slice(1, 4)).toEqual(['yes', 'yes', '?']);
  expect(output).toMatch(/callgear \(CALLGEAR\): .*used up its quota of calls/);
  expect(exitCode).toBe(1);
});

test('tells a certificate that is not trusted from a port without TLS', async () => {
  const pem = await readFile(join(import.meta.dirname, '../../fixtures/tls/untrusted.pem'));
  const untrusted = createServer({ key: pem, cert: pem });
  await new Promise<void>((resolve) => untrusted.listen(0, '127.0.0.1', resolve));
  await using onlyoffice = await startOnlyofficeSandbox({ population });
  const { exitCode, output } = await runCheck({
    ONLYOFFICE_URL: onlyoffice.url.replace('http:', 'https:'),
    ONLYOFFICE_TOKEN: onlyoffice.token,
    KOMMO_URL: `https://127.0.0.1:${(untrusted.address() as AddressInfo).port}`,
    KOMMO_TOKEN: 'token',
  });
  untrusted.close();
  expect(output).toMatch(/onlyoffice \(ONLYOFFICE\): .*cannot be reached\.?\n {2}The host speaks no TLS at that port/);
  expect(output).toMatch(/kommo \(KOMMO\): .*has a certificate that is not trusted\.?\n {2}The host's certificate is not trusted here/);
  expect(exitCode).toBe(1);
});

test('costs what docs/operation.md says: one call to ONLYOFFICE, three to Kommo, two to CallGear, and a log-in where there is one', async () => {
  await using onlyoffice = await startOnlyofficeSandbox({ population });
  await using kommo = await startKommoSandbox({ population });
  await using callgear = await startCallgearSandbox({ population });
  const urls = { ONLYOFFICE_URL: onlyoffice.url, KOMMO_URL: kommo.url, CALLGEAR_URL: callgear.url };
  const counts = () => [onlyoffice, kommo, callgear].map(({ requests }) => requests.length);
  await runCheck({ ...urls, ONLYOFFICE_TOKEN: onlyoffice.token, KOMMO_TOKEN: kommo.token, CALLGEAR_TOKEN: callgear.token });
  expect(counts()).toEqual([1, 3, 2]);
  await runCheck({
    ...urls,
    ONLYOFFICE_USERNAME: onlyoffice.userName,
    ONLYOFFICE_PASSWORD: onlyoffice.password,
    KOMMO_TOKEN: kommo.token,
    CALLGEAR_LOGIN: callgear.login,
    CALLGEAR_PASSWORD: callgear.password,
  });
  expect(counts()).toEqual([1 + 2, 3 + 3, 2 + 3]);
});

test('says of an account that nobody has connected yet, or whose tokens cannot be read, how to connect it, and that nothing was called', async () => {
  await using kommo = await startKommoSandbox({ population });
  await using folder = await makeFolder();
  const oauth = { KOMMO_CLIENT_ID: 'client', KOMMO_CLIENT_SECRET: 'client-secret-5d2', KOMMO_REDIRECT_URI: 'https://example.com/callback' };
  const tokenStore = join(folder.path, 'tokens.json');
  const environment = { KOMMO_URL: kommo.url, ...oauth, TOKEN_STORE: tokenStore };
  const nobody = await runCheck(environment);
  expect(rowOf(nobody.output, 'kommo').slice(1, 4)).toEqual(['?', 'no', '?']);
  expect(nobody.output).toMatch(/kommo \(KOMMO\): No tokens are stored for kommo.*\n {2}Run npm run connect -- kommo\n/);
  await writeFile(tokenStore, '{"kommo": {"accessToken": "secret-of-the-file');
  const broken = await runCheck(environment);
  expect(rowOf(broken.output, 'kommo').slice(1, 4)).toEqual(['?', 'no', '?']);
  expect(broken.output).toMatch(/\n {2}Here the token file is not of the expected form; mend it, or delete it and connect again\.\n/);
  expect(`${nobody.output}${broken.output}`).not.toMatch(/secret/);
  expect([nobody.exitCode, broken.exitCode]).toEqual([1, 1]);
  expect(kommo.requests).toEqual([]);
});

test('reaches a CRM that answers with a fault, and never calls a list without end without end', async () => {
  await using onlyoffice = await startOnlyofficeSandbox({ population, faults: [{ route: '*', effect: { kind: 'respond', status: 500 } }] });
  let row = 0;
  const oneMore = (body: unknown) => {
    row += 1;
    return { ...(body as object), result: { data: [{ id: row, full_name: `Employee ${row}` }] } };
  };
  await using callgear = await startCallgearSandbox({
    population,
    faults: [{ route: 'POST get.employees', effect: { kind: 'alter', alter: oneMore } }],
  });
  const { output } = await runCheck({
    ONLYOFFICE_URL: onlyoffice.url,
    ONLYOFFICE_TOKEN: onlyoffice.token,
    CALLGEAR_URL: callgear.url,
    CALLGEAR_TOKEN: callgear.token,
  });
  expect(rowOf(output, 'onlyoffice').slice(1, 4)).toEqual(['yes', '?', '?']);
  expect(rowOf(output, 'callgear').slice(1, 4)).toEqual(['yes', 'yes', 'contacts']);
  expect(output).toMatch(/callgear \(CALLGEAR\): .*\n {2}One of its lists does not end/);
  expect(callgear.requests).toHaveLength(20);
});

test('says what kind of error stopped it when it cannot check at all, and nothing that the error quotes', async () => {
  await using folder = await makeFolder();
  await mkdir(join(folder.path, '.env'));
  const { exitCode, output } = await runCheck({}, folder.path);
  expect(output).toMatch(/^The check itself has failed\. Unexpected \w+ \([A-Z_]+\)\.\n$/);
  expect(exitCode).toBe(1);
});
