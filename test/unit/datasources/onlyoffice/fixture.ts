import { readFileSync } from 'node:fs';

/** Reads a body from test/fixtures/onlyoffice. */
export function fixture(name: string): unknown {
  const value: unknown = JSON.parse(readFileSync(new URL(`../../../fixtures/onlyoffice/${name}`, import.meta.url), 'utf8'));
  return value;
}

export function responseOf(name: string): unknown {
  const body = fixture(name);
  return typeof body === 'object' && body !== null && 'response' in body ? body.response : undefined;
}
