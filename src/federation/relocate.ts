import type { Block } from '../datasources/port/list-plan.ts';
import { ANCHORS_MAX, START_STATE, type StreamState } from './cursor.ts';

/** A row that stands somewhere in a source's list. */
export interface Landmark {
  readonly hash: number;
  readonly position: number;
}

/** One source's list, block by block. */
export interface BlockList {
  readonly sourceName: string;
  readonly blockSize: number;
  read(index: number): Promise<Block>;
}

/** How far back a place is looked for when the blocks before it hold no row at all. */
const EMPTY_BLOCKS_MAX = 10;

const FNV_BASIS = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const ASCII_MAX = 0x7f;

/** Hashes a row's id to 32 bits (FNV-1a): enough to know one row among the few hundred around it. */
export function anchorHash(sourceName: string, idInSource: string): number {
  // Part by part: a text of all three would be made, and written anew to be read, for each row of a page.
  return hashOn(hashOn(hashOn(FNV_BASIS, sourceName), ':'), idInSource) >>> 0;
}

/** Goes on with a hash over a text in UTF-8. */
function hashOn(before: number, text: string): number {
  let hash = before;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    // Beyond ASCII a code unit is no byte.
    if (unit > ASCII_MAX) return hashOnBytes(before, Buffer.from(text, 'utf8'));
    hash = Math.imul(hash ^ unit, FNV_PRIME);
  }
  return hash;
}

function hashOnBytes(before: number, bytes: Buffer): number {
  let hash = before;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, FNV_PRIME);
  return hash;
}

/** `unseen`: the landmarks show no row before the offset, so nothing can be said. */
export type Standing = 'stands' | 'moved' | 'unseen';

/** Whether the anchors are the rows right before an offset, as far back as the landmarks show rows. */
export function standingOf(anchors: readonly number[], landmarks: readonly Landmark[], offset: number): Standing {
  const before = landmarks.filter((landmark) => landmark.position < offset).slice(-anchors.length);
  if (before.length === 0) return 'unseen';
  const expected = anchors.slice(-before.length);
  return before.every((landmark, index) => landmark.hash === expected[index]) ? 'stands' : 'moved';
}

/** The rows of one block, and those known to stand before it. */
export async function landmarksOf(list: BlockList, index: number, withOverlap: boolean): Promise<Landmark[]> {
  const block = await list.read(index);
  const start = index * list.blockSize;
  const landmarks: Landmark[] = [];
  if (withOverlap) {
    block.overlap.forEach((id, at) => {
      landmarks.push({ hash: anchorHash(list.sourceName, id), position: start - block.overlap.length + at });
    });
  }
  block.rows.forEach((row, at) => {
    if (row !== null) landmarks.push({ hash: anchorHash(list.sourceName, row.idInSource), position: start + at });
  });
  return landmarks;
}

/**
 * Finds the place of a cursor again in a list that may have changed since.
 *
 * After one change (a row inserted, deleted, or moved by an edit) no row after the place is passed over; rows before it may come again.
 * After larger changes that cannot be promised; the place found is then the earliest that the anchors speak for.
 *
 * Cost: the block at the offset; the one before it if neither that block nor its overlap shows what stands before the offset; both
 * neighbours if rows have moved further than can be seen in it.
 */
export async function relocate(state: StreamState, list: BlockList): Promise<{ state: StreamState; hasMoved: boolean }> {
  const { anchors, offset } = state;
  if (anchors.length === 0) return { state: START_STATE, hasMoved: false };
  const at = Math.floor(offset / list.blockSize);
  let first = at;
  let landmarks = await landmarksOf(list, at, true);
  let standing = standingOf(anchors, landmarks, offset);
  if (standing === 'unseen' && state.next !== null && landmarks[0]?.hash === state.next) standing = 'stands';
  while (standing === 'unseen' && first > 0 && at - first < EMPTY_BLOCKS_MAX) {
    first -= 1;
    landmarks = [...(await landmarksOf(list, first, true)), ...landmarks];
    standing = standingOf(anchors, landmarks, offset);
  }
  if (standing === 'stands') return { state: { ...state, next: null }, hasMoved: false };
  // With fewer anchors than the cursor can hold, the place is so near the start that reading from there repeats two rows at most.
  if (anchors.length < ANCHORS_MAX) return { state: START_STATE, hasMoved: true };
  let run = longestRun(anchors, landmarks);
  if (run === null || run.length < TRUSTED_RUN_LENGTH || run.offset < first * list.blockSize) {
    landmarks = await landmarksAround(list, at, Math.min(first, Math.max(0, at - 1)));
    run = longestRun(anchors, landmarks);
  }
  return { state: stateAt(resumeAt(run, offset), landmarks), hasMoved: true };
}

function stateAt(offset: number, landmarks: readonly Landmark[]): StreamState {
  if (offset === 0) return START_STATE;
  const before = landmarks.filter((landmark) => landmark.position < offset).map((landmark) => landmark.hash);
  return { ...START_STATE, offset, anchors: before.slice(-Math.min(ANCHORS_MAX, offset)) };
}

async function landmarksAround(list: BlockList, at: number, first: number): Promise<Landmark[]> {
  const { isLast } = await list.read(at);
  const landmarks: Landmark[] = [];
  for (let index = first; index <= (isLast ? at : at + 1); index += 1) {
    landmarks.push(...(await landmarksOf(list, index, index === first)));
  }
  return landmarks;
}

interface Run {
  readonly length: number;
  /** The position right after the run. */
  readonly offset: number;
}

/** The longest stretch of rows that are all anchors, in whatever order; the earliest of equals, since repeating beats losing. */
function longestRun(anchors: readonly number[], landmarks: readonly Landmark[]): Run | null {
  let best: Run | null = null;
  let length = 0;
  for (const landmark of landmarks) {
    length = anchors.includes(landmark.hash) ? length + 1 : 0;
    if (length > (best?.length ?? 0)) best = { length, offset: landmark.position + 1 };
  }
  return best;
}

/** A single anchor may be the very row that was moved; two side by side cannot both be. */
const TRUSTED_RUN_LENGTH = ANCHORS_MAX - 1;

function resumeAt(run: Run | null, offset: number): number {
  if (run !== null && run.length >= TRUSTED_RUN_LENGTH) return run.offset;
  return Math.max(0, Math.min(run?.offset ?? offset, offset - ANCHORS_MAX));
}
