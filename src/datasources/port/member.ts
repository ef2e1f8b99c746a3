import { SourceError } from './source-error.ts';

/**
 * A nullable member of a record: its value, or a SourceError (BAD_RESPONSE) where the CRM sent something that cannot be read as one.
 * A resolver returns it as it is: graphql-js makes null of an error, and an error at its path. Whoever computes with it asks first.
 */
export type Member<T> = T | SourceError;

/** Whether a member could not be read. */
export function isDamaged(member: unknown): member is SourceError {
  return member instanceof SourceError;
}

/** The value of a member, or `fallback` where it could not be read. */
export function valueOr<T, F>(member: Member<T>, fallback: F): T | F {
  return member instanceof SourceError ? fallback : member;
}

/** The value of a member. @throws SourceError where it could not be read; what a resolver throws is an error at its path. */
export function orThrow<T>(member: Member<T>): T {
  if (member instanceof SourceError) throw member;
  return member;
}

/** A record that knows which of its members, of those read so far, are damaged: wholly, or in a part that was left out. */
export interface Damageable {
  readonly damaged: ReadonlySet<string>;
}

/** For records that have no damage to report. */
export const NOTHING_DAMAGED: ReadonlySet<string> = new Set();

/** Reads a member, and says whether it is damaged: wholly, or in a part that was left out. */
export function isDamagedIn<R extends Damageable>(record: R, member: keyof R & string): boolean {
  void record[member];
  return record.damaged.has(member);
}

/** A key under which an object says, roughly, how many bytes of memory it takes, so that nobody has to walk through it. */
export const SIZE_IN_BYTES = Symbol('size in bytes');

/** A key under which a record whose members are read on their first use names them, so that all of them can be written down. */
export const MEMBER_NAMES = Symbol('member names');
