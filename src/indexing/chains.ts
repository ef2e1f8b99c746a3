const EMPTY = -1;
const SIZE_MIN = 1_024;

/** A hash table of numbers under 32-bit hashes, in typed arrays: an object for each entry would take ten times as much memory. */
export class Chains {
  #heads = new Int32Array(SIZE_MIN).fill(EMPTY);
  #next = new Int32Array(SIZE_MIN);
  /** Kept, so that growing takes no longer than copying. */
  #hashes = new Uint32Array(SIZE_MIN);
  #count = 0;

  /** Adds the next number, from 0, under a hash. */
  add(hash: number): void {
    if (this.#count === this.#next.length) this.#grow();
    this.#hashes[this.#count] = hash;
    this.#link(this.#count);
    this.#count += 1;
  }

  /** The numbers under a hash, the latest first. Different things may have one hash. */
  *find(hash: number): Generator<number> {
    for (let index = this.#heads[this.#slot(hash)] ?? EMPTY; index !== EMPTY; index = this.#next[index] ?? EMPTY) {
      if (this.#hashes[index] === hash >>> 0) yield index;
    }
  }

  #slot(hash: number): number {
    return (hash >>> 0) & (this.#heads.length - 1);
  }

  #link(index: number): void {
    const slot = this.#slot(this.#hashes[index] ?? 0);
    this.#next[index] = this.#heads[slot] ?? EMPTY;
    this.#heads[slot] = index;
  }

  #grow(): void {
    const size = this.#next.length * 2;
    const hashes = new Uint32Array(size);
    hashes.set(this.#hashes);
    this.#hashes = hashes;
    this.#next = new Int32Array(size);
    this.#heads = new Int32Array(size).fill(EMPTY);
    for (let index = 0; index < this.#count; index += 1) this.#link(index);
  }
}
