import type { Call } from '../port/call.ts';

/** An answer that some replica has read. */
export interface SharedAnswer {
  readonly answer: object;
  /** When its reading began, Unix milliseconds on this process' clock. */
  readonly readAt: number;
}

/** Whether an answer is new enough. */
export type IsUsable = (key: string, answer: SharedAnswer) => boolean;

/** What other replicas have read, and the turn to read what they have not. */
export interface Claim {
  /** By key. */
  readonly found: ReadonlyMap<string, SharedAnswer>;
  /**
   * Ends the turn, and keeps what was read in it. To be called once, also when the read failed: then with nothing.
   *
   * @param readAt When the reading began, Unix milliseconds. @param lifeMs How long it is good for, from then on.
   */
  end(read: ReadonlyMap<string, object>, readAt: number, lifeMs: number): void;
}

/** What replicas share of one source. While that is out of reach nothing is found, and each may read for itself. */
export interface SharedSource {
  /**
   * Names the state of the source as this process knows it: another one after each change of the source on any replica. What is kept under one is
   * found under no other. null: nobody knows, and nothing is shared.
   */
  readonly epoch: string | null;
  /** Reports a change to the other replicas. Never rejects. */
  raise(): Promise<void>;
  /**
   * Looks for answers. Where one is missing it waits until another replica that reads it has done so, or it is this one's turn.
   *
   * @param call How long it may wait.
   * @returns All answers, or some of them and the turn to read the others. Never rejects; when its time is over it returns without a turn.
   */
  claim(epoch: string, keys: readonly string[], call: Pick<Call, 'deadline' | 'signal'>, isUsable: IsUsable): Promise<Claim>;
}
