import type { CallTurn } from '../port/call.ts';
import type { PayingClaim } from './governor.ts';

/** Counts one more call to a source, and says in whose turn it goes out. */
export function claimOf(turn: CallTurn, source: string): PayingClaim {
  const claim: PayingClaim = { caller: turn.caller, priority: turn.take(source) };
  if (turn.onJoin === undefined) return claim;
  return { ...claim, onJoin: (listener) => turn.onJoin?.((joined) => listener(claimOf(joined, source))) ?? (() => undefined) };
}
