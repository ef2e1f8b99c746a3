import {
  QUOTA_WINDOWS,
  SOURCE_HEALTH_STATUSES,
  type QuotaWindow as Window,
  type SourceHealth as SourceHealthShape,
  type SourceHealthStatus as Status,
  type SourceQuota as SourceQuotaShape,
} from '../../datasources/port/source-health.ts';
import { builder } from '../builder.ts';
import { describedValues } from '../described-values.ts';
import { SourceError, toSourceErrorShape } from './source-error.ts';
import { toInt } from '../whole-number.ts';

export const SourceHealthStatus = builder.enumType('SourceHealthStatus', {
  description: 'How a source has been working lately. New values may be added: treat an unknown one like DEGRADED.',
  values: describedValues<Status>(SOURCE_HEALTH_STATUSES, {
    OK: 'The CRM answers.',
    DEGRADED: 'Some calls fail, or return incomplete data.',
    THROTTLED: 'Calls wait until a quota is available again.',
    UNAUTHENTICATED: "The CRM does not accept the gateway's credentials.",
    BLOCKED: 'The CRM rejects all calls of this gateway.',
    DOWN: 'The CRM does not answer.',
    UNKNOWN: 'No call has been made yet.',
  }),
});

export const QuotaWindow = builder.enumType('QuotaWindow', {
  description: 'The period over which a CRM counts calls. New values may be added.',
  values: describedValues<Window>(QUOTA_WINDOWS, {
    SECOND: 'Calls per second.',
    TEN_SECONDS: 'Calls per 10 seconds.',
    MINUTE: 'Calls per minute.',
    HOUR: 'Calls per hour.',
    DAY: 'Calls per day.',
  }),
});

const SourceQuota = builder.objectRef<SourceQuotaShape>('SourceQuota').implement({
  description: 'How many calls a CRM allows in a period.',
  fields: (t) => ({
    window: t.expose('window', { type: QuotaWindow, nullable: false, description: 'The period over which calls are counted.' }),
    limit: t.int({ description: 'How many calls are allowed in the window. Null when not known.', resolve: (quota) => toInt(quota.limit) }),
    remaining: t.int({
      description: 'How many calls are left in the window. Null when not known.',
      resolve: (quota) => toInt(quota.remaining),
    }),
    resetsAt: t.expose('resetsAt', {
      type: 'DateTime',
      description:
        'When calls are available again; in a sliding window, when its oldest call leaves it. Null when not known, or when no call is used up.',
    }),
  }),
});

export const SourceHealth = builder.objectRef<SourceHealthShape>('SourceHealth').implement({
  description: 'How a source is working, as seen from recent calls. Reading it calls no CRM.',
  fields: (t) => ({
    status: t.expose('status', { type: SourceHealthStatus, nullable: false, description: 'The overall status.' }),
    checkedAt: t.expose('checkedAt', { type: 'DateTime', description: 'When the source was last called. Null when never.' }),
    latencyMs: t.int({
      description: 'How long its answers take, in milliseconds. Null when not known.',
      resolve: (health) => toInt(health.latencyMs),
    }),
    quotas: t.expose('quotas', {
      type: [SourceQuota],
      nullable: false,
      description: 'The known quotas, the shortest window first.',
    }),
    error: t.field({
      type: SourceError,
      description: 'The last error that is not resolved yet. Null when there is none.',
      resolve: (health) => toSourceErrorShape(health.error),
    }),
  }),
});
