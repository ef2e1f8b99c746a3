import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One span as it came. */
export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** '' for the first of a trace. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly isError: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A small real collector of traces: OTLP over HTTP, in JSON. */
export interface TraceCollector extends AsyncDisposable {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly url: string;
  readonly spans: readonly CollectedSpan[];
  /** All bodies as they came. */
  readonly text: () => string;
  /** Headers of each request, and attributes of the resource. */
  readonly requests: readonly { readonly path: string; readonly headers: NodeJS.Dict<string | string[]>; readonly resource: object }[];
}

interface WireValue {
  readonly stringValue?: string;
  readonly intValue?: number;
  readonly doubleValue?: number;
  readonly arrayValue?: { readonly values: readonly WireValue[] };
}
interface WireAttribute {
  readonly key: string;
  readonly value: WireValue;
}
interface WireSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code: number };
  readonly attributes: readonly WireAttribute[];
}
interface WireBody {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly WireAttribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly WireSpan[] }[];
  }[];
}

const STATUS_ERROR = 2;

export async function startTraceCollector(): Promise<TraceCollector> {
  const spans: CollectedSpan[] = [];
  const bodies: string[] = [];
  const requests: { path: string; headers: NodeJS.Dict<string | string[]>; resource: object }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      bodies.push(body);
      for (const { resource, scopeSpans } of (JSON.parse(body) as WireBody).resourceSpans) {
        requests.push({ path: request.url ?? '', headers: request.headers, resource: toObject(resource.attributes) });
        spans.push(...scopeSpans.flatMap((scope) => scope.spans.map(toSpan)));
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    text: () => bodies.join('\n'),
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function toSpan({ traceId, spanId, parentSpanId = '', name, status, attributes, ...times }: WireSpan): CollectedSpan {
  const [startMs = 0, endMs = 0] = [times.startTimeUnixNano, times.endTimeUnixNano].map((nano) => Number(nano) / 1e6);
  return { traceId, spanId, parentSpanId, name, startMs, endMs, isError: status.code === STATUS_ERROR, attributes: toObject(attributes) };
}

function toObject(attributes: readonly WireAttribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, toValue(value)]));
}

function toValue({ stringValue, intValue, doubleValue, arrayValue }: WireValue): unknown {
  return stringValue ?? intValue ?? doubleValue ?? arrayValue?.values.map(toValue);
}
