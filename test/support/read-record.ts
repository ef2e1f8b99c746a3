import { MEMBER_NAMES } from '../../src/datasources/port/member.ts';
import { SourceError } from '../../src/datasources/port/source-error.ts';
import type { ContactRecord } from '../../src/datasources/port/records/contact.ts';
import { WireRow } from '../../src/datasources/wire/wire-value.ts';
import { contactRecord } from './in-memory-source.ts';

/** All members of a record, read, as a plain object: lazy records show nothing to a matcher before. */
export function plain(record: ContactRecord): ContactRecord {
  const names = Object.keys(contactRecord('', '')) as (keyof ContactRecord)[];
  const members = Object.fromEntries(names.filter((name) => name !== 'damaged').map((name) => [name, whole(record[name])]));
  return { ...members, damaged: new Set(record.damaged) } as unknown as ContactRecord;
}

/** A copy of a value in which members that are made when they are read stand beside the others, for the same reason. */
export function whole(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof SourceError) return value;
  if (Array.isArray(value)) return value.map(whole);
  const members = value as Readonly<Record<string | symbol, unknown>>;
  const names = [...Object.keys(value), ...((members[MEMBER_NAMES] as readonly string[] | undefined) ?? [])];
  return Object.fromEntries(names.map((name) => [name, whole(members[name])]));
}

/** A row as if it had come from a CRM, and the paths of the damage that reading it brings to light. */
export function wireRow(raw: unknown, source = 'kommo'): { readonly wire: WireRow; readonly damage: string[] } {
  const damage: string[] = [];
  return { wire: new WireRow(raw, { source, path: '$', noteDamage: (path) => damage.push(path) }), damage };
}
