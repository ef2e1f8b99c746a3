import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Call } from '../datasources/port/call.ts';
import type { Claim, IsUsable, SharedAnswer } from '../datasources/cache/shared-source.ts';
import { sleep } from '../platform/timers.ts';
import { decodeAnswer, encodeAnswer } from './answer-code.ts';
import { RedisAwayError, type Agreement, type RedisLink } from './redis-link.ts';
import { Script } from './script.ts';
import { Seal } from './seal.ts';

/** Whoever follows another replica's read looks again after so long, and less often the longer it takes. */
const LOOK_AGAIN_MS = 20;
const LOOK_AGAIN_MS_MAX = 200;
/** What is larger is not shared: Redis serves one command after the other, and each is answered within 150 ms. */
const VALUE_BYTES_MAX = 1024 * 1024;
const KEEP_BYTES_MAX = 4 * VALUE_BYTES_MAX;
const CLOCK_BYTES = 8;

/**
 * Gives what is kept, and where something is missing the turn to read it. Keys: the turn, then the answers. Arguments: who asks, how long the turn
 * lasts, then of each answer the mark of the one that is of no use, or ''. Answers with 1 or 0, whether it is the asker's turn, and then the answers.
 */
const CLAIM = new Script(`
local answers, isMissing = { 0 }, false
for k = 2, #KEYS do
  local value = redis.call('GET', KEYS[k])
  if value and string.sub(value, 5, 16) == ARGV[k + 1] then value = false end
  if not value then isMissing = true end
  answers[k] = value
end
if isMissing and redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then answers[1] = 1 end
return answers
`);

/** Keeps answers and ends a turn. Keys: the turn, then the answers. Arguments: whose turn, then of each answer how long it is kept and itself. */
const KEEP = new Script(`
for k = 2, #KEYS do redis.call('SET', KEYS[k], ARGV[2 * k - 1], 'PX', ARGV[2 * k - 2]) end
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
`);

/** What answers of one source are kept with. */
export interface RedisAnswersOptions {
  readonly link: RedisLink;
  /** All that the source's answers depend on beside the epoch; a secret. */
  readonly account: string;
  /** After so long a read is over, whatever became of the process that began it. */
  readonly turnMs: number;
}

/** One claim as it goes on. */
interface Search {
  readonly epoch: string;
  readonly turnName: string;
  /** Names in Redis that are made already, and what they were made with. */
  readonly names: Map<string, string>;
  agreement: Agreement | null;
  readonly owner: string;
  /** By key, the mark of an answer that was seen and is of no use. */
  readonly seen: Map<string, Buffer>;
  readonly found: Map<string, SharedAnswer>;
}

/** Keeps the answers of one source in Redis, encrypted, and lets one replica read what all want. */
export class RedisAnswers {
  readonly #options: RedisAnswersOptions;
  #claims = 0;

  constructor(options: RedisAnswersOptions) {
    this.#options = options;
  }

  /** See SharedSource. Cost: one command, and some for each second that another replica reads. */
  async claim(epoch: string, keys: readonly string[], call: Pick<Call, 'deadline' | 'signal'>, isUsable: IsUsable): Promise<Claim> {
    const { link } = this.#options;
    const owner = `${link.replica} ${(this.#claims += 1)}`;
    const turnName = keys.join('\n');
    const search: Search = { epoch, turnName, names: new Map(), agreement: null, owner, seen: new Map(), found: new Map() };
    const isOver = () => call.signal.aborted || performance.now() >= call.deadline;
    try {
      for (let pauseMs = LOOK_AGAIN_MS; ; pauseMs = Math.min(2 * pauseMs, LOOK_AGAIN_MS_MAX)) {
        const missing = keys.filter((key) => !search.found.has(key));
        const refused = search.seen.size;
        const isTurn = await this.#look(search, missing, isUsable);
        const { found } = search;
        if (isTurn) return { found, end: (read, readAt, lifeMs) => void this.#keep(search, read, readAt, lifeMs) };
        if (found.size === keys.length || isOver()) return { found, end: () => undefined };
        if (search.seen.size === refused) await sleep(Math.min(pauseMs, Math.max(0, call.deadline - performance.now())), call.signal);
      }
    } catch (error) {
      if (!(error instanceof RedisAwayError)) throw error;
      return { found: search.found, end: () => undefined };
    }
  }

  async #look(search: Search, keys: readonly string[], isUsable: IsUsable): Promise<boolean> {
    const { link, turnMs } = this.#options;
    const names: string[] = [];
    const marks = keys.map((key) => search.seen.get(key) ?? '');
    const [turn, ...answers] = (await link.run((redis, agreement) => {
      names.push(this.#nameOf('turn', search.turnName, search, agreement), ...this.#namesOf(keys, search, agreement));
      return CLAIM.runForBytes(redis, names, [search.owner, turnMs, ...marks]);
    })) as [number, ...(Buffer | null)[]];
    for (const [index, key] of keys.entries()) {
      const sealed = answers[index];
      if (!sealed) continue;
      const found = this.#opened(sealed, names[index + 1] ?? '');
      if (found !== null && isUsable(key, found)) search.found.set(key, found);
      else search.seen.set(key, Buffer.from(Seal.mark(sealed)));
    }
    return turn === 1;
  }

  /** Never rejects. What is lost on the way is read again, and the turn ends by itself. */
  async #keep(search: Search, read: ReadonlyMap<string, object>, readAt: number, lifeMs: number): Promise<void> {
    const { link } = this.#options;
    // The answer itself goes out first.
    await nextTurn();
    const ageMs = Math.max(0, Date.now() - readAt);
    const leftMs = Math.floor(lifeMs - ageMs);
    const written = leftMs > 0 ? writeAnswers(read, link.clock - ageMs) : [];
    await link
      .run((redis, agreement) => {
        const keys = written.map(([key]) => key);
        const names = [this.#nameOf('turn', search.turnName, search, agreement), ...this.#namesOf(keys, search, agreement)];
        const values = written.flatMap(([, bytes], index) => [leftMs, link.seal.seal(bytes, names[index + 1] ?? '')]);
        return KEEP.run(redis, names, [search.owner, ...values]);
      })
      .catch(ignoreAway);
  }

  /** @returns null: it was written by a stranger, or is damaged. */
  #opened(sealed: Buffer, name: string): SharedAnswer | null {
    const { link } = this.#options;
    try {
      const bytes = link.seal.open(sealed, name);
      const ageMs = Math.max(0, link.clock - bytes.readDoubleBE());
      return { answer: decodeAnswer(bytes.subarray(CLOCK_BYTES)), readAt: Date.now() - ageMs };
    } catch {
      return null;
    }
  }

  #namesOf(keys: readonly string[], search: Search, agreement: Agreement): string[] {
    return keys.map((key) => this.#nameOf('answer', key, search, agreement));
  }

  #nameOf(kind: 'turn' | 'answer', key: string, search: Search, agreement: Agreement): string {
    if (search.agreement !== agreement) search.names.clear();
    search.agreement = agreement;
    const known = search.names.get(`${kind} ${key}`);
    if (known !== undefined) return known;
    const name = agreement.names.of(kind, `${this.#options.account}\n${search.epoch}\n${key}`);
    search.names.set(`${kind} ${key}`, name);
    return name;
  }
}

/** Writes what is not too large, and no more than Redis takes at once. @param clock When it was read, on Redis' clock. */
function writeAnswers(read: ReadonlyMap<string, object>, clock: number): readonly (readonly [key: string, bytes: Buffer])[] {
  const readAt = Buffer.alloc(CLOCK_BYTES);
  readAt.writeDoubleBE(clock);
  let bytesLeft = KEEP_BYTES_MAX;
  return [...read].flatMap(([key, answer]) => {
    if (bytesLeft <= 0) return [];
    const bytes = Buffer.concat([readAt, encodedOrNothing(answer)]);
    if (bytes.length === CLOCK_BYTES || bytes.length > Math.min(VALUE_BYTES_MAX, bytesLeft)) return [];
    bytesLeft -= bytes.length;
    return [[key, bytes] as const];
  });
}

/** What a source gives that is no plain value cannot be shared; that must not fail anybody's read. */
function encodedOrNothing(answer: object): Buffer {
  try {
    return encodeAnswer(answer);
  } catch {
    return Buffer.alloc(0);
  }
}

function ignoreAway(error: unknown): null {
  if (error instanceof RedisAwayError) return null;
  throw error;
}
