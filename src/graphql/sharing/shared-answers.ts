import { LRUCache } from 'lru-cache';
import { NO_LONGER_NEEDED } from '../../platform/no-longer-needed.ts';

/** What is counted for an answer beside its bytes: its key, its place in the cache, its other members. */
const ENTRY_BYTES = 500;

/** One whole answer of an operation, as sharing needs to know it. */
export interface ShareableAnswer {
  /** Of the answer's body. */
  readonly byteLength: number;
  /** Unix milliseconds: until when it may be given to later requests; 0 is not at all. */
  readonly freshUntil: number;
  /**
   * Whether something failed by the limits of the request that it was made for (its time, its calls): another request that has time left may
   * fare better, and does not take it.
   */
  readonly isBoundToRequest: boolean;
  /** Whether it is only right for the very text of the request that it was made for. */
  readonly isBoundToText: boolean;
  readonly text: string;
}

/** One request that wants an answer. */
export interface Taker {
  /** Aborts when its client hangs up. */
  readonly signal: AbortSignal;
  /** The document as it was sent; others of the same key mean the same. */
  readonly text: string;
  /** Asked when an answer suffered from the limits of another request: whether too little time is left to fare better. */
  readonly hasLittleTimeLeft: () => boolean;
}

/** What a request was given. */
export interface TakenAnswer<A> {
  readonly answer: A;
  /** `executed`: made for this request; `joined`: made for an equal request at the same time; `kept`: made for an earlier one. */
  readonly origin: 'executed' | 'joined' | 'kept';
}

/** Where and how long answers are kept. */
export interface SharedAnswersOptions {
  /** Of all kept answers together. */
  readonly bytesMax: number;
  /** The wall clock, Unix milliseconds. */
  readonly now: () => number;
  /** Changes whenever anything that answers are made from was changed here, before and after: a deletion. */
  readonly generation: () => number;
}

interface KeptAnswer<A> {
  readonly answer: A;
  readonly generation: number;
}

/** One execution for all equal requests that are under way. */
interface Flight<A> {
  readonly generation: number;
  readonly answer: Promise<A>;
  readonly controller: AbortController;
  takers: number;
}

/**
 * Gives one answer to equal requests: those under way share one execution, later ones the answer that was kept.
 *
 * Whoever calls it puts into the key all that an answer depends on, the caller's rights first. An answer made before a deletion is given to
 * nobody who asked after it. No request is ended by another one: an execution is aborted when the last of its clients has hung up, and an answer
 * that suffered from the limits of the request that it was made for is not taken by others, who then execute their own while they have the time for it.
 */
export class SharedAnswers<A extends ShareableAnswer> {
  readonly #options: SharedAnswersOptions;
  readonly #kept: LRUCache<string, KeptAnswer<A>>;
  readonly #flights = new Map<string, Flight<A>>();

  constructor(options: SharedAnswersOptions) {
    this.#options = options;
    this.#kept = new LRUCache({
      maxSize: options.bytesMax,
      sizeCalculation: ({ answer }, key) => answer.byteLength + 2 * key.length + ENTRY_BYTES,
    });
  }

  /** Returns the kept answer, if there is one that still holds. Cost: no upstream call, no execution. */
  recall(key: string, text: string): A | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    if (kept.generation !== this.#options.generation() || this.#options.now() >= kept.answer.freshUntil) {
      this.#kept.delete(key);
      return undefined;
    }
    return fits(kept.answer, text) ? kept.answer : undefined;
  }

  /**
   * Returns the kept answer, joins the equal request under way, or executes.
   *
   * @param execute Makes the answer. Its signal aborts when nobody waits for it any more.
   * @throws Whatever `execute` throws for this request.
   */
  async take(key: string, taker: Taker, execute: (signal: AbortSignal) => Promise<A>): Promise<TakenAnswer<A>> {
    const kept = this.recall(key, taker.text);
    if (kept !== undefined) return { answer: kept, origin: 'kept' };
    const underWay = this.#flights.get(key);
    if (underWay === undefined || underWay.generation !== this.#options.generation() || underWay.controller.signal.aborted) {
      return { answer: await this.#wait(this.#launch(key, execute), taker), origin: 'executed' };
    }
    try {
      const answer = await this.#wait(underWay, taker);
      if (fits(answer, taker.text) && (!answer.isBoundToRequest || taker.hasLittleTimeLeft())) return { answer, origin: 'joined' };
    } catch {
      // What befell the other request need not befall this one.
    }
    return { answer: await execute(taker.signal), origin: 'executed' };
  }

  #launch(key: string, execute: (signal: AbortSignal) => Promise<A>): Flight<A> {
    const controller = new AbortController();
    const generation = this.#options.generation();
    const flight: Flight<A> = { generation, controller, answer: execute(controller.signal), takers: 0 };
    this.#flights.set(key, flight);
    const land = () => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    };
    flight.answer.then((answer) => {
      land();
      if (answer.freshUntil > this.#options.now()) this.#kept.set(key, { answer, generation });
    }, land);
    return flight;
  }

  async #wait(flight: Flight<A>, { signal }: Taker): Promise<A> {
    flight.takers += 1;
    const leave = () => {
      flight.takers -= 1;
      if (flight.takers === 0) flight.controller.abort(NO_LONGER_NEEDED);
    };
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
    try {
      return await flight.answer;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }
}

function fits(answer: ShareableAnswer, text: string): boolean {
  return !answer.isBoundToText || answer.text === text;
}
