import type { Call } from '../datasources/port/call.ts';

/** A call of whose cost account is kept apart. */
export interface CountedCall {
  readonly call: Call;
  /** Upstream calls that were counted on it so far. */
  readonly count: () => number;
}

/** Makes a call that counts on the meter of another, and on its own: what one source cost one list. */
export function countCalls(call: Call): CountedCall {
  let count = 0;
  const meter: Call['meter'] = {
    count(source) {
      call.meter.count(source);
      count += 1;
    },
    countReply: (source, length) => call.meter.countReply?.(source, length),
    noteTooLarge: () => call.meter.noteTooLarge?.(),
  };
  return { call: { ...call, meter }, count: () => count };
}
