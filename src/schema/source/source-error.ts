import { SOURCE_ERROR_CODES, type SourceError as Failure, type SourceErrorCode as Code } from '../../datasources/port/source-error.ts';
import { builder } from '../builder.ts';
import { describedValues } from '../described-values.ts';
import { toInt } from '../whole-number.ts';

export const SourceErrorCode = builder.enumType('SourceErrorCode', {
  description:
    'Why a CRM failed. GraphQL errors have the same codes in `extensions.code`. New values may be added: treat an unknown one like UNAVAILABLE.',
  values: describedValues<Code>(SOURCE_ERROR_CODES, {
    TIMEOUT: 'The CRM did not answer completely in time. Try again.',
    RATE_LIMITED: 'Too many calls in a short period. Try again after `retryAfterMs`.',
    QUOTA_EXHAUSTED: 'The calls of a long period (hour, day) are used up. Try again after `retryAfterMs`.',
    UNAUTHENTICATED: "The CRM does not accept the gateway's credentials. The operator has to renew them.",
    FORBIDDEN: 'The credentials lack a permission, or that part of the CRM is switched off. Trying again does not help.',
    BLOCKED: 'The CRM rejects all calls of this gateway, so none are sent for a while. The operator has to act.',
    UNAVAILABLE: 'The CRM cannot be reached, or has an internal error. Try again later.',
    BAD_RESPONSE: 'The CRM sent data that cannot be parsed. Rows that could be parsed are returned.',
    FILTER_UNSUPPORTED: 'The CRM cannot answer this filter. See `SourceCapabilities.filterFields`.',
    ORDER_UNSUPPORTED: 'The CRM cannot sort this way. See `SourceCapabilities.orderFields`.',
    COST_EXCEEDED: 'The request needs more calls to CRMs than one request may make. Request less at once.',
    INDEX_MISSING: 'The source has no contact index that can be used. See `Source.index`.',
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
  description: 'A failure of one CRM.',
  fields: (t) => ({
    code: t.expose('code', { type: SourceErrorCode, nullable: false, description: 'The reason, for programs. The message may change.' }),
    message: t.exposeString('message', {
      nullable: false,
      description: 'The reason, for people. Never contains credentials, addresses of servers, or data of contacts.',
    }),
    retryAfterMs: t.exposeInt('retryAfterMs', {
      description: 'How many milliseconds to wait before the next attempt. Null when not known.',
    }),
  }),
});
