/** Counts calls by caller, within a bound: of too many callers, those who have not called for longest are forgotten. */
export class Usage {
  readonly #calls = new Map<string, number>();
  readonly #callersMax: number;
  #latest: string | undefined;

  constructor(callersMax: number) {
    this.#callersMax = callersMax;
  }

  usedBy(caller: string): number {
    return this.#calls.get(caller) ?? 0;
  }

  add(caller: string): void {
    const calls = this.usedBy(caller) + 1;
    if (caller !== this.#latest) {
      this.#calls.delete(caller);
      this.#latest = caller;
    }
    this.#calls.set(caller, calls);
    if (this.#calls.size > this.#callersMax) this.#forgetOne();
  }

  remove(caller: string): void {
    const calls = this.usedBy(caller);
    if (calls > 1) this.#calls.set(caller, calls - 1);
    else this.#calls.delete(caller);
  }

  clear(): void {
    this.#calls.clear();
  }

  #forgetOne(): void {
    const oldest = this.#calls.keys().next().value;
    if (oldest !== undefined) this.#calls.delete(oldest);
  }
}
