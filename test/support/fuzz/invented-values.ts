import { createHash } from 'node:crypto';
import { decodeSourceId } from '../../../src/federation/source-id.ts';

const DAY_MS = 86_400_000;
const DATE_KEYS = new Set(['createdAt', 'updatedAt', 'closedAt', 'nextDueAt', 'asOf', 'date', 'dateTime']);
/** Counted or chosen by the gateway. */
const OWN_KEYS = new Set(['__typename', 'totalCount', 'damagedRows', 'retryAfterMs', 'asOf', 'message', 'code', 'personCount', 'count']);

/** In ids, digests may stand for texts as long as this. */
const HASHED_FROM = 1_000;

/** Where the values of an answer may come from. */
export interface Truth {
  readonly words: Set<string>;
  readonly numbers: Set<number>;
  /** Unix milliseconds. */
  readonly moments: number[];
}

export function createTruth(): Truth {
  return { words: new Set(), numbers: new Set(), moments: [] };
}

/** Adds everything that a reply, or an answer without fault, holds. */
export function addTruth(truth: Truth, value: unknown): void {
  if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      addWords(truth, key);
      addTruth(truth, member);
    }
    return;
  }
  if (typeof value !== 'string' && typeof value !== 'number') return;
  addWords(truth, String(value));
  const number = Number(value);
  if (Number.isFinite(number) && String(value).trim() !== '') {
    truth.numbers.add(number);
    truth.moments.push(number * 1_000, number);
  }
  if (typeof value !== 'string') return;
  // Zones are the portal's: the day has to fit, give or take one.
  const moment = Date.parse(value.slice(0, 10));
  if (!Number.isNaN(moment)) truth.moments.push(moment);
  if (value.length > HASHED_FROM) addWords(truth, `sha256 ${createHash('sha256').update(value.trim()).digest('hex')}`);
  const id = decodeSourceId(value);
  if (id !== null) addWords(truth, id.idInSource);
}

function addWords(truth: Truth, text: string): void {
  for (const word of wordsOf(text)) truth.words.add(word);
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** The values of an answer, as `path: value`, that come from nowhere. */
export function findInvented(answer: unknown, truth: Truth): readonly string[] {
  const invented: string[] = [];
  const visit = (value: unknown, key: string, path: string): void => {
    if (typeof value === 'object' && value !== null) {
      for (const [name, member] of Object.entries(value)) visit(member, Array.isArray(value) ? key : name, `${path}.${name}`);
    } else if (!OWN_KEYS.has(key) && !isTrue(value, key, truth)) {
      invented.push(`${path}: ${JSON.stringify(value)?.slice(0, 200)}`);
    }
  };
  visit(answer, '', 'data');
  return invented;
}

function isTrue(value: unknown, key: string, truth: Truth): boolean {
  if (typeof value === 'number') return truth.numbers.has(value);
  if (typeof value !== 'string') return true;
  if (DATE_KEYS.has(key)) return isKnownMoment(value, truth);
  // E.164 is made of the digits; where they stand is libphonenumber's.
  if (value.startsWith('+')) return [...truth.words].some((word) => word.includes(value.slice(-2)));
  return (
    wordsOf(key === 'id' ? idInSourceOf(value) : unescaped(value)).every((word) => truth.words.has(word)) || isKnownMoment(value, truth)
  );
}

/** The last part of an id, also of one that is too long to be taken back. */
function idInSourceOf(id: string): string {
  return Buffer.from(id, 'base64url').toString('utf8').split(':').slice(2).join(':');
}

/** What was put into a web address may be escaped there. */
function unescaped(text: string): string {
  try {
    return text.startsWith('http') ? decodeURIComponent(text) : text;
  } catch {
    return text;
  }
}

function isKnownMoment(text: string, truth: Truth): boolean {
  const moment = Date.parse(text);
  return truth.moments.some((known) => Math.abs(known - moment) <= 2 * DAY_MS);
}
