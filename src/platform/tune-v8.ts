import { setFlagsFromString } from 'node:v8';

/** A start would compile more than it runs. */
const COMPILERS_AFTER_MS = 2_000;
/** A start would collect garbage while all of its heap is new. Later than its end, the heap of a gateway that is busy at once has grown already. */
const HEAP_AFTER_MS = 250;
/** The V8 that they were measured with; another one may not know them, or mean something else. */
const V8_MAJOR = '13.';
/**
 * V8 lets Maglev compile a function after 400 calls and TurboFan after 3,000, and not sooner than 500 calls after it has met a new kind of value. A
 * gateway calls many functions once for each request.
 *
 * @see https://github.com/nodejs/node/blob/v24.21.0/deps/v8/src/flags/flag-definitions.h
 */
const SOONER = ['--invocation-count-for-maglev=50', '--invocation-count-for-turbofan=1500', '--minimum-invocations-after-ic-update=50'];
/** Garbage is collected when the heap has grown by so much since it was last collected; V8 itself waits for up to four times the heap. */
const SMALLER = '--heap-growing-percent=60';

/**
 * Lets V8 optimize functions after fewer calls, and collect garbage before the heap has grown by more than a half, once the start is over. The first costs
 * a second of CPU, in other threads, over the first 300 requests; docs/performance.md has figures. Does nothing with a V8 that it was not measured
 * with. Keeps no process from ending.
 *
 * @see docs/adr/0026-v8-is-tuned-after-the-start.md
 */
export function tuneV8(compilersAfterMs = COMPILERS_AFTER_MS, heapAfterMs = HEAP_AFTER_MS): void {
  if (!process.versions.v8.startsWith(V8_MAJOR)) return;
  setTimeout(() => {
    for (const flag of SOONER) setFlagsFromString(flag);
  }, compilersAfterMs).unref();
  setTimeout(() => setFlagsFromString(SMALLER), heapAfterMs).unref();
}
