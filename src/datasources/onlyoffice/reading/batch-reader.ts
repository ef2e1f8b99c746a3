import { z } from 'zod';
import type { Call } from '../../port/call.ts';
import { SourceError } from '../../port/source-error.ts';
import type { HttpRequest, HttpResponse } from '../../http/source-http.ts';
import { parseReply } from '../../wire/wire-reply.ts';
import type { OnlyofficeClient } from '../client.ts';
import { readReply } from '../reply.ts';
import { unreadListSchema } from '../wire-types.ts';

const BATCH_PATH = '/api/2.0/batch';
/** The portal reads them one after the other, and a page shows some 60 contacts at most. */
const READS_PER_BATCH = 20;
const BATCHES = 3;

const batchSchema = unreadListSchema.pipe(
  z.array(z.object({ name: z.string().nullish(), status: z.number().int(), data: z.string().nullish() })),
);

/** One of the two ways to write a batch; which of them a portal takes, is found out by trying. */
type BatchForm = (reads: readonly object[]) => Pick<HttpRequest, 'json' | 'form'>;
const FORMS: readonly BatchForm[] = [(reads) => ({ form: { batch: JSON.stringify(reads) } }), (reads) => ({ json: reads })];

/** With what batches are read. */
export interface BatchReaderOptions {
  readonly source: string;
  readonly client: OnlyofficeClient;
  /** How long it holds that a portal takes no batches, in milliseconds. */
  readonly ttlMs: number;
  /** The wall clock, Unix milliseconds. */
  readonly now: () => number;
}

/** Reads several addresses of the portal in one call. Only ever sends GETs. */
export class BatchReader {
  readonly #options: BatchReaderOptions;
  #form: BatchForm | undefined;
  #refusedAt = -Infinity;

  constructor(options: BatchReaderOptions) {
    this.#options = options;
  }

  /**
   * Reads paths, with their queries. Cost: 1 call for up to 20 of them, never more than 3 up to 60; 1 or 2 calls, once in a while, where the
   * portal takes no batches.
   *
   * @returns The answers in the order of the paths; null when the portal takes no batches, in either form.
   * @throws SourceError when a batch fails for another reason.
   */
  async read(paths: readonly string[], call: Call): Promise<readonly HttpResponse[] | null> {
    const size = Math.max(READS_PER_BATCH, Math.ceil(paths.length / BATCHES));
    const answers: HttpResponse[] = [];
    for (let from = 0; from < paths.length; from += size) {
      const batch = await this.#readBatch(paths.slice(from, from + size), call);
      if (batch === null) return null;
      answers.push(...batch);
    }
    return answers;
  }

  async #readBatch(paths: readonly string[], call: Call): Promise<readonly HttpResponse[] | null> {
    if (this.#options.now() - this.#refusedAt < this.#options.ttlMs) return null;
    const reads = paths.map((relativeUrl, index) => ({ method: 'GET', relativeUrl, name: String(index) }));
    for (const form of this.#form === undefined ? FORMS : [this.#form]) {
      const answers = await this.#options.client.read({ path: BATCH_PATH, method: 'POST', ...form(reads) }, call, (response) =>
        this.#toAnswers(response, paths.length),
      );
      if (answers === null) continue;
      this.#form = form;
      return answers;
    }
    this.#form = undefined;
    this.#refusedAt = this.#options.now();
    return null;
  }

  /** @returns null for an answer that shows that the portal does not take batches like this. */
  #toAnswers(response: HttpResponse, count: number): readonly HttpResponse[] | null {
    const { source, now } = this.#options;
    if (isRefusal(response.status)) return null;
    const reply = readReply(source, response, now());
    if (reply.outcome === 'notFound') return null;
    const parsed = batchSchema.safeParse(reply.envelope.response);
    if (!parsed.success || parsed.data.length !== count) return null;
    const byName = new Map(parsed.data.map((member, index) => [member.name ?? String(index), member]));
    return Array.from({ length: count }, (_, index) => {
      const member = byName.get(String(index));
      return { status: member?.status ?? 500, headers: {}, text: member?.data ?? '' };
    });
  }
}

/** Credentials and limits are another matter, and so is a portal that is down. */
function isRefusal(status: number): boolean {
  return status === 500 || (status >= 400 && status < 500 && ![401, 402, 403, 429].includes(status));
}

/** Reads the rows of a member that is a list. @throws SourceError */
export function rowsOfMember(source: string, response: HttpResponse, now: number): readonly unknown[] {
  const reply = readReply(source, response, now);
  if (reply.outcome === 'ok') return parseReply(source, unreadListSchema, reply.envelope.response);
  throw new SourceError(source, 'BAD_RESPONSE', `${source} cannot answer: a contact that matches has a status that was deleted.`, {
    httpStatus: 404,
  });
}
