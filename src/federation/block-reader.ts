import type { Call } from '../datasources/port/call.ts';
import type { ContactSource } from '../datasources/port/contact-source.ts';
import type { Block, RunnablePlan } from '../datasources/port/list-plan.ts';
import type { ContactOrder } from '../datasources/port/list-query.ts';
import type { ContactRecord } from '../datasources/port/records.ts';
import { SourceError } from '../datasources/port/source-error.ts';
import { compareRanked, ranked } from './order-key.ts';
import type { BlockList } from './relocate.ts';
import type { RowCheck } from './row-check.ts';

/** Positions of a `collected` block: more than any budget. */
const COLLECTED_BLOCK_SIZE = 2 ** 20;

/**
 * Reads the blocks of one source's list, under the call's signal, and adds up what they tell.
 * A `collected` plan's block is checked and sorted here, and then looks like the block of any other plan.
 */
export class BlockReader implements BlockList {
  readonly #source: ContactSource;
  readonly #plan: RunnablePlan;
  readonly #order: ContactOrder;
  readonly #check: RowCheck;
  readonly #call: Call;
  readonly #blocks = new Map<number, Block>();
  readonly blockSize: number;
  rowsRead = 0;
  /** Rows that did not fit the CRM's contract. */
  rowsOdd = 0;
  totalCount: number | null = null;
  /** False when the list was cut for good. */
  isWhole = true;
  /** Whether a `collected` list goes on beyond the block that was read: what comes later may belong before its rows. */
  isInPieces = false;
  /** When the oldest block was read from the CRM. */
  asOf: Date | null = null;

  constructor(source: ContactSource, plan: RunnablePlan, order: ContactOrder, check: RowCheck, call: Call) {
    this.#source = source;
    this.#plan = plan;
    this.#order = order;
    this.#check = check;
    this.#call = call;
    this.blockSize = plan.shape === 'collected' ? COLLECTED_BLOCK_SIZE : plan.blockSize;
  }

  get sourceName(): string {
    return this.#source.name;
  }

  /** A block that is already here. */
  peek(index: number): Block | undefined {
    return this.#blocks.get(index);
  }

  forgetAllBut(index: number): void {
    for (const known of this.#blocks.keys()) {
      if (known !== index) this.#blocks.delete(known);
    }
  }

  /**
   * Reads a block; one that is already here costs nothing.
   *
   * @throws SourceError as the source does, and TIMEOUT when the call's signal aborts, whether the source heeds it or not.
   */
  async read(index: number): Promise<Block> {
    const known = this.#blocks.get(index);
    if (known) return known;
    const block = await this.#readInTime(index);
    this.rowsRead += block.rows.filter((row) => row !== null).length;
    this.rowsOdd += block.droppedRows;
    this.totalCount = block.totalCount;
    this.isWhole &&= block.isWhole;
    this.isInPieces ||= this.#plan.shape === 'collected' && !block.isLast;
    if (this.asOf === null || block.asOf < this.asOf) this.asOf = block.asOf;
    const usable = this.#plan.shape === 'collected' ? this.#collected(block) : block;
    this.#blocks.set(index, usable);
    return usable;
  }

  #collected(block: Block): Block {
    const byId = new Map<string, ContactRecord>();
    for (const row of block.rows) {
      if (row !== null && !byId.has(row.idInSource)) byId.set(row.idInSource, row);
    }
    const rows = [...byId.values()]
      .filter((record) => this.#check.passes(record))
      .map((record) => ranked(record, this.#order.field))
      .toSorted((left, right) => compareRanked(left, right, this.#order.direction))
      .map(({ record }) => record);
    return { ...block, rows, overlap: [] };
  }

  #readInTime(index: number): Promise<Block> {
    const { signal } = this.#call;
    return new Promise<Block>((resolve, reject) => {
      const giveUp = (): void =>
        reject(new SourceError(this.sourceName, 'TIMEOUT', 'The source did not answer in time.', { isRetryable: true }));
      if (signal.aborted) {
        giveUp();
        return;
      }
      signal.addEventListener('abort', giveUp, { once: true });
      void this.#readFromSource(index)
        .then(resolve, reject)
        .finally(() => signal.removeEventListener('abort', giveUp));
    });
  }

  /** Async, so that a source that throws before its first await rejects like any other. */
  async #readFromSource(index: number): Promise<Block> {
    return this.#source.readBlock(this.#plan, index, this.#call);
  }
}
