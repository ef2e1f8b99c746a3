import type { Call } from '../../port/call.ts';
import { SourceError } from '../../port/source-error.ts';
import { CallgearError } from '../rpc-error.ts';
import type { SortItem } from './plan.ts';
import type { RefusalMemory } from '../../cache/refusal-memory.ts';

/** An order, and whether it is what was asked for: one that only keeps pages together may be left out. */
export interface SortQuery {
  readonly method: string;
  readonly sort: readonly SortItem[];
  readonly isAskedFor: boolean;
}

/** Leaves out of an order the fields that this CallGear does not sort by. */
export class SortForms {
  readonly #source: string;
  readonly #refused: RefusalMemory;

  constructor(source: string, refused: RefusalMemory) {
    this.#source = source;
    this.#refused = refused;
  }

  /**
   * Runs `attempt` with the order as CallGear takes it. Fields that only settle ties are left out where they are refused.
   * Cost: 1 attempt as a rule; 1 more for each refusal that is not known yet, 3 at most.
   *
   * @throws SourceError ORDER_UNSUPPORTED when the field that was asked for is refused; whatever `attempt` throws otherwise.
   */
  async run<T>(
    { method, sort, isAskedFor }: SortQuery,
    call: Pick<Call, 'freshAfter'>,
    attempt: (sort: readonly SortItem[]) => Promise<T>,
  ): Promise<T> {
    const keyOf = ({ field }: SortItem) => `${method} sort ${field}`;
    const refused = new Set(sort.filter((item) => this.#refused.has(keyOf(item), call)));
    for (;;) {
      const usable = sort.filter((item) => !refused.has(item));
      if (isAskedFor && usable[0] !== sort[0]) throw this.#unsupported();
      try {
        return await attempt(usable);
      } catch (error) {
        if (!(error instanceof CallgearError) || error.refused !== 'sort' || usable.length === 0) throw error;
        for (const item of refusedItems(error, usable)) {
          refused.add(item);
          this.#refused.note(keyOf(item));
        }
      }
    }
  }

  #unsupported(): SourceError {
    return new SourceError(this.#source, 'ORDER_UNSUPPORTED', `${this.#source} does not sort like this.`);
  }
}

/** The fields that CallGear names. When it names none, those that only settle ties are the first to go. */
function refusedItems({ field, refusedValue }: CallgearError, usable: readonly SortItem[]): readonly SortItem[] {
  const words = new Set<unknown>([...(field?.split('.') ?? []), refusedValue]);
  const named = usable.filter((item) => words.has(item.field));
  if (named.length > 0) return named;
  return usable.length > 1 ? usable.slice(1) : usable;
}
