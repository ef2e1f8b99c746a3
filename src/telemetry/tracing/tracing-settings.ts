/** The samplers of OpenTelemetry by their standard names. @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ */
export const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;
export type SamplerName = (typeof SAMPLERS)[number];

/** Where traces go, and which. */
export interface TracingSettings {
  /** The whole URL that spans are sent to, as OTLP in JSON. */
  readonly url: string;
  /** Sent along; they may hold a key. */
  readonly headers: Readonly<Record<string, string>>;
  readonly serviceName: string;
  /** Of the standard form `name=value,name=value`. */
  readonly resourceAttributes: Readonly<Record<string, string>>;
  readonly sampler: SamplerName;
  /** For the samplers by ratio, 0 to 1. */
  readonly samplerRatio: number;
}

/** Reads `name=value,name=value`, values percent-encoded, as OpenTelemetry writes headers and attributes. @returns null for anything else. */
export function parsePairs(text: string): Readonly<Record<string, string>> | null {
  const pairs: Record<string, string> = {};
  for (const entry of text.split(',').filter((part) => part.trim() !== '')) {
    const split = entry.indexOf('=');
    const name = entry.slice(0, Math.max(split, 0)).trim();
    if (name === '') return null;
    try {
      pairs[name] = decodeURIComponent(entry.slice(split + 1).trim());
    } catch {
      return null;
    }
  }
  return pairs;
}
