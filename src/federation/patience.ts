/** The share of the time left to a list after which one of its sources is taken to be silent, so that the others read ahead. */
const QUIET_SHARE = 1 / 3;

/** How long the sources of one list wait for each other. */
export class Patience {
  readonly #deadline: number;
  readonly #now: () => number;

  /** @param deadline When the list ends, on the scale of `now`. */
  constructor(deadline: number, now: () => number) {
    this.#deadline = deadline;
    this.#now = now;
  }

  /**
   * Waits for work of one source, and has the others do theirs when it takes long: a third of the time that the list has left.
   *
   * @param work Never rejects.
   * @param whenQuiet Starts what the others can do without it. Called once at most, and not waited for.
   */
  async wait(work: Promise<unknown>, whenQuiet: () => void): Promise<void> {
    const quietMs = Math.max(0, (this.#deadline - this.#now()) * QUIET_SHARE);
    const timer = setTimeout(whenQuiet, quietMs);
    try {
      await work;
    } finally {
      clearTimeout(timer);
    }
  }
}
