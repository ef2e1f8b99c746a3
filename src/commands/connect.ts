import { randomBytes } from 'node:crypto';
import { readSettings, type Settings } from '../config/settings.ts';
import { SOURCE_MODULES } from '../datasources/registry.ts';
import type { SourceConnection } from '../datasources/credentials/source-connection.ts';
import { TokenFile } from '../datasources/credentials/token-file.ts';
import { joinReplicas } from '../replicas/join.ts';
import type { SourceDependencies } from '../datasources/source-module.ts';
import { createLog } from '../telemetry/log.ts';
import { createSourceDependencies } from '../sources.ts';
import { awaitCallback, type CallbackWait } from './consent-callback.ts';
import { EXIT, readArguments, refuseArguments } from './command-line.ts';
import { wordsOf } from './error-words.ts';
import { loadEnvFile } from '../platform/env-file.ts';

const USAGE = `Usage: npm run connect -- [NAME]
Lets a person give consent for a source that needs it, and stores its tokens.
  NAME  the source, as in the settings; can be left out where only one needs a consent`;

/** `npm run connect -- [NAME]`: lets a person give consent for a source that needs it, and stores the tokens. */
async function main(name: string | undefined): Promise<void> {
  loadEnvFile();
  const settings = readSettings(process.env, SOURCE_MODULES);
  const log = createLog('silent');
  const replicas = await joinReplicas(settings, log);
  const tokenStore = replicas?.tokenStore ?? new TokenFile(settings.tokenStorePath);
  const connections = createConnections(settings, createSourceDependencies(settings, log, tokenStore, undefined, replicas?.governor));
  const chosen = name ?? (connections.size === 1 ? [...connections.keys()][0] : undefined);
  const connection = chosen === undefined ? undefined : connections.get(chosen);
  if (chosen === undefined || connection === undefined) {
    const names = connections.size === 0 ? 'none: no source is configured that needs a consent' : [...connections.keys()].join(', ');
    refuseArguments(`NAME has to be one of: ${names}.`, USAGE);
  }
  await connect(chosen, connection, replicas === null ? settings.tokenStorePath : 'Redis').finally(() => replicas?.close());
}

function createConnections(settings: Settings, dependencies: SourceDependencies): ReadonlyMap<string, SourceConnection> {
  return new Map(
    settings.sources.flatMap(({ module, name, settings: ofSource }) => {
      const connection = module.connect?.(name, ofSource, dependencies) ?? null;
      return connection === null ? [] : [[name, connection] as const];
    }),
  );
}

async function connect(name: string, connection: SourceConnection, storeName: string): Promise<void> {
  const state = randomBytes(32).toString('base64url');
  const { redirectUri } = connection;
  const wait = await awaitCallback({ redirectUri, state, input: process.stdin, onRefusal: (message) => console.error(message) });
  try {
    console.log(instructions(connection.consentUrl(state), redirectUri, wait));
    const { answer, tell } = await wait.callback;
    try {
      await connection.complete(answer);
    } catch (error) {
      tell(false, wordsOf(error));
      throw error;
    }
    tell(true, `${name} is connected. You can close this page.`);
    console.log(`${name} is connected; its tokens are in ${storeName}. A gateway that runs already takes them from there by itself.`);
  } finally {
    await wait.close();
  }
}

function instructions(consentUrl: string, redirectUri: string, { isListening }: CallbackWait): string {
  const next = isListening
    ? `Waiting for the answer at ${redirectUri}. If the browser cannot reach it, paste the address that the browser was sent to:`
    : `Then paste here the address that the browser was sent to (it begins with ${redirectUri}), or the code in it:`;
  return `Open this address in a browser, logged in to the account, and allow access:\n\n  ${consentUrl}\n\n${next}`;
}

const [givenName] = readArguments({ usage: USAGE, argumentsMax: 1 });
try {
  await main(givenName);
} catch (error) {
  console.error(wordsOf(error));
  process.exitCode = EXIT.failed;
}
// Standard input may still be open, and would keep the process alive.
process.stdin.destroy();
