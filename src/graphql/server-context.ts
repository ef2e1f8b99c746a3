import type { RequestOutcome } from '../telemetry/request-outcome.ts';
import type { MeteredContext } from './request-context.ts';

/** What the HTTP server gives to Yoga with each request. */
export interface ServerContext {
  readonly gateway: MeteredContext;
  readonly outcome: RequestOutcome;
}
