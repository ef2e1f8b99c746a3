import { ReadCache } from '../../cache/read-cache.ts';
import type { Call } from '../../port/call.ts';
import { SourceError } from '../../port/source-error.ts';
import type { KommoClient } from '../client.ts';
import { hasDoubtfulDays, toAccountZone, type AccountZone } from '../mapping/account-zone.ts';
import { readAccount, type KommoAccount } from '../wire-types.ts';

/** Whom to ask about the account, and how long the answer holds. */
export interface AccountOptions {
  readonly source: string;
  readonly client: KommoClient;
  /** Milliseconds. */
  readonly ttlMs: number;
  /** The wall clock, Unix milliseconds. */
  readonly now: () => number;
}

/** What the account says of itself. Cost: 1 call, cached. @see https://developers.kommo.com/reference/account-info GET /api/v4/account */
export class Account {
  readonly #options: AccountOptions;
  readonly #account: ReadCache<KommoAccount | null>;

  constructor(options: AccountOptions) {
    this.#options = options;
    this.#account = new ReadCache(options);
  }

  /** Whether the account has the filter feature; null when it does not say. @throws SourceError */
  async hasFilterFeature(call: Call): Promise<boolean | null> {
    return (await this.#read(call))?.is_api_filter_enabled ?? null;
  }

  /**
   * The zone in which the account keeps its days, where rows hold a date that may be one of two days. Null where no such date is among them, or
   * the account does not say. Cost: nothing for most rows.
   *
   * @throws SourceError when the call's time is over.
   */
  async zoneFor(rows: readonly unknown[], call: Call): Promise<AccountZone | null> {
    if (!hasDoubtfulDays(rows)) return null;
    try {
      const settings = (await this.#read(call))?._embedded.datetime_settings;
      return settings === undefined ? null : toAccountZone(settings.timezone, settings.timezone_offset);
    } catch (error) {
      // One day in doubt is no reason to lose the rows.
      if (error instanceof SourceError && !call.signal.aborted) return null;
      throw error;
    }
  }

  #read(call: Call): Promise<KommoAccount | null> {
    const { client } = this.#options;
    return this.#account.get('account', call, (shared) =>
      client.get({ path: '/account', parameters: [['with', 'is_api_filter_enabled,datetime_settings']], read: readAccount }, shared),
    );
  }
}
