import type { CallGate, Candidate, GatePermit } from './call-gate.ts';
import type { GateRefusal } from './limits.ts';
import type { Standing } from './reserve.ts';

/** Calls that wait in front of others, with the share of the limits that they leave free. */
interface Held {
  readonly share: number;
  count: number;
}

/**
 * One round at one gate: those who wait are looked at in turn, and each is let through or keeps its place before those behind it. What does not
 * change within a round is worked out once, so that a long queue behind a silent CRM costs little.
 */
export class GateRound {
  readonly #gate: CallGate;
  readonly #now: number;
  readonly #held: Held[] = [];
  /** Calls that were let through; a standing is as good as this number is. */
  entered = 0;

  constructor(gate: CallGate, now: number) {
    this.#gate = gate;
    this.#now = now;
  }

  standing(candidate: Candidate): Standing {
    return this.#gate.standing(candidate, this.#now);
  }

  /** Whether a call may go now: nothing stands in its way, and nobody waits before it for the same places. */
  isOpen(standing: Standing): boolean {
    return this.#before(standing) === 0 && this.#gate.hasRoom(standing) && this.#gate.nextAt(standing, 0, this.#now) <= this.#now;
  }

  /** When a call may go, as far as limits and holds go. */
  nextAt(standing: Standing): number {
    return this.#gate.nextAt(standing, this.#before(standing), this.#now);
  }

  /** What stands in a call's way until `at`, which `nextAt` gave for it. */
  refusalUntil(at: number, standing: Standing): GateRefusal {
    return this.#gate.refusalUntil(at, standing, this.#before(standing));
  }

  /** Lets a call through. */
  enter(payer: string, inTurnOf: string, turn: number): GatePermit {
    this.entered += 1;
    return this.#gate.enter(this.#now, payer, inTurnOf, turn);
  }

  /** A call waits here, before all who come after it; but for those who may have places that it must leave free. */
  hold({ share }: Standing): void {
    for (const held of this.#held) {
      if (held.share !== share) continue;
      held.count += 1;
      return;
    }
    this.#held.push({ share, count: 1 });
  }

  #before({ share }: Standing): number {
    let before = 0;
    for (let index = 0; index < this.#held.length; index += 1) {
      const held = this.#held[index];
      if (held !== undefined && held.share <= share) before += held.count;
    }
    return before;
  }
}
