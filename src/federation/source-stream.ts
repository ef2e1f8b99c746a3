import type { Call } from '../datasources/port/call.ts';
import type { ContactSource } from '../datasources/port/contact-source.ts';
import type { Block, RunnablePlan } from '../datasources/port/list-plan.ts';
import { isDamagedIn } from '../datasources/port/member.ts';
import type { ContactOrder, SourceFilter } from '../datasources/port/list-query.ts';
import type { ContactRecord } from '../datasources/port/records/contact.ts';
import { isUnsupported, SourceError } from '../datasources/port/source-error.ts';
import { BlockReader } from './block-reader.ts';
import { BlockShelf } from './block-shelf.ts';
import { ANCHORS_MAX, START_STATE, type StreamState } from './cursor.ts';
import { compareKeys, compareRanked, MEMBER_SORTED_BY, ranked, type RankedRecord } from './order-key.ts';
import { anchorHash, landmarksOf, relocate, standingOf } from './relocate.ts';
import { RowCheck } from './row-check.ts';

/** Blocks in a row without a single new record, after which a list is taken to have no end. */
const BARREN_BLOCKS_MAX = 10;

/** One source's list, and where to go on in it. */
export interface StreamOptions {
  readonly source: ContactSource;
  readonly plan: RunnablePlan;
  readonly filter: SourceFilter;
  readonly order: ContactOrder;
  /** The members of its rows that the answer shows. */
  readonly shown: readonly (keyof ContactRecord)[];
  readonly state: StreamState;
  readonly call: Call;
  /** Rows that may be read to find matches; 0 counts as 1. */
  readonly scanBudget: number;
  readonly defaultCountry: string | undefined;
}

/** One source's matching rows, one after the other, from where a cursor left off. Its failure stays its own. */
export class SourceStream {
  readonly source: ContactSource;
  readonly plan: RunnablePlan;
  /** The next row to give; null when there is none, or none is known yet. */
  head: RankedRecord | null = null;
  error: SourceError | null = null;
  isOutOfBudget = false;
  isOrdered = true;
  hasMoved = false;
  rowsGiven = 0;
  readonly check: RowCheck;
  readonly blocks: BlockReader;
  readonly #options: StreamOptions;
  readonly #shown: readonly (keyof ContactRecord)[];
  readonly #scanBudget: number;
  #state: StreamState;
  readonly #idsGiven: Set<string>;
  #lastGiven: RankedRecord | null = null;
  #lastExamined: RankedRecord | null = null;
  #barrenBlocks = 0;
  #hasRelocatedUnderway = false;
  /** The state that was given last, and what it was made of. */
  #given: { readonly of: StreamState; readonly head: RankedRecord | null; readonly state: StreamState } | null = null;

  /** @param rehearsed The stream that this one starts as a copy of. */
  constructor(options: StreamOptions, rehearsed: SourceStream | null = null) {
    const { source, plan, order, call } = options;
    this.source = source;
    this.plan = plan;
    this.check = rehearsed?.check.rehearse() ?? new RowCheck(plan, options.filter, options.defaultCountry);
    this.blocks = rehearsed?.blocks.rehearse(this.check) ?? new BlockReader(new BlockShelf(source, plan, call), order, this.check);
    this.#options = options;
    this.#shown = [MEMBER_SORTED_BY[order.field], ...options.shown];
    this.#idsGiven = new Set(rehearsed === null ? [] : rehearsed.#idsGiven);
    // A page has to get on by one row at least, or paging would never end.
    this.#scanBudget = Math.max(1, options.scanBudget);
    this.#state = options.state;
  }

  /**
   * Makes a stream that stands where this one does. What it gives is not given by this one; blocks that it reads are here when this one comes
   * to them. Only of a stream that is not seeking.
   */
  rehearse(): SourceStream {
    const rehearsal = new SourceStream(this.#options, this);
    rehearsal.head = this.head;
    rehearsal.error = this.error;
    rehearsal.isOutOfBudget = this.isOutOfBudget;
    rehearsal.#state = this.#state;
    rehearsal.#lastGiven = this.#lastGiven;
    rehearsal.#lastExamined = this.#lastExamined;
    rehearsal.#barrenBlocks = this.#barrenBlocks;
    rehearsal.#hasRelocatedUnderway = this.#hasRelocatedUnderway;
    return rehearsal;
  }

  /** Whether there may be more rows to give. */
  get hasMore(): boolean {
    return this.head !== null || this.isOutOfBudget;
  }

  /** Whether the source failed, and can be asked again from where it was left: not one that sends the same rows for ever. */
  get canBeResumed(): boolean {
    return this.error !== null && !isUnsupported(this.error) && this.#barrenBlocks <= BARREN_BLOCKS_MAX;
  }

  /** Whether the stream came further than it stood at first. */
  get hasAdvanced(): boolean {
    return this.#state.isDone || this.#state.offset > this.#options.state.offset;
  }

  /** Returns the rows that the stream may give to a page of `first` rows, its head first, as far as the block that is here holds them. */
  candidates(first: number): readonly ContactRecord[] {
    if (this.head === null) return [];
    const place = this.#state.offset % this.blocks.blockSize;
    const rows = this.blocks.peek(this.#blockIndex)?.rows.slice(place, place + first) ?? [];
    return rows.filter((row) => row !== null);
  }

  /** Where to go on after the rows given so far. */
  get state(): StreamState {
    if (this.#state.isDone) {
      return { ...START_STATE, isDone: true, totalCount: this.totalCount, isCut: !this.blocks.isWhole };
    }
    // Each row of a page keeps the states of all streams, of which one has moved.
    if (this.#given?.of !== this.#state || this.#given.head !== this.head) {
      this.#given = { of: this.#state, head: this.head, state: { ...this.#state, next: this.#nextHash() } };
    }
    return this.#given.state;
  }

  /** As the CRM counts; null when it does not, or when rows are checked here. */
  get totalCount(): number | null {
    const isPushed = [...this.plan.members.values()].every((member) => member === 'PUSHED');
    return isPushed ? this.blocks.totalCount : null;
  }

  /** Finds the cursor's place again and the first row after it. Never rejects. */
  async open(): Promise<void> {
    try {
      await this.#relocate();
      this.#lastGiven = this.#rowBeforeOffset();
      await this.#readOn();
    } catch (error) {
      this.#fail(error);
    }
  }

  /**
   * Goes to the next row to give. Never rejects.
   *
   * @param mayRead False: only as far as the blocks that are here reach.
   * @returns null when it has arrived: no block is to be read.
   */
  seek(mayRead: boolean): Promise<void> | null {
    try {
      if (this.#seekHere() || !mayRead) return null;
    } catch (error) {
      this.#fail(error);
      return null;
    }
    return this.#readOn().catch((error: unknown) => this.#fail(error));
  }

  /** Whether this stream ran out of scan budget at a place where it may yet have a row that comes before the other. */
  mayPrecede(other: RankedRecord): boolean {
    if (!this.isOutOfBudget) return false;
    return this.#lastExamined === null || compareRanked(this.#lastExamined, other, this.#options.order.direction) < 0;
  }

  /** Gives the head away; `seek` finds the next. */
  take(): RankedRecord {
    const row = this.head;
    if (row === null) throw new Error('A stream without a head has nothing to give.');
    if (this.#lastGiven !== null && compareKeys(this.#lastGiven.key, row.key, this.#options.order.direction) > 0) this.isOrdered = false;
    this.#lastGiven = row;
    this.#idsGiven.add(row.record.idInSource);
    this.rowsGiven += 1;
    if (this.#shown.some((member) => isDamagedIn(row.record, member))) this.check.damaged.add(row.record.idInSource);
    this.head = null;
    this.#pass(row.record.idInSource);
    return row;
  }

  #fail(error: unknown): void {
    this.head = null;
    this.isOutOfBudget = false;
    this.error =
      error instanceof SourceError ? error : new SourceError(this.source.name, 'UNAVAILABLE', 'The source failed.', { cause: error });
  }

  /** Goes to the next row, and reads the blocks on the way. */
  async #readOn(): Promise<void> {
    while (!this.#seekHere()) await this.#enter(this.#blockIndex);
  }

  get #blockIndex(): number {
    return Math.floor(this.#state.offset / this.blocks.blockSize);
  }

  /** Goes on through the blocks that are here. @returns Whether it stands: at a head, at the end, or out of budget. */
  #seekHere(): boolean {
    while (!this.#state.isDone) {
      const index = this.#blockIndex;
      const block = this.blocks.peek(index);
      if (block === undefined) return false;
      if (this.#examine(block, index * this.blocks.blockSize)) return true;
      if (block.isLast) {
        this.#state = { ...START_STATE, isDone: true };
      } else if (this.plan.shape === 'collected') {
        this.#state = this.#pieceAt(index + 1);
        this.isOutOfBudget = true;
        return true;
      } else if (this.#isBudgetSpent()) {
        this.isOutOfBudget = true;
        return true;
      } else {
        this.#state = { ...this.#state, offset: (index + 1) * this.blocks.blockSize, next: null };
      }
    }
    return true;
  }

  /** The start of a later piece of a `collected` list: nothing that was sorted before it says where it begins. */
  #pieceAt(index: number): StreamState {
    return { ...START_STATE, offset: index * this.blocks.blockSize, anchors: [anchorHash(this.source.name, '')] };
  }

  /** Reads a block that the stream has come to. Where its overlap shows that rows moved meanwhile, the place is looked for again, once. */
  async #enter(index: number): Promise<void> {
    this.#barrenBlocks += 1;
    if (this.#barrenBlocks > BARREN_BLOCKS_MAX) {
      throw new SourceError(this.source.name, 'BAD_RESPONSE', 'The source sends page after page without a new contact.');
    }
    const block = await this.blocks.read(index);
    this.blocks.forgetAllBut(index);
    if (this.#hasRelocatedUnderway || block.overlap.length === 0) return;
    const landmarks = await landmarksOf(this.blocks, index, true);
    if (standingOf(this.#state.anchors, landmarks, this.#state.offset) !== 'moved') return;
    this.#hasRelocatedUnderway = true;
    await this.#relocate();
  }

  async #relocate(): Promise<void> {
    if (this.plan.shape === 'collected' && this.#state.offset % this.blocks.blockSize === 0) return;
    const found = await relocate(this.#state, this.blocks);
    this.#state = found.state;
    this.hasMoved ||= found.hasMoved;
  }

  /** Looks at the rows of a block from the offset on. @returns Whether the stream stands: at a head, or out of budget. */
  #examine(block: Block, start: number): boolean {
    const end = start + Math.min(block.rows.length, this.blocks.blockSize);
    while (this.#state.offset < end) {
      const record = block.rows[this.#state.offset - start] ?? null;
      if (record === null || this.#idsGiven.has(record.idInSource)) {
        this.#pass(record?.idInSource ?? null);
        continue;
      }
      if (this.#isBudgetSpent()) {
        this.isOutOfBudget = true;
        return true;
      }
      this.#barrenBlocks = 0;
      const row = ranked(record, this.#options.order.field);
      this.#lastExamined = row;
      if (this.plan.shape === 'collected' || this.check.passes(record, block.strangers)) {
        this.head = row;
        return true;
      }
      this.#pass(record.idInSource);
    }
    return false;
  }

  #isBudgetSpent(): boolean {
    return this.plan.shape === 'blocks' && this.check.rowsCharged >= this.#scanBudget;
  }

  /** Leaves a position behind; null is a hole. */
  #pass(idInSource: string | null): void {
    const { offset, anchors } = this.#state;
    const passed = idInSource === null ? anchors : anchors.slice(1 - ANCHORS_MAX).concat(anchorHash(this.source.name, idInSource));
    this.#state = { ...START_STATE, offset: offset + 1, anchors: passed };
  }

  /** The row that an earlier page gave last, as far as the block that is here shows it. */
  #rowBeforeOffset(): RankedRecord | null {
    const block = this.blocks.peek(this.#blockIndex);
    const rows = block?.rows.slice(0, this.#state.offset % this.blocks.blockSize) ?? [];
    const given = rows.findLast((row) => row !== null && (this.plan.shape === 'collected' || this.check.wouldPass(row, block?.strangers)));
    return given ? ranked(given, this.#options.order.field) : null;
  }

  /** Saves the next page from reading the block before, where this block shows nothing of what stands before the head. */
  #nextHash(): number | null {
    if (this.head === null) return this.#state.next;
    const index = this.#blockIndex;
    const block = this.blocks.peek(index);
    if (index === 0 || block === undefined || block.overlap.length > 0) return null;
    const isFirst = block.rows.findIndex((row) => row !== null) === this.#state.offset % this.blocks.blockSize;
    return isFirst ? anchorHash(this.source.name, this.head.record.idInSource) : null;
  }
}
