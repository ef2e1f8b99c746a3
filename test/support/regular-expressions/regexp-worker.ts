import { parentPort } from 'node:worker_threads';
import { slowTexts } from './slow-texts.ts';

/** What a thread is asked to do. */
export interface RegexpTask {
  readonly source: string;
  readonly flags: string;
  /** Characters in each text. */
  readonly length: number;
  /** A text that takes longer is the last one. */
  readonly enoughMs: number;
}

/** Runs one expression on its texts. Answers with the text that took the longest, in milliseconds of this thread alone. */
parentPort?.on('message', ({ source, flags, length, enoughMs }: RegexpTask) => {
  let slowest = { ms: 0, text: '' };
  for (const text of slowTexts(source, flags, length)) {
    const before = process.threadCpuUsage().user;
    text.search(new RegExp(source, flags));
    if (flags.includes('g')) text.replace(new RegExp(source, flags), '');
    const ms = (process.threadCpuUsage().user - before) / 1_000;
    if (ms > slowest.ms) slowest = { ms, text: `${text.slice(0, 20)}…${text.slice(-5)}` };
    if (ms > enoughMs) break;
  }
  parentPort?.postMessage(slowest);
});
