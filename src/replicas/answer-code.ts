import { deserialize, serialize } from 'node:v8';
import { MEMBER_NAMES, SIZE_IN_BYTES } from '../datasources/port/member.ts';
import { SourceError, type SourceErrorCode, type SourceErrorOptions } from '../datasources/port/source-error.ts';

/** The only member of what stands for a SourceError; no member of a record is called like that. */
const ERROR = '$sourceError';
/** What an object takes in memory, by the bytes that it is written in. */
const BYTES_PER_BYTE = 3;

type WrittenError = Pick<SourceError, 'source' | 'code' | 'message'> & { readonly options: SourceErrorOptions };

/** Writes an answer of a source, with all members of its records. */
export function encodeAnswer(answer: object): Buffer {
  return serialize(toPlain(answer));
}

/** Reads what `encodeAnswer` wrote. Its records are read whole, and damaged in all that could not be read. @throws Error for anything else. */
export function decodeAnswer(bytes: Buffer): object {
  const answer: unknown = revive(deserialize(bytes));
  if (typeof answer !== 'object' || answer === null) throw new Error('This is no answer.');
  return Object.defineProperty(answer, SIZE_IN_BYTES, { value: bytes.length * BYTES_PER_BYTE });
}

function toPlain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (value instanceof SourceError) return { [ERROR]: writeError(value) };
  if (Array.isArray(value)) return value.map(toPlain);
  if (value instanceof Map) return new Map([...value].map(([key, member]) => [key, toPlain(member)]));
  if (value instanceof Set) return new Set([...value].map(toPlain));
  const plain: Record<string, unknown> = {};
  const members = value as Readonly<Record<string | symbol, unknown>>;
  for (const name of Object.keys(value)) plain[name] = toPlain(members[name]);
  const lazy = members[MEMBER_NAMES];
  if (!Array.isArray(lazy)) return plain;
  for (const name of lazy as readonly string[]) if (!Object.hasOwn(plain, name)) plain[name] = toPlain(members[name]);
  // Only now is known which of them are.
  if ('damaged' in members) plain['damaged'] = toPlain(members['damaged']);
  return plain;
}

/** Puts errors in the places of those that stand for them. What was just read belongs to nobody else, so that it is changed where it is. */
function revive(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Set) return value;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) if (typeof item === 'object') value[index] = revive(item);
    return value;
  }
  if (value instanceof Map) {
    for (const [key, item] of value) value.set(key, revive(item));
    return value;
  }
  const members = value as Record<string, unknown>;
  if (ERROR in members) return readError(members[ERROR] as WrittenError);
  for (const name of Object.keys(members)) if (typeof members[name] === 'object') members[name] = revive(members[name]);
  return members;
}

/** Its cause is for the log of the process that met it. */
function writeError(error: SourceError): WrittenError {
  const { source, code, message, retryAfterMs, isRetryable, wasSent, httpStatus, errorKey, unsupportedFilters, scope } = error;
  return {
    source,
    code,
    message,
    options: { retryAfterMs, isRetryable, wasSent, httpStatus, errorKey, unsupportedFilters: [...unsupportedFilters], scope },
  };
}

function readError({ source, code, message, options }: WrittenError): SourceError {
  return new SourceError(source, code satisfies SourceErrorCode, message, options);
}
