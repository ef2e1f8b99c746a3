import type { Fault, LoggedRequest } from './fault.ts';

/** Options that every sandbox CRM understands; each adds its own. */
export interface CrmServerOptions {
  /** Port on 127.0.0.1; 0 or left out takes a free one. */
  readonly port?: number;
  readonly faults?: readonly Fault[];
}

/** A running sandbox CRM: real HTTP on loopback. Each adds its data and switches. */
export interface CrmServer {
  /** `http://127.0.0.1:PORT`, with the path that a client has to configure, without a trailing slash. */
  readonly url: string;
  /** Every request received, oldest first. */
  readonly requests: LoggedRequest[];
  /** Replaces the faults, and starts their counters anew. */
  setFaults(faults: readonly Fault[]): void;
  /** Stops listening and breaks every open connection. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
