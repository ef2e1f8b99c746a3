import type { ContactOrder } from '../datasources/port/list-query.ts';
import { compareRanked, type RankedRecord } from './order-key.ts';
import type { Patience } from './patience.ts';
import type { SourceStream } from './source-stream.ts';

/** How far a merge goes, and how. */
export interface MergeOptions {
  readonly order: ContactOrder;
  readonly patience: Patience;
  /** Called with each row, when its stream stands at the next one. */
  readonly onRow: (row: RankedRecord) => void;
}

/** What happens while streams are opened. */
export interface OpenOptions extends MergeOptions {
  /** Called with each stream that is open while others are not. */
  readonly onOpen: (stream: SourceStream) => void;
}

/**
 * Opens all streams at once. While one is silent, those that are open read ahead what a page of `first` rows may need of them, so that none
 * is cut short when the silent one has used up the time of the list.
 */
export async function openStreams(streams: readonly SourceStream[], first: number, options: OpenOptions): Promise<void> {
  const opening = new Map<SourceStream, Promise<unknown>>();
  for (const stream of streams)
    opening.set(
      stream,
      stream.open().then(() => {
        opening.delete(stream);
        if (opening.size > 0) options.onOpen(stream);
      }),
    );
  await options.patience.wait(Promise.all(opening.values()), () => void readAhead());

  /** Again with each that opens late: now its rows count too. */
  async function readAhead(): Promise<void> {
    while (opening.size > 0) {
      rehearse(
        streams.filter((stream) => !opening.has(stream)),
        first,
        options,
      );
      await Promise.race(opening.values());
    }
  }
}

/**
 * Takes up to `first` rows from open streams: always the least of their heads. Stops where a stream that is out of scan budget stands before
 * it. Whenever a stream lets the others wait, these read ahead.
 */
export async function mergeStreams(streams: readonly SourceStream[], first: number, options: MergeOptions): Promise<void> {
  for (let count = 1; count <= first; count += 1) {
    const best = leastHead(streams, options.order);
    if (best === null || streams.some((stream) => stream.mayPrecede(best.head))) return;
    const row = best.stream.take();
    // One head anywhere shows that there is a next page: after the last row no block is read for it in vain.
    const isKnownToGoOn = count === first && streams.some((stream) => stream.hasMore);
    const seeking = best.stream.seek(!isKnownToGoOn);
    if (seeking !== null) {
      const others = streams.filter((stream) => stream !== best.stream);
      await options.patience.wait(seeking, () => rehearse(others, first - count, options));
    }
    options.onRow(row);
  }
}

/** Merges copies of the streams, for the blocks that it takes. A stream that is silent in it lets the others read ahead again. */
function rehearse(streams: readonly SourceStream[], first: number, options: MergeOptions): void {
  if (streams.length === 0) return;
  const rehearsals = streams.map((stream) => stream.rehearse());
  void mergeStreams(rehearsals, first, { ...options, onRow: () => undefined });
}

function leastHead(streams: readonly SourceStream[], order: ContactOrder): { stream: SourceStream; head: RankedRecord } | null {
  let least: { stream: SourceStream; head: RankedRecord } | null = null;
  for (const stream of streams) {
    const { head } = stream;
    if (head !== null && (least === null || compareRanked(head, least.head, order.direction) < 0)) least = { stream, head };
  }
  return least;
}
