import { isDamaged, type Member } from '../datasources/port/member.ts';

const INT_MAX = 2 ** 31 - 1;

/** Returns a count or duration as GraphQL's Int, rounded up; null when there is none or it does not fit. */
export function toInt(value: number | null | undefined): number | null;
export function toInt(value: Member<number | null | undefined>): Member<number | null>;
export function toInt(value: Member<number | null | undefined>): Member<number | null> {
  if (isDamaged(value)) return value;
  if (value === null || value === undefined || !Number.isFinite(value)) return null;
  const rounded = Math.ceil(value);
  return Math.abs(rounded) <= INT_MAX ? rounded : null;
}
