import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { KommoSandbox } from '../../src/sandbox/kommo/kommo-sandbox.ts';

/** A pair as the token file holds it. */
export interface StoredPair {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresAt: string;
}

/** Settings of a gateway whose Kommo account is connected by OAuth. */
export function oauthEnvironment(kommo: KommoSandbox, tokenPath: string): Record<string, string> {
  const { clientId, clientSecret, redirectUri } = kommo.oauth.integration;
  return {
    KOMMO_URL: kommo.url,
    KOMMO_TOKEN: '',
    KOMMO_CLIENT_ID: clientId,
    KOMMO_CLIENT_SECRET: clientSecret,
    KOMMO_REDIRECT_URI: redirectUri,
    TOKEN_STORE: tokenPath,
  };
}

/** Puts a pair that the sandbox has given out into the token file, as `npm run connect` would. */
export async function storePair(kommo: KommoSandbox, tokenPath: string, lifeMs: number): Promise<StoredPair> {
  const pair = { ...kommo.oauth.vault.issueTokens(), expiresAt: new Date(Date.now() + lifeMs).toISOString() };
  await mkdir(dirname(tokenPath), { recursive: true });
  await writeFile(tokenPath, JSON.stringify({ kommo: pair }));
  return pair;
}

export function readPair(tokenPath: string): StoredPair | undefined {
  return (JSON.parse(readFileSync(tokenPath, 'utf8')) as Record<string, StoredPair>)['kommo'];
}
