import type { Exchange } from '../crm-server.ts';
import { badFormat, invalidArgument, overflow } from './api-error.ts';
import { parsePortalTime } from './portal-time.ts';

const ROWS_MAX = 1_000;
const INT_MAX = 2_147_483_647;

/** Parameters that every endpoint reads, from the query string only. */
export interface ContextParameters {
  readonly count: number;
  readonly startIndex: number;
  readonly sortBy: string | undefined;
  readonly isDescending: boolean;
  readonly filterValue: string | undefined;
  readonly fields: readonly string[] | undefined;
  readonly type: string | undefined;
}

/** Reads the context parameters; nothing in them is ever an error. */
export function readContext(query: URLSearchParams): ContextParameters {
  const values = collect(query.entries());
  const first = (name: string): string | undefined => values.get(name)?.[0];
  const count = /^\d+$/.test(first('count') ?? '') ? Math.min(Number(first('count')), ROWS_MAX) : ROWS_MAX;
  const startIndex = /^\d+$/.test(first('startindex') ?? '') ? Number(first('startindex')) : 0;
  return {
    count,
    startIndex,
    sortBy: cutAtComma(values.get('sortby')) || undefined,
    isDescending: first('sortorder') === 'descending',
    filterValue: cutAtComma(values.get('filtervalue')) || undefined,
    fields: first('fields')?.toLowerCase().split(','),
    type: first('type'),
  };
}

/** A single value is split at commas, and only its first part is used. */
function cutAtComma(values: readonly string[] | undefined): string | undefined {
  return values?.length === 1 ? values[0]?.split(',')[0] : values?.[0];
}

/** Parameters of the lists of contacts, in lower case, that a portal does not understand. */
export interface ParameterHabits {
  /** Left aside without a word. */
  readonly ignored: ReadonlySet<string>;
  /** Answered by 400, as .NET does an argument that it does not take. */
  readonly refused: ReadonlySet<string>;
}

/** The request as such a portal understands it. @throws ApiError */
export function heeded(exchange: Exchange, { ignored, refused }: ParameterHabits): Exchange {
  if (!/\/contact\/(?:filter|bycontactinfo)$/i.test(exchange.path) || exchange.method !== 'GET') return exchange;
  const names = [...exchange.query.keys()];
  const refusedName = names.find((name) => refused.has(name.toLowerCase()));
  if (refusedName !== undefined) {
    throw invalidArgument(`Value does not fall within the expected range.\r\nParameter name: ${refusedName}`);
  }
  return { ...exchange, query: new URLSearchParams([...exchange.query].filter(([name]) => !ignored.has(name.toLowerCase()))) };
}

/** Named values of one request, merged from route, query and body in this priority, and their conversions. */
export class Parameters {
  readonly #layers: readonly ReadonlyMap<string, readonly string[]>[];
  readonly #zone: string;

  /** @throws {ApiError} 400 for a malformed JSON body or one that is not an object. */
  constructor(route: Readonly<Record<string, string>>, exchange: Exchange, zone: string) {
    this.#layers = [collect(Object.entries(route)), collect(exchange.query.entries()), collect(bodyEntries(exchange))];
    this.#zone = zone;
  }

  /** Every value of a collection: repeated names, `name[]`, `name[0]`, JSON arrays; commas do not part anything. */
  texts(name: string): readonly string[] {
    const key = name.toLowerCase();
    return this.#layers.find((layer) => layer.has(key))?.get(key) ?? [];
  }

  /** The first value; undefined when missing or empty. */
  text(name: string): string | undefined {
    return this.texts(name)[0] || undefined;
  }

  int(name: string): number | undefined {
    return toInt(this.text(name));
  }

  ints(name: string): number[] {
    return this.texts(name).map((text) => toInt(text) ?? 0);
  }

  bool(name: string): boolean | undefined {
    const text = this.text(name)?.trim().toLowerCase();
    if (text === undefined) return undefined;
    // .NET's BooleanConverter knows neither 1 nor 0.
    if (text !== 'true' && text !== 'false') throw badFormat('String was not recognized as a valid Boolean.');
    return text === 'true';
  }

  guid(name: string): string | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const digits = text
      .trim()
      .replaceAll(/[-{}()]/g, '')
      .toLowerCase();
    if (!/^[0-9a-f]{32}$/.test(digits)) throw badFormat('Guid should contain 32 digits with 4 dashes.');
    return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  }

  /** Unix milliseconds. */
  date(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const atMs = parsePortalTime(text.trim(), this.#zone);
    if (atMs === undefined) throw badFormat('String was not recognized as a valid DateTime.');
    return atMs;
  }

  /** Takes the member's name in any case, its English label exactly, or any number. */
  choice(name: string, members: Readonly<Record<string, number>>, labels: Readonly<Record<string, number>>): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (/^-?\d+$/.test(text.trim())) return toInt(text);
    const member = labels[text] ?? Object.entries(members).find(([key]) => key.toLowerCase() === text.toLowerCase())?.[1];
    if (member === undefined) throw badFormat(`${text} is not a valid value.`);
    return member;
  }
}

function toInt(text: string | undefined): number | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  if (!/^\s*[+-]?\d+\s*$/.test(text)) throw badFormat();
  const value = Number(text);
  if (value > INT_MAX || value < -INT_MAX - 1) throw overflow();
  return value;
}

/** Groups values by name, ignoring case and the suffixes `[]` and `[0]`. */
function collect(entries: Iterable<readonly [string, string]>): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const [name, value] of entries) {
    const key = name.toLowerCase().replace(/\[\d*\]$/, '');
    values.set(key, [...(values.get(key) ?? []), value]);
  }
  return values;
}

function bodyEntries(exchange: Exchange): (readonly [string, string])[] {
  const contentType = exchange.headers['content-type'] ?? '';
  if (exchange.bodyText.trim() === '') return [];
  if (contentType.includes('application/json')) return jsonEntries(exchange.json);
  if (contentType.includes('application/x-www-form-urlencoded') && exchange.method !== 'GET') {
    return [...new URLSearchParams(exchange.bodyText)];
  }
  return [];
}

function jsonEntries(json: unknown): (readonly [string, string])[] {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw invalidArgument('Error reading JObject from JsonReader.');
  }
  return Object.entries(json).flatMap(([name, value]) => {
    const values: unknown[] = Array.isArray(value) ? value : [value];
    return values.flatMap((member) => (isScalar(member) ? [[name, String(member)] as const] : []));
  });
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
