import { isDamaged, type Member } from '../../datasources/port/member.ts';
import { folded } from '../../datasources/port/normal-form.ts';
import type { ContactRecord } from '../../datasources/port/records/contact.ts';
import type { IdentityKit } from './identity-kit.ts';
import type { SharedKeys } from './match.ts';
import { companyNameOf } from './match-reasons.ts';
import { nameWordsOf } from './name-words.ts';
import { knownSinceOf } from './known-since.ts';

export const SURVIVORSHIP_RULES = ['ONLY_ONE', 'AGREED', 'MAJORITY', 'SOURCE_PRIORITY'] as const;
export type SurvivorshipRule = (typeof SURVIVORSHIP_RULES)[number];

export const IDENTITY_FIELDS = ['DISPLAY_NAME', 'FIRST_NAME', 'LAST_NAME', 'JOB_TITLE', 'COMPANY_NAME'] as const;
export type IdentityField = (typeof IDENTITY_FIELDS)[number];

/** A value, and the members that have it. */
export interface FieldAlternative {
  readonly value: string;
  readonly from: readonly ContactRecord[];
}

/** The value of a field that was chosen, and why. */
export interface GoldenText extends FieldAlternative {
  readonly rule: SurvivorshipRule;
}

/** A phone or an e-mail address, and the members that have it. */
export interface GoldenContactInfo extends FieldAlternative {
  readonly normalizedValue: string | null;
  readonly isShared: boolean;
}

/** One person, as the members show it. */
export interface GoldenRecord {
  readonly fields: Readonly<Record<IdentityField, GoldenText | null>>;
  readonly phones: readonly GoldenContactInfo[];
  readonly emails: readonly GoldenContactInfo[];
  readonly knownSince: Date | null;
  /** Fields in which members disagree, with all values. */
  readonly conflicts: readonly { readonly field: IdentityField; readonly values: readonly FieldAlternative[] }[];
}

/** What golden records are made with. */
export interface GoldenOptions {
  /** Names of sources, the most trusted first. */
  readonly priority: readonly string[];
  readonly kit: IdentityKit;
  readonly shared: SharedKeys;
}

const READERS: Readonly<Record<IdentityField, (record: ContactRecord) => Member<string | null>>> = {
  DISPLAY_NAME: (record) => (nameWordsOf(record).length > 0 ? record.displayName : null),
  FIRST_NAME: ({ firstName }) => firstName,
  LAST_NAME: ({ lastName, patronymic }) => (isPatronymic(lastName, patronymic) ? null : lastName),
  JOB_TITLE: ({ jobTitle }) => jobTitle,
  COMPANY_NAME: companyNameOf,
};

/** Puts together what the members of one person say. Nothing is in it that no CRM has. */
export function goldenRecordOf(records: readonly ContactRecord[], options: GoldenOptions): GoldenRecord {
  const byField = IDENTITY_FIELDS.map((field) => [field, alternativesOf(records, field, options)] as const);
  return {
    fields: Object.fromEntries(byField.map(([field, values]) => [field, chosen(values, options)])) as GoldenRecord['fields'],
    phones: infosOf('PHONE', records, options),
    emails: infosOf('EMAIL', records, options),
    knownSince: knownSinceOf(records),
    conflicts: byField.flatMap(([field, values]) => (values.length > 1 ? [{ field, values }] : [])),
  };
}

/**
 * Values that are equal but for case and accents, and names but for the order of their words, are one, spelled as most spell it, then as the most
 * trusted source.
 */
function alternativesOf(records: readonly ContactRecord[], field: IdentityField, { priority }: GoldenOptions): readonly FieldAlternative[] {
  const groups = new Map<string, { readonly spellings: Map<string, number>; readonly from: ContactRecord[] }>();
  for (const record of records.toSorted((one, other) => rank(one.source, priority) - rank(other.source, priority))) {
    const value = READERS[field](record);
    if (isDamaged(value) || value === null || value.trim() === '' || value.trim() === '-') continue;
    const key =
      field === 'DISPLAY_NAME'
        ? withoutMarks(value)
            .split(/[\s,]+/)
            .toSorted()
            .join(' ')
        : withoutMarks(value);
    const group = groups.get(key) ?? { spellings: new Map<string, number>(), from: [] };
    group.spellings.set(value, (group.spellings.get(value) ?? 0) + 1);
    group.from.push(record);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ spellings, from }) => {
    const [best = ['', 0]] = [...spellings].sort((one, other) => other[1] - one[1]);
    return { value: best[0], from };
  });
}

function chosen(values: readonly FieldAlternative[], { priority }: GoldenOptions): GoldenText | null {
  const [only, ...others] = values;
  if (only === undefined) return null;
  if (others.length === 0) return { ...only, rule: only.from.length === 1 ? 'ONLY_ONE' : 'AGREED' };
  const most = Math.max(...values.map(({ from }) => from.length));
  const best = values.filter(({ from }) => from.length === most);
  const [majority] = best;
  if (best.length === 1 && majority !== undefined) return { ...majority, rule: 'MAJORITY' };
  const rankOf = ({ from }: FieldAlternative) => Math.min(...from.map(({ source }) => rank(source, priority)));
  const [first = only] = best.toSorted((one, other) => rankOf(one) - rankOf(other));
  return { ...first, rule: 'SOURCE_PRIORITY' };
}

function rank(source: string, priority: readonly string[]): number {
  const at = priority.indexOf(source);
  return at === -1 ? priority.length : at;
}

function infosOf(type: 'PHONE' | 'EMAIL', records: readonly ContactRecord[], { kit, shared }: GoldenOptions): readonly GoldenContactInfo[] {
  const found = new Map<string, { value: string; normalizedValue: string | null; isShared: boolean; from: ContactRecord[] }>();
  for (const record of records) {
    for (const info of record.contactInfos) {
      const isOfType = info.type === type || (type === 'EMAIL' && info.type === 'GMAIL');
      if (!isOfType) continue;
      const key = kit.toKey(info.normalizedValue ?? info.value);
      const text = key?.value ?? withoutMarks(info.value);
      const known = found.get(text);
      if (known !== undefined) {
        if (!known.from.includes(record)) known.from.push(record);
        continue;
      }
      const isShared = key !== null && shared.because(kit.known(key).hashed, record.kind) !== null;
      found.set(text, { value: info.value, normalizedValue: info.normalizedValue, isShared, from: [record] });
    }
  }
  return [...found.values()];
}

function withoutMarks(text: string): string {
  return folded(text).normalize('NFD').replace(/\p{M}/gu, '').replace(/\s+/g, ' ');
}

/** Some CRMs have one field for both, and some people write the one into the other. */
function isPatronymic(lastName: Member<string | null>, patronymic: Member<string | null>): boolean {
  return typeof lastName === 'string' && typeof patronymic === 'string' && folded(lastName) === folded(patronymic);
}
