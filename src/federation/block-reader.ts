import type { RunnablePlan, Block } from '../datasources/port/list-plan.ts';
import type { ContactFilterField, ContactOrder } from '../datasources/port/list-query.ts';
import type { ContactRecord } from '../datasources/port/records/contact.ts';
import type { BlockShelf } from './block-shelf.ts';
import { compareRanked, ranked } from './order-key.ts';
import type { BlockList } from './relocate.ts';
import type { RowCheck } from './row-check.ts';

/** Positions of a `collected` block: more than any budget. */
const COLLECTED_BLOCK_SIZE = 2 ** 20;

/**
 * Takes the blocks of one source's list from its shelf, and adds up what they say.
 * A `collected` plan's block is checked and sorted here, and then looks like the block of any other plan.
 */
export class BlockReader implements BlockList {
  readonly #shelf: BlockShelf;
  readonly #plan: RunnablePlan;
  readonly #order: ContactOrder;
  readonly #check: RowCheck;
  readonly #isRehearsal: boolean;
  readonly #blocks = new Map<number, Block>();
  readonly blockSize: number;
  rowsRead = 0;
  /** Rows that did not fit the CRM's contract. */
  rowsOdd = 0;
  /** Members of the filter that the source was seen to ignore. */
  readonly ignored = new Set<ContactFilterField>();
  totalCount: number | null = null;
  /** False when the list was cut for good. */
  isWhole = true;
  /** Whether a `collected` list goes on beyond the block that was read: what comes later may belong before its rows. */
  isInPieces = false;
  /** When the oldest block was read from the CRM. */
  asOf: Date | null = null;

  /** @param isRehearsal Whether the blocks that are read stay on the shelf, for the reader that is rehearsed. */
  constructor(shelf: BlockShelf, order: ContactOrder, check: RowCheck, isRehearsal = false) {
    this.#shelf = shelf;
    this.#plan = shelf.plan;
    this.#order = order;
    this.#check = check;
    this.#isRehearsal = isRehearsal;
    this.blockSize = this.#plan.shape === 'collected' ? COLLECTED_BLOCK_SIZE : this.#plan.blockSize;
  }

  get sourceName(): string {
    return this.#shelf.source.name;
  }

  /** Makes a reader that has the same blocks, and whose further ones are kept for this one. It adds up for itself. */
  rehearse(check: RowCheck): BlockReader {
    const rehearsal = new BlockReader(this.#shelf, this.#order, check, true);
    for (const [index, block] of this.#blocks) rehearsal.#blocks.set(index, block);
    return rehearsal;
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
   * @throws SourceError as BlockShelf does.
   */
  async read(index: number): Promise<Block> {
    const known = this.#blocks.get(index);
    if (known) return known;
    const block = await (this.#isRehearsal ? this.#shelf.readAhead(index) : this.#shelf.take(index));
    this.rowsRead += block.rows.filter((row) => row !== null).length;
    this.rowsOdd += block.droppedRows;
    for (const field of block.strangers?.fields ?? []) this.ignored.add(field);
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
      .filter((record) => this.#check.passes(record, block.strangers))
      .map((record) => ranked(record, this.#order.field))
      .toSorted((left, right) => compareRanked(left, right, this.#order.direction))
      .map(({ record }) => record);
    return { ...block, rows, overlap: [] };
  }
}
