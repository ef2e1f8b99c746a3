import type { SharedBecause } from '../../datasources/port/identity/contact-index.ts';
import { isDamaged, valueOr } from '../../datasources/port/member.ts';
import type { ContactRecord } from '../../datasources/port/records/contact.ts';
import type { IdentityKit } from './identity-kit.ts';
import type { Match } from './match.ts';
import { nameWords } from './name-words.ts';

export const MATCH_REASON_KINDS = ['SAME_EMAIL', 'SAME_PHONE', 'SAME_NAME', 'FITTING_NAME', 'OTHER_NAME', 'SAME_COMPANY'] as const;
export type MatchReasonKind = (typeof MATCH_REASON_KINDS)[number];

/** One thing that speaks for a match, or against it. */
export interface MatchReason {
  readonly kind: MatchReasonKind;
  readonly value: string | null;
  readonly sharedBecause: SharedBecause | null;
  readonly speaksFor: boolean;
}

/** Writes out why two contacts match, with the values that they have in common. */
export function reasonsOf(match: Match, one: ContactRecord, other: ContactRecord, kit: IdentityKit): readonly MatchReason[] {
  const values = new Map(kit.keys(one).map(({ key, hashed }) => [hashed.hash, key.value]));
  const keys = match.common.map(({ key, sharedBecause }): MatchReason => ({
    kind: key.type === 'EMAIL' ? 'SAME_EMAIL' : 'SAME_PHONE',
    value: values.get(key.hash) ?? null,
    sharedBecause,
    speaksFor: true,
  }));
  const company = commonCompany(one, other);
  return [
    ...keys.sort((left, right) => Number(left.sharedBecause !== null) - Number(right.sharedBecause !== null)),
    ...nameReason(match),
    ...(company === null ? [] : [{ kind: 'SAME_COMPANY' as const, value: company, sharedBecause: null, speaksFor: true }]),
  ];
}

function nameReason({ names, hasSameName }: Match): readonly MatchReason[] {
  if (names === 'MISSING') return [];
  if (names === 'FITS') return [{ kind: hasSameName ? 'SAME_NAME' : 'FITTING_NAME', value: null, sharedBecause: null, speaksFor: true }];
  return [{ kind: 'OTHER_NAME', value: null, sharedBecause: null, speaksFor: false }];
}

/** The name of the company that both work for, as the first one's row has it; null where that is not known. */
export function commonCompany(one: ContactRecord, other: ContactRecord): string | null {
  const [name, otherName] = [companyNameOf(one), companyNameOf(other)];
  if (name === null || otherName === null) return null;
  const [words, otherWords] = [nameWords(name), nameWords(otherName)];
  return words.length > 0 && words.join(' ') === otherWords.join(' ') ? name : null;
}

/** The name of a contact's company, where its row knows it. */
export function companyNameOf({ company }: ContactRecord): string | null {
  return isDamaged(company) ? null : (valueOr(company, null)?.displayName ?? null);
}
