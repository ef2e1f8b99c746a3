/**
 * A way in which a sandbox CRM misbehaves, given as a start option or set while it runs.
 *
 * `route` is matched against `METHOD /path` (`GET /api/2.0/crm/contact/filter`) or, for CallGear, `POST get.contacts`:
 * a string must be equal, or be a prefix when it ends with `*`. The query is not part of it.
 */
export interface Fault {
  readonly route: string;
  /** Requests of the route that pass before it begins; 0 when left out. */
  readonly skip?: number;
  /** Requests that it spoils; all when left out. */
  readonly times?: number;
  /** For writes: whether the write is carried out before the answer is spoilt. `before` (not carried out) when left out. */
  readonly when?: 'before' | 'after';
  readonly effect: FaultEffect;
}

/** What becomes of a request that a fault spoils. */
export type FaultEffect =
  /** Waits, then answers as usual. */
  | { readonly kind: 'delay'; readonly delayMs: number }
  /** Waits until something has happened, then answers as usual. */
  | { readonly kind: 'hold'; readonly until: Promise<unknown> }
  /** Never answers. */
  | { readonly kind: 'hang' }
  /** Closes the connection with a TCP reset. */
  | { readonly kind: 'reset' }
  /** Sends headers and half of the usual body, then resets. */
  | { readonly kind: 'cut' }
  /** Answers with this instead. */
  | {
      readonly kind: 'respond';
      readonly status: number;
      readonly contentType?: string;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Changes the usual JSON body before it is sent. */
  | { readonly kind: 'alter'; readonly alter: (body: unknown) => unknown };

/** One request as a sandbox CRM received it. */
export interface LoggedRequest {
  /** As in Fault.route. */
  readonly route: string;
  readonly method: string;
  /** Path and query as sent. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Parsed JSON body, else the text, else undefined. */
  readonly body: unknown;
  /** Unix milliseconds. */
  readonly at: number;
  /** Answer status; undefined while under way; 0 when the connection was broken by a fault. */
  status: number | undefined;
  /** Whether the client went away before the answer was complete. */
  wasAborted: boolean;
  /** Whether a write changed the data. */
  didWrite: boolean;
}
