import { Agent, request as send } from 'node:http';

export interface LoadOptions {
  readonly clients: number;
  /** Ends with whichever comes first. */
  readonly seconds: number;
  readonly requests?: number;
  /** The body of the next request. */
  readonly body: () => string;
}

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  /** In rising order. */
  readonly durationsMs: readonly number[];
}

/** Keeps `clients` requests under way, each sent when the one before it is answered. @throws Error at the first answer that is not good. */
export async function load(url: string, { clients, seconds, requests = Infinity, body }: LoadOptions): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const durationsMs: number[] = [];
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1_000;
  let left = requests;
  try {
    await Promise.all(
      Array.from({ length: clients }, async () => {
        while (left > 0 && performance.now() < endsAt) {
          left -= 1;
          const sentAt = performance.now();
          assertGood(await ask(url, body(), agent));
          durationsMs.push(performance.now() - sentAt);
        }
      }),
    );
  } finally {
    agent.destroy();
  }
  return {
    requests: durationsMs.length,
    seconds: (performance.now() - startedAt) / 1_000,
    durationsMs: durationsMs.toSorted((one, other) => one - other),
  };
}

interface Answer {
  readonly status: number;
  readonly bytes: Buffer;
}

/** Sends one request. @throws Error where no answer comes. */
export function ask(url: string, body: string, agent?: Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', accept: 'application/json', 'content-length': Buffer.byteLength(body) };
    const request = send(url, { method: 'POST', headers, ...(agent && { agent }) }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, bytes: Buffer.concat(chunks) }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Any `errors` of an answer stand at its start or its end, as `isComplete` does where it is asked for last: looking there costs the driver little. */
export function assertGood({ status, bytes }: Answer): void {
  const ends = `${bytes.toString('latin1', 0, 100)} ${bytes.toString('latin1', Math.max(0, bytes.length - 600))}`;
  if (status !== 200 || ends.includes('"errors":[') || ends.includes('"isComplete":false'))
    throw new Error(`${status} ${bytes.toString('utf8', 0, 500)}`);
}

/** @param share 0.5 is the median. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).toSorted((one, other) => one - other);
  return (quantile(sorted, 0.5) + (sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN)) / 2;
}
