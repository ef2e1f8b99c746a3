import type { SourceErrorCode } from '../port/source-error.ts';

/** One call that was sent to a CRM. */
export interface ObservedCall {
  /** The source's configured name. */
  readonly source: string;
  /** How it ended. */
  readonly outcome: 'OK' | SourceErrorCode;
  /** From its sending to the end of its answer. */
  readonly durationMs: number;
  /** How long it waited before, for its turn and for quotas. */
  readonly waitedMs: number;
}

/** Is called after every call to a CRM, log-ins and token refreshes included. Must not throw. */
export type CallObserver = (call: ObservedCall) => void;
