import { SOURCE_ERROR_CODES, type SourceError as Failure, type SourceErrorCode as Code } from '../../datasources/port/source-error.ts';
import { builder } from '../builder.ts';
import { describedValues } from '../described-values.ts';
import { toInt } from '../whole-number.ts';

export const SourceErrorCode = builder.enumType('SourceErrorCode', {
  description:
    'What went wrong with a CRM. GraphQL errors carry the same codes in `extensions.code`. New values may be added: treat one you do not know like UNAVAILABLE.',
  values: describedValues<Code>(SOURCE_ERROR_CODES, {
    TIMEOUT: 'The CRM gave no complete answer in the time allowed. Ask again.',
    RATE_LIMITED: 'Too many calls in a short window. Ask again after `retryAfterMs`.',
    QUOTA_EXHAUSTED: 'The calls of a long window (hour, day) are used up. Ask again after `retryAfterMs`.',
    UNAUTHENTICATED: "The CRM does not accept the gateway's credentials. The operator has to renew them.",
    FORBIDDEN: 'The credentials lack a right, or that part of the CRM is switched off. Asking again does not help.',
    BLOCKED: 'The CRM refuses this gateway altogether; no calls are made for a while. The operator has to look into it.',
    UNAVAILABLE: 'No connection to the CRM, or a fault of its own. Ask again later.',
    BAD_RESPONSE: 'The CRM sent something that cannot be read. Rows that could be read are there.',
    FILTER_UNSUPPORTED: 'This CRM cannot answer this filter. See `SourceCapabilities.filterFields`.',
    ORDER_UNSUPPORTED: 'This CRM cannot sort like this. See `SourceCapabilities.orderFields`.',
    COST_EXCEEDED: 'The request needed more calls to CRMs than one request may make. Ask for less at once.',
  }),
});

/** A failure as data. A resolver that returned the error itself would be taken to have failed. */
export interface SourceErrorShape {
  readonly code: Code;
  readonly message: string;
  readonly retryAfterMs: number | null;
}

/** Takes from a failure what clients may see; null stays null. */
export function toSourceErrorShape(error: Failure | null): SourceErrorShape | null {
  if (error === null) return null;
  return { code: error.code, message: error.message, retryAfterMs: toInt(error.retryAfterMs) };
}

export const SourceError = builder.objectRef<SourceErrorShape>('SourceError').implement({
  description: 'Trouble with one CRM.',
  fields: (t) => ({
    code: t.expose('code', { type: SourceErrorCode, nullable: false, description: 'What to decide on; the message may change.' }),
    message: t.exposeString('message', {
      nullable: false,
      description: 'For people. Never holds credentials, addresses of servers, or anything about contacts.',
    }),
    retryAfterMs: t.exposeInt('retryAfterMs', { description: 'Milliseconds to wait before asking again. Null when it is not known.' }),
  }),
});
