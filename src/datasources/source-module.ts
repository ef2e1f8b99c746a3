import type { z } from 'zod';
import type { ContactSource } from './port/contact-source.ts';
import type { CrmProfile } from './port/crm-profile.ts';
import type { Log } from './port/log.ts';
import type { SourceConnection } from './credentials/source-connection.ts';
import type { CreateSourceHttp } from './http/source-http.ts';
import type { TokenStore } from './credentials/token-store.ts';

/** What the gateway hands to every source it makes. */
export interface SourceDependencies {
  readonly createHttp: CreateSourceHttp;
  readonly tokenStore: TokenStore;
  readonly log: Log;
  /** Two-letter country for phones written without a country code; undefined: such phones stay unread. */
  readonly defaultCountry: string | undefined;
  /** Rows that a list may read to find matches that the CRM cannot filter. */
  readonly scanBudget: number;
  /** For how long reference data is cached above the source, in milliseconds; 0 is off. What a source finds out for itself holds as long. */
  readonly referenceTtlMs: number;
  /** The wall clock, Unix milliseconds. */
  readonly now: () => number;
}

/**
 * All that the gateway needs to know of one kind of CRM: a fourth CRM is one folder that exports one of these, and one line in the registry.
 * `Settings` is what a JSON configuration holds for one account of this kind, less `kind` and `name`.
 */
export interface SourceModule<Settings = unknown> extends CrmProfile {
  /** The name of the source when it is configured by the environment, for example `kommo`. */
  readonly defaultName: string;
  readonly settings: z.ZodType<Settings>;
  readonly environment: {
    /** Names that start with this and are not in `names` stop the start. */
    readonly prefix: string;
    /** Environment name → key of the settings. */
    readonly names: Readonly<Record<string, string>>;
  };
  create(name: string, settings: Settings, dependencies: SourceDependencies): ContactSource;
  /** For `npm run connect`; null when an account with these settings needs no person's consent. Left out by kinds that never do. */
  connect?(name: string, settings: Settings, dependencies: SourceDependencies): SourceConnection | null;
}
