import { describe, expect, test } from 'vitest';
import { readSettings } from '../../../src/config/settings.ts';
import { SOURCE_MODULES } from '../../../src/datasources/registry.ts';

const tracingOf = (environment: Record<string, string>) => readSettings(environment, SOURCE_MODULES).tracing;
const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/' };

describe('traces', () => {
  test('are off without an endpoint, whatever else is set, and where they are disabled', () => {
    expect(tracingOf({ OTEL_SERVICE_NAME: 'contacts', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })).toBeNull();
    expect(tracingOf({ ...ENDPOINT, OTEL_SDK_DISABLED: 'true' })).toBeNull();
  });

  test.each([
    [ENDPOINT, 'http://collector:4318/v1/traces'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://example.com/otlp' }, 'https://example.com/otlp/v1/traces'],
    [{ ...ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://traces.example.com/in' }, 'https://traces.example.com/in'],
  ])('of %j go to %s', (environment, url) => {
    expect(tracingOf(environment)?.url).toBe(url);
  });

  test('have headers and attributes of the standard form', () => {
    const given = { OTEL_EXPORTER_OTLP_HEADERS: 'api-key=a%3Db, x = 1', OTEL_RESOURCE_ATTRIBUTES: 'service.version=2' };
    expect(tracingOf({ ...ENDPOINT, ...given })).toMatchObject({
      headers: { 'api-key': 'a=b', x: '1' },
      resourceAttributes: { 'service.version': '2' },
    });
  });

  test.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'secret'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'key=%'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'],
    ['OTEL_TRACES_SAMPLER', 'sometimes'],
    ['OTEL_TRACES_SAMPLER_ARG', '2'],
  ])('with a wrong %s stop the start, which names it and shows no value', (name, value) => {
    expect(() => tracingOf({ ...ENDPOINT, [name]: value })).toThrow(name);
    expect(() => tracingOf({ ...ENDPOINT, [name]: value })).not.toThrow(value === '2' ? /: 2/ : value);
  });
});
