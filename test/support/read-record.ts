import type { ContactRecord } from '../../src/datasources/port/records/contact.ts';
import { WireRow } from '../../src/datasources/wire/wire-value.ts';
import { contactRecord } from './in-memory-source.ts';

/** All members of a record, read, as a plain object: lazy records show nothing to a matcher before. */
export function plain(record: ContactRecord): ContactRecord {
  const names = Object.keys(contactRecord('', '')) as (keyof ContactRecord)[];
  const members = Object.fromEntries(names.filter((name) => name !== 'damaged').map((name) => [name, record[name]]));
  const contactInfos = record.contactInfos.map((info) => ({ ...info, normalizedValue: info.normalizedValue }));
  return { ...members, contactInfos, damaged: new Set(record.damaged) } as unknown as ContactRecord;
}

/** A row as if it had come from a CRM, and the paths of the damage that reading it brings to light. */
export function wireRow(raw: unknown, source = 'kommo'): { readonly wire: WireRow; readonly damage: string[] } {
  const damage: string[] = [];
  return { wire: new WireRow(raw, { source, path: '$', noteDamage: (path) => damage.push(path) }), damage };
}
