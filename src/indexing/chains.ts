const EMPTY = -1;
const SIZE_MIN = 1_024;

/** A hash table of numbers under 32-bit hashes, in typed arrays: an object for each entry would take ten times as much memory. */
export class Chains {
  readonly #hashOf: (index: number) => number;
  #heads = new Int32Array(SIZE_MIN).fill(EMPTY);
  #next = new Int32Array(SIZE_MIN);
  #count = 0;

  /** @param hashOf The hash under which a number was added. */
  constructor(hashOf: (index: number) => number) {
    this.#hashOf = hashOf;
  }

  /** Adds the next number, from 0. */
  add(): void {
    if (this.#count === this.#next.length) this.#grow();
    this.#link(this.#count);
    this.#count += 1;
  }

  /** The numbers that may be under a hash, the latest first: those under others may be among them. */
  *find(hash: number): Generator<number> {
    for (let index = this.#heads[this.#slot(hash)] ?? EMPTY; index !== EMPTY; index = this.#next[index] ?? EMPTY) yield index;
  }

  #slot(hash: number): number {
    return (hash >>> 0) & (this.#heads.length - 1);
  }

  #link(index: number): void {
    const slot = this.#slot(this.#hashOf(index));
    this.#next[index] = this.#heads[slot] ?? EMPTY;
    this.#heads[slot] = index;
  }

  #grow(): void {
    const size = this.#next.length * 2;
    this.#next = new Int32Array(size);
    this.#heads = new Int32Array(size).fill(EMPTY);
    for (let index = 0; index < this.#count; index += 1) this.#link(index);
  }
}
