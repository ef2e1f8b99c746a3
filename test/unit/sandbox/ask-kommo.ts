import { expect } from 'vitest';
import { createPopulation } from '../../../src/sandbox/population.ts';
import { startKommoSandbox, type KommoSandbox, type KommoSandboxOptions } from '../../../src/sandbox/kommo/kommo-sandbox.ts';
import type { KommoContactRow } from '../../../src/sandbox/kommo/rows.ts';

export interface Link {
  readonly href: string;
}

export interface WireRow {
  readonly id: number;
  readonly name: string;
  readonly is_deleted: boolean;
  readonly _links: { readonly self: Link };
  readonly _embedded: Readonly<Record<string, readonly { readonly id: number }[]>>;
}

export interface WirePage {
  readonly _total_items?: number;
  readonly _page_count?: number;
  readonly _links: { readonly self: Link; readonly next?: Link };
  readonly _embedded: Readonly<Record<string, readonly WireRow[]>>;
}

export const PEOPLE = createPopulation();
export const FEW_PEOPLE = createPopulation({ kommo: 60, onlyoffice: 20, callgear: 20 });

export function start(options: KommoSandboxOptions = {}): Promise<KommoSandbox> {
  return startKommoSandbox({ population: FEW_PEOPLE, ...options });
}

export function get(sandbox: KommoSandbox, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${sandbox.url}${path}`, { headers: { authorization: `Bearer ${sandbox.token}` }, redirect: 'manual', ...init });
}

export async function page(sandbox: KommoSandbox, path: string): Promise<WirePage> {
  const response = await get(sandbox, `/api/v4/${path}`);
  expect(response.status).toBe(200);
  return (await response.json()) as WirePage;
}

/** The rows of the one list in the answer; none for 204. */
export async function rows(sandbox: KommoSandbox, path: string): Promise<readonly WireRow[]> {
  const response = await get(sandbox, `/api/v4/${path}`);
  if (response.status === 204) return [];
  const body = (await response.json()) as WirePage;
  return Object.values(body._embedded)[0] ?? [];
}

export async function ids(sandbox: KommoSandbox, path: string): Promise<number[]> {
  return (await rows(sandbox, path)).map(({ id }) => id);
}

export function living(sandbox: KommoSandbox): KommoContactRow[] {
  return sandbox.data.contacts.filter(({ isTrashed }) => !isTrashed);
}

export function idsOf(contacts: readonly { readonly id: number }[]): number[] {
  return contacts.map(({ id }) => id);
}

export function firstOf<T>(list: readonly T[]): T {
  const [first] = list;
  if (first === undefined) throw new Error('The list is empty');
  return first;
}
