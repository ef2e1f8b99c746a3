import type { CrmServerOptions } from '../crm-server.ts';
import type { Population } from '../person.ts';
import type { Mnemonic } from './rpc-error.ts';

/** The key of a customer of CallGear with all rights, in every sandbox unless `tokens` says otherwise. */
export const SANDBOX_CALLGEAR_TOKEN = 'sandbox-callgear-token';
/** The key of an agent (partner): each call needs the `user_id` of one of its customer's users. */
export const SANDBOX_CALLGEAR_AGENT_TOKEN = 'sandbox-callgear-agent-token';
/** The key of a customer who may read the address book and nothing else. */
export const SANDBOX_CALLGEAR_READ_ONLY_TOKEN = 'sandbox-callgear-read-only-token';

/** A right as the client area grants it to a user. */
export type CallgearRight = 'address_book:select' | 'address_book:delete' | 'employees:select';

/** Every right that the imitated methods ask for. */
export const ALL_RIGHTS: readonly CallgearRight[] = ['address_book:select', 'address_book:delete', 'employees:select'];

/** A permanent or temporary key, made in the client area. */
export interface CallgearToken {
  readonly token: string;
  readonly owner: 'customer' | 'agent';
  readonly state: 'active' | 'expired' | 'blocked';
  readonly rights: readonly CallgearRight[];
}

/** Successful calls allowed in each window; a window left out is not limited and not told. */
export interface CallgearQuotas {
  readonly minute?: number;
  readonly hour?: number;
  readonly day?: number;
}

/** How this CallGear behaves; each member can also be changed while it runs. */
export interface CallgearSettings {
  readonly tokens: readonly CallgearToken[];
  /** Whom `login.user` lets in, as a customer with all rights. */
  readonly login: string;
  readonly password: string;
  /** What a call with a session key over an hour old is told. */
  readonly expiredSessionMnemonic: 'access_token_invalid' | 'access_token_expired' | 'auth_error';
  /** Form of `expire_at`, which is documented as "timestamp" only. */
  readonly expireAtFormat: 'seconds' | 'milliseconds' | 'text';
  readonly isIpWhitelisted: boolean;
  readonly isAccountActive: boolean;
  /** Methods that the user has no right to, whatever the token's rights. */
  readonly forbiddenMethods: readonly string[];
  /** Methods whose component is not in the tariff: told with code -32602, as recorded, and not with the documented -32008. */
  readonly disabledMethods: readonly string[];
  /** `by code`: errors come with an HTTP status of 400, 401, 403, 404, 429 or 500. */
  readonly httpStatusOfErrors: 'always 200' | 'by code';
  readonly batchMnemonic: 'batch_opreations_not_supported' | 'batch_operations_not_supported';
  readonly quotas: CallgearQuotas;
  /** `absent`: the reply to a get has data alone. */
  readonly metadata: 'full' | 'absent';
  /** False: `limits` is there, and empty. */
  readonly tellsLimits: boolean;
  /** The undocumented `"version": null`. */
  readonly hasVersionKey: boolean;
  /** Announces in `api_version` that this version is about to end. */
  readonly isVersionDeprecated: boolean;
  readonly totalItems: 'exact' | 'absent' | 'overstated';
  /** Which errors carry `data.metadata`. Errors before and of authentication never do. */
  readonly errorMetadata: 'always' | 'limit_exceeded only' | 'never';
  /** What a limit over 10,000 or an offset over 100,000 does. */
  readonly overMaximum: 'refused' | 'clamped';
  /** Every other page of more than one row lacks its last row, the last page too; the next offset then starts with that row. */
  readonly hasShortPages: boolean;
  /** Ids of rows that cannot be written: a page that holds one is an internal error. */
  readonly unwritableIds: readonly number[];
  /** Refuses filters by these fields, whatever the operator. */
  readonly prohibitedFilters: readonly string[];
  /** Lets every row through a comparison of these fields. */
  readonly ignoredFilters: readonly string[];
  /** Refuses to sort by these fields. */
  readonly prohibitedSorts: readonly string[];
  /** Whether refusals of a filter or a sort name the field. */
  readonly namesRefusedFields: boolean;
  /** Other names for mnemonics, as editions have them; codes stay. */
  readonly mnemonics: Readonly<Partial<Record<Mnemonic, string>>>;
  /** `bare`: errors are a code and a message, without data. */
  readonly errorForm: 'full' | 'bare';
  /** How lists of rows are written: PHP makes maps of some, and other things of empty ones. */
  readonly listForm: 'list' | 'map' | 'null when empty' | '{} when empty' | 'false when empty' | 'always null';
  /** How a window without a limit is told: not at all, or with a limit of -1 or 0, and with something left or not. */
  readonly unlimitedWindows: 'left out' | 'limit -1' | 'limit 0, remaining 5' | 'limit 0, remaining 0' | 'limit -1, remaining -1';
  readonly refusesJsquery: boolean;
  readonly refusesIn: boolean;
  /** `en_US`: alphabetical, accents and case minor, lower case first. `C`: by code point. */
  readonly collation: 'en_US' | 'C';
  /** Rows with equal sort keys come in another order on each request, instead of by id. */
  readonly shuffleTies: boolean;
  /** Brands without `ids` refuse it as an unexpected parameter. */
  readonly acceptsIds: boolean;
  readonly deleteReply: 'empty' | 'data and metadata';
}

/** How a sandbox CallGear starts; settings that are left out are the usual ones. */
export interface CallgearSandboxOptions extends CrmServerOptions, Partial<CallgearSettings> {
  /** The people to write down; the usual ones when left out. */
  readonly population?: Population;
  /** `e164`: phone numbers keep their `+`, as the documentation has it; recorded data is digits only. */
  readonly phoneFormat?: 'digits' | 'e164';
  /** Unix milliseconds, for quotas and sessions; the clock when left out. */
  readonly now?: () => number;
}

/** Fills up the settings among the options with the usual behaviour. */
export function settingsOf(options: CallgearSandboxOptions): CallgearSettings {
  const { port: _port, faults: _faults, population: _population, phoneFormat: _phoneFormat, now: _now, ...given } = options;
  return { ...DEFAULT_SETTINGS, ...given };
}

const DEFAULT_SETTINGS: CallgearSettings = {
  tokens: [
    { token: SANDBOX_CALLGEAR_TOKEN, owner: 'customer', state: 'active', rights: ALL_RIGHTS },
    { token: SANDBOX_CALLGEAR_AGENT_TOKEN, owner: 'agent', state: 'active', rights: ALL_RIGHTS },
    { token: SANDBOX_CALLGEAR_READ_ONLY_TOKEN, owner: 'customer', state: 'active', rights: ['address_book:select'] },
  ],
  login: 'sandbox-callgear-login',
  password: 'sandbox-callgear-password',
  expiredSessionMnemonic: 'access_token_invalid',
  expireAtFormat: 'seconds',
  isIpWhitelisted: true,
  isAccountActive: true,
  forbiddenMethods: [],
  disabledMethods: [],
  httpStatusOfErrors: 'always 200',
  batchMnemonic: 'batch_opreations_not_supported',
  quotas: { minute: 200, day: 3500 },
  metadata: 'full',
  tellsLimits: true,
  hasVersionKey: true,
  isVersionDeprecated: false,
  totalItems: 'exact',
  errorMetadata: 'always',
  overMaximum: 'refused',
  hasShortPages: false,
  unwritableIds: [],
  prohibitedFilters: [],
  ignoredFilters: [],
  prohibitedSorts: [],
  namesRefusedFields: true,
  mnemonics: {},
  errorForm: 'full',
  listForm: 'list',
  unlimitedWindows: 'left out',
  refusesJsquery: false,
  refusesIn: false,
  collation: 'en_US',
  shuffleTies: false,
  acceptsIds: true,
  deleteReply: 'empty',
};
