import { SharedAnswers, type ShareableAnswer } from '../../../src/graphql/sharing/shared-answers.ts';

/** What one run of random requests, deletions, hang-ups and waits came to. */
export interface InterleavingCounts {
  executed: number;
  joined: number;
  kept: number;
}

interface TestAnswer extends ShareableAnswer {
  readonly key: string;
  /** The version of the data at the latest moment at which it can have been read. */
  readonly readVersion: number;
}

interface Execution {
  readonly signal: AbortSignal;
  finish(): void;
}

/** A generator of whole numbers below a bound: the same for the same seed (mulberry32). */
export function seededRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

/**
 * Runs one random interleaving on real SharedAnswers with executions that end when chance says so, and checks each answer that is given out.
 *
 * @throws Error when an answer of another key, of before a deletion that was over when the request came, or out of date is given out; when a
 * request is ended by the hang-up or the failure of another one; or when a request is never answered.
 */
export async function runInterleaving(seed: number, counts: InterleavingCounts): Promise<void> {
  const random = seededRandom(seed);
  let now = 1_000;
  let generation = 0;
  let version = 0;
  let isDeleting = false;
  const running = new Set<Execution>();
  const waiting: Promise<void>[] = [];
  const clients: AbortController[] = [];
  const answers = new SharedAnswers<TestAnswer>({ bytesMax: 20_000, now: () => now, generation: () => generation });

  const request = () => {
    const key = `scope${random(2)} document${random(3)}`;
    const text = `layout${random(2)}`;
    const askedAt = { now, version };
    const client = new AbortController();
    clients.push(client);
    const isLate = random(2) === 0;
    let isOwnFailure = false;
    const execute = (signal: AbortSignal): Promise<TestAnswer> => {
      const readVersion = version;
      const chance = random(10);
      return new Promise((resolve, reject) => {
        const execution: Execution = {
          signal,
          finish: () => {
            running.delete(execution);
            if (signal.aborted) {
              reject(new Error('aborted'));
            } else if (chance === 0) {
              isOwnFailure = true;
              reject(new Error('failed'));
            } else {
              resolve({
                key,
                readVersion,
                byteLength: 1_000 + random(4_000),
                freshUntil: chance > 3 ? now + random(50) : 0,
                isBoundToRequest: chance === 1,
                isBoundToText: chance > 6,
                text,
              });
            }
          },
        };
        running.add(execution);
      });
    };
    waiting.push(
      answers.take(key, { signal: client.signal, text, hasLittleTimeLeft: () => isLate }, execute).then(
        ({ answer, origin }) => {
          counts[origin] += 1;
          if (answer.key !== key) throw new Error(`seed ${seed}: an answer of ${answer.key} was given for ${key}`);
          if (answer.readVersion < askedAt.version) throw new Error(`seed ${seed}: an answer survived a deletion`);
          if (answer.isBoundToText && answer.text !== text) throw new Error(`seed ${seed}: an answer points into another text`);
          if (origin === 'kept' && answer.freshUntil <= askedAt.now) throw new Error(`seed ${seed}: an answer was given out of its time`);
          if (answer.isBoundToRequest && (origin === 'kept' || (origin === 'joined' && !isLate)))
            throw new Error(`seed ${seed}: another request's limits were passed on`);
        },
        () => {
          if (!isOwnFailure && !client.signal.aborted) throw new Error(`seed ${seed}: a request failed by another one's failure`);
        },
      ),
    );
  };

  const steps: readonly (() => void)[] = [
    request,
    request,
    request,
    () => [...running][random(Math.max(1, running.size))]?.finish(),
    () => [...running][random(Math.max(1, running.size))]?.finish(),
    () => {
      now += random(30);
    },
    () => {
      // A deletion: the generation is raised before and after, and the data changes in between.
      generation += 1;
      if (isDeleting) version += 1;
      isDeleting = !isDeleting;
    },
    () => clients[random(Math.max(1, clients.length))]?.abort(),
  ];
  for (let step = 0; step < 30; step += 1) {
    steps[random(steps.length)]?.();
    // Lets some of what is due happen, and not always all of it.
    for (let turn = random(4); turn > 0; turn -= 1) await Promise.resolve();
  }
  for (let turn = 0; running.size > 0 || turn < 3; turn += 1) {
    for (const execution of running) execution.finish();
    await new Promise((resolve) => setImmediate(resolve));
    if (turn > 100) throw new Error(`seed ${seed}: a request is never answered`);
  }
  await Promise.all(waiting);
}
