import type { Reuse } from './servers.ts';

/** One column of the table. */
export interface Mode {
  readonly name: string;
  readonly title: string;
  readonly reuse: Reuse;
  readonly clients: number;
  /** Every request has another text. */
  readonly isUnique: boolean;
  readonly delayMs: number;
  /** What the table shows of it: CPU of the server's process for each request, or a time that a client waits, all in ms. */
  readonly figure: 'cpu' | 'p50' | 'p99';
}

const PLAIN = { reuse: 'none', clients: 1, isUnique: false, delayMs: 0, figure: 'cpu' } as const;
const LATE = { ...PLAIN, delayMs: 20 } as const;

export const MODES: readonly Mode[] = [
  { ...PLAIN, name: 'no-reuse', title: 'no reuse' },
  { ...PLAIN, name: 'unique', title: 'unique texts, no reuse', isUnique: true },
  { ...LATE, name: 'late-1', title: '20 ms upstream, 1 client, p50', figure: 'p50' },
  { ...LATE, name: 'late-32', title: '20 ms upstream, 32 clients, p99', clients: 32, figure: 'p99' },
  { ...PLAIN, name: 'in-flight', title: 'equal queries in flight', reuse: 'shared', clients: 32 },
  { ...PLAIN, name: 'warm', title: 'default (cache warm)', reuse: 'cached', clients: 32 },
  { ...PLAIN, name: 'unique-warm', title: 'unique texts, cache warm', reuse: 'cached', clients: 32, isUnique: true },
];

/** What is measured of a server besides: from the command to the first good answer, and its memory. */
export const START_COLUMNS = {
  cold: 'cold start, ms',
  idle: 'RSS idle, MB',
  loaded: 'RSS in load, MB',
} as const;
