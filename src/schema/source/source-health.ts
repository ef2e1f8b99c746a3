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
  description: 'How a source has been doing lately. New values may be added: treat one you do not know like DEGRADED.',
  values: describedValues<Status>(SOURCE_HEALTH_STATUSES, {
    OK: 'It answers.',
    DEGRADED: 'It answers, but not always or not all of it.',
    THROTTLED: 'Calls are held back until a quota opens again.',
    UNAUTHENTICATED: 'It does not accept our credentials.',
    BLOCKED: 'It refuses this gateway altogether.',
    DOWN: 'It does not answer.',
    UNKNOWN: 'Nothing has been asked of it yet.',
  }),
});

export const QuotaWindow = builder.enumType('QuotaWindow', {
  description: 'The stretch of time over which a CRM counts calls. New values may be added.',
  values: describedValues<Window>(QUOTA_WINDOWS, {
    SECOND: 'One second.',
    TEN_SECONDS: 'Ten seconds.',
    MINUTE: 'One minute.',
    HOUR: 'One hour.',
    DAY: 'One day.',
  }),
});

const SourceQuota = builder.objectRef<SourceQuotaShape>('SourceQuota').implement({
  description: 'How many calls a CRM allows in a stretch of time.',
  fields: (t) => ({
    window: t.expose('window', { type: QuotaWindow, nullable: false, description: 'The stretch of time.' }),
    limit: t.int({ description: 'Calls allowed in it. Null when not known.', resolve: (quota) => toInt(quota.limit) }),
    remaining: t.int({ description: 'Calls left in it. Null when not known.', resolve: (quota) => toInt(quota.remaining) }),
    resetsAt: t.expose('resetsAt', {
      type: 'DateTime',
      description:
        'When it opens again; of a sliding window, when its oldest call leaves it. Null when not known, or when none of it is used up.',
    }),
  }),
});

export const SourceHealth = builder.objectRef<SourceHealthShape>('SourceHealth').implement({
  description: 'How a source is doing, as seen from the traffic so far: asking for it calls no CRM.',
  fields: (t) => ({
    status: t.expose('status', { type: SourceHealthStatus, nullable: false, description: 'In one word.' }),
    checkedAt: t.expose('checkedAt', { type: 'DateTime', description: 'When it was last called. Null when never.' }),
    latencyMs: t.int({
      description: 'How long its answers take, in milliseconds. Null when not known.',
      resolve: (health) => toInt(health.latencyMs),
    }),
    quotas: t.expose('quotas', {
      type: [SourceQuota],
      nullable: false,
      description: 'The quotas that are known, the shortest window first.',
    }),
    error: t.field({
      type: SourceError,
      description: 'The last trouble that still stands. Null when there is none.',
      resolve: (health) => toSourceErrorShape(health.error),
    }),
  }),
});
