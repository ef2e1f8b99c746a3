import type { Settings } from '../../config/settings.ts';
import type { ContactSource } from '../../datasources/port/contact-source.ts';
import type { Metrics } from '../../telemetry/metrics.ts';

/** What the status page shows, as JSON. Makes no call to a CRM, and holds nothing of any contact. */
export function statusReport(sources: ReadonlyMap<string, ContactSource>, metrics: Metrics, settings: Settings): object {
  return {
    startedAt: metrics.startedAt,
    isSandbox: settings.isSandbox,
    requests: metrics.requestCounts.read(),
    pages: {
      ...(settings.hasGraphiql && { GraphiQL: '/graphql' }),
      ...(settings.hasIntrospection && { Schema: '/schema.graphql' }),
      Metrics: '/metrics',
    },
    sources: [...sources.values()].map((source) => toSourceStatus(source, metrics)),
  };
}

function toSourceStatus(source: ContactSource, metrics: Metrics): object {
  const { name, kind, displayName, url, index } = source;
  const { error, ...health } = source.health();
  const { minutes, errors } = metrics.history.read(name);
  return {
    name,
    kind,
    displayName,
    url,
    ...health,
    error: error && { code: error.code, message: error.message, retryAfterMs: error.retryAfterMs },
    index: index === undefined ? null : { status: index.state.status, rowsRead: index.state.rowsRead, rowsTotal: index.state.rowsTotal },
    minutes,
    errors,
  };
}
