import type { SourceErrorCode } from '../port/source-error.ts';

/** One call that was sent to a CRM. */
export interface ObservedCall {
  /** The source's configured name. */
  readonly source: string;
  /** How it ended. */
  readonly outcome: 'OK' | SourceErrorCode;
  readonly durationMs: number;
}

/** Is called after every call to a CRM, log-ins and token refreshes included. Must not throw. */
export type CallObserver = (call: ObservedCall) => void;
