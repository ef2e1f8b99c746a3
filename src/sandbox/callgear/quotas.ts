import type { CallgearQuotas, CallgearSettings } from './callgear-options.ts';

type Window = 'day' | 'hour' | 'minute';

const WINDOWS: readonly Window[] = ['day', 'hour', 'minute'];
const WINDOW_MS = { day: 86_400_000, hour: 3_600_000, minute: 60_000 } as const satisfies Record<Window, number>;

/**
 * Counts the successful calls of one account.
 *
 * A minute and an hour begin with the first successful call in them; a day ends at midnight UTC. Failed calls cost nothing.
 */
export class QuotaCounter {
  readonly #now: () => number;
  readonly #used = new Map<Window, { count: number; endsAt: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Finds the window in which no call is left, the day before the minute. */
  findExhausted(quotas: CallgearQuotas): { readonly window: Window; readonly max: number } | undefined {
    for (const window of WINDOWS) {
      const max = quotas[window];
      if (max !== undefined && this.#current(window).count >= max) return { window, max };
    }
    return undefined;
  }

  /** Counts one successful call. */
  charge(): void {
    for (const window of WINDOWS) {
      const { count, endsAt } = this.#current(window);
      this.#used.set(window, { count: count + 1, endsAt });
    }
  }

  /** Makes `metadata.limits`: for each limited window its size, what is left, and the seconds until it is new again. */
  limits(quotas: CallgearQuotas, unlimited: CallgearSettings['unlimitedWindows'] = 'left out'): Readonly<Record<string, number>> {
    const limits: Record<string, number> = {};
    for (const window of WINDOWS) {
      const max = quotas[window];
      if (max === undefined) {
        const [limit, remaining] = unlimited.match(/-?\d+/g) ?? [];
        if (limit !== undefined) Object.assign(limits, { [`${window}_limit`]: Number(limit), [`${window}_reset`]: 30 });
        if (remaining !== undefined) limits[`${window}_remaining`] = Number(remaining);
        continue;
      }
      const { count, endsAt } = this.#current(window);
      limits[`${window}_limit`] = max;
      limits[`${window}_remaining`] = Math.max(0, max - count);
      limits[`${window}_reset`] = Math.ceil((endsAt - this.#now()) / 1000);
    }
    return limits;
  }

  #current(window: Window): { readonly count: number; readonly endsAt: number } {
    const now = this.#now();
    const used = this.#used.get(window);
    if (used !== undefined && now < used.endsAt) return used;
    const length = WINDOW_MS[window];
    return { count: 0, endsAt: window === 'day' ? (Math.floor(now / length) + 1) * length : now + length };
  }
}
