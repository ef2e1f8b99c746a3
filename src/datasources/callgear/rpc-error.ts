import { readRetryAfter } from '../http/retry-after.ts';
import { SourceError, type SourceErrorCode, type SourceErrorOptions } from '../port/source-error.ts';
import { beginningOf } from '../wire/wire-reply.ts';
import type { CallgearBareError, CallgearErrorBody, CallgearErrorData, CallgearLimits } from './wire-types.ts';

/** A wait of up to this long is a short one, whatever the window is called. */
const SHORT_WAIT_MS = 60_000;

/** A JSON-RPC error that CallGear answered with: the call is over, and its mnemonic says how it went. */
export class CallgearError extends SourceError {
  /** The parameter that CallGear objects to, dotted when nested; null when it does not say. */
  readonly field: string | null;
  /** The value that it objects to, as CallGear repeats it: never shown to clients. */
  readonly refusedValue: unknown;
  /** What the call's parameters were refused for; null for other errors. */
  readonly refused: RefusedPart | null;

  constructor(
    source: string,
    code: SourceErrorCode,
    message: string,
    data: CallgearErrorData,
    options: Omit<SourceErrorOptions, 'errorKey'>,
  ) {
    super(source, code, message, { ...options, errorKey: data.mnemonic });
    this.field = data.field ?? null;
    this.refusedValue = data.value;
    this.refused = refusedPart(data);
  }
}

/** A part of a call's parameters that CallGear may refuse. */
export type RefusedPart = 'filter' | 'sort' | 'other';

/** With these CallGear refuses parameters of any kind; a complaint about a jsquery comes as `error`, with a text of its own. */
const REFUSALS: ReadonlySet<string> = new Set([
  'invalid_parameter_value',
  'filter_prohibited',
  'sort_prohibited',
  'unexpected_parameters',
  'data_type_error',
  'invalid_parameters_combination',
  'error',
]);
const INVALID_PARAMS = -32602;
/** Parameters beside filter and sort. */
const OTHER_PARAMETERS: ReadonlySet<string> = new Set(['limit', 'offset', 'fields', 'access_token', 'user_id']);
const SORT_PARAMETERS: ReadonlySet<string> = new Set(['sort', 'order']);
/** Errors of the code of refused parameters that are about something else. */
const NO_REFUSALS: ReadonlySet<string> = new Set(['required_parameter_missed', 'entity_not_found', 'dependency_error']);

/** Which parameters an error objects to. It may name a parameter, or only a field in it; a mnemonic that is not known may say it in its words. */
function refusedPart({ mnemonic, field, code }: CallgearErrorData): RefusedPart | null {
  if (MEANINGS.has(mnemonic) || NO_REFUSALS.has(mnemonic)) return null;
  const [parameter = ''] = field?.split('.') ?? [];
  if (SORT_PARAMETERS.has(parameter)) return 'sort';
  if (mnemonic.includes('filter') || parameter === 'filter') return 'filter';
  if (/sort|order/.test(mnemonic)) return 'sort';
  if (!REFUSALS.has(mnemonic) && code !== INVALID_PARAMS) return null;
  return OTHER_PARAMETERS.has(parameter) ? 'other' : 'filter';
}

interface Meaning {
  readonly code: SourceErrorCode;
  /** Follows the source's name. */
  readonly text: string;
  readonly isRetryable?: boolean;
}

const COMPONENT_MISSING: Meaning = { code: 'FORBIDDEN', text: 'lacks a component that this needs; it is added in the tariff' };

/** Agents act for a user of their client, whom every call has to name. */
const USER_MISSING: Meaning = { code: 'FORBIDDEN', text: 'wants to know for which user an agent acts: set the user id in the settings' };

/** By mnemonic alone: codes are shared between unlike errors, and messages change with the edition of the documentation. */
const MEANINGS: ReadonlyMap<string, Meaning> = new Map([
  ['access_token_expired', { code: 'UNAUTHENTICATED', text: 'says that the access token has expired' }],
  [
    'access_token_invalid',
    { code: 'UNAUTHENTICATED', text: 'does not know the access token; a token of another brand or host is unknown too' },
  ],
  ['access_token_blocked', { code: 'UNAUTHENTICATED', text: 'has blocked the access token' }],
  ['auth_error', { code: 'UNAUTHENTICATED', text: 'does not accept the login and password' }],
  [
    'ip_not_whitelisted',
    {
      code: 'FORBIDDEN',
      text:
        'does not admit the address of this gateway: add it to the IP allow-list under ' +
        'Administrator > Account > Rules and security settings > API',
    },
  ],
  ['forbidden', { code: 'FORBIDDEN', text: 'does not give the configured user the right to do this' }],
  ['method_component_disabled', COMPONENT_MISSING],
  ['parameter_component_disabled', COMPONENT_MISSING],
  ['component_disabled', COMPONENT_MISSING],
  ['account_inactive', { code: 'FORBIDDEN', text: 'says that the account is disabled' }],
  ['internal_error', { code: 'UNAVAILABLE', text: 'had an internal error', isRetryable: true }],
] satisfies [string, Meaning][]);

/** For errors without a mnemonic, or with an unknown one: the mnemonic that stands for the code's whole group. The codes of refused parameters say nothing by themselves. */
const MNEMONIC_BY_CODE: ReadonlyMap<number, string> = new Map([
  [-32001, 'access_token_invalid'],
  [-32003, 'forbidden'],
  [-32008, 'method_component_disabled'],
  [-32009, 'account_inactive'],
  [-32029, 'limit_exceeded'],
  [-32603, 'internal_error'],
]);

/** Mnemonics that say more than the group of any code that they come with, beside those of MEANINGS. */
const SPECIFIC_MNEMONICS: ReadonlySet<string> = new Set([
  'limit_exceeded',
  'entity_not_found',
  'dependency_error',
  'invalid_parameter_value',
  'filter_prohibited',
  'sort_prohibited',
  'unexpected_parameters',
  'data_type_error',
  'invalid_parameters_combination',
  'required_parameter_missed',
]);

/** What an error says; an unknown mnemonic gives way to the one that stands for the group of its code, where that says something. */
export function withKnownMnemonic({ code, data: body }: CallgearErrorBody): CallgearErrorData {
  const data = { ...body, code: code ?? null };
  if (MEANINGS.has(data.mnemonic) || SPECIFIC_MNEMONICS.has(data.mnemonic)) return data;
  return { ...data, mnemonic: MNEMONIC_BY_CODE.get(code ?? 0) ?? data.mnemonic };
}

/** Translates a JSON-RPC error that came without its mnemonic. */
export function toBareError(source: string, { code, message }: CallgearBareError, httpStatus: number): CallgearError | null {
  const mnemonic = code === INVALID_PARAMS ? mnemonicOfWords(message) : MNEMONIC_BY_CODE.get(code);
  return mnemonic === undefined ? null : toSourceError(source, { code, mnemonic, metadata: undefined }, httpStatus);
}

/** What was refused, for refusals that say it in a message alone. */
function mnemonicOfWords(message: string | null | undefined): string {
  const words = beginningOf(message ?? '');
  if (/sort|order/i.test(words)) return 'sort_prohibited';
  return /filter/i.test(words) ? 'filter_prohibited' : 'invalid_parameter_value';
}

/** Translates a JSON-RPC error. Never repeats what CallGear wrote, which may quote the request. */
export function toSourceError(source: string, data: CallgearErrorData, httpStatus: number): CallgearError {
  if (data.mnemonic === 'limit_exceeded') return toLimitError(source, data, httpStatus);
  const meaning = data.field === 'user_id' ? USER_MISSING : MEANINGS.get(data.mnemonic);
  if (meaning === undefined) {
    return new CallgearError(source, 'BAD_RESPONSE', `${source} refused the call (${data.mnemonic})`, data, { httpStatus });
  }
  return new CallgearError(source, meaning.code, `${source} ${meaning.text}`, data, {
    httpStatus,
    isRetryable: meaning.isRetryable ?? false,
  });
}

function toLimitError(source: string, data: CallgearErrorData, httpStatus: number): CallgearError {
  const limits = data.metadata?.limits;
  const window = data.params?.limit_type ?? usedUpWindow(limits);
  const resetSeconds = window === undefined ? null : limits?.[`${window}_reset`];
  const retryAfterMs = resetSeconds === null || resetSeconds === undefined ? undefined : Math.max(0, Math.ceil(resetSeconds * 1000));
  const isLong = window === 'day' || (window === 'hour' && (retryAfterMs ?? Infinity) > SHORT_WAIT_MS);
  return isLong
    ? new CallgearError(source, 'QUOTA_EXHAUSTED', `${source} has used up its quota of calls`, data, { httpStatus, retryAfterMs })
    : new CallgearError(source, 'RATE_LIMITED', `${source} takes no more calls at the moment`, data, {
        httpStatus,
        retryAfterMs,
        isRetryable: true,
      });
}

function usedUpWindow(limits: CallgearLimits | undefined): string | undefined {
  return ['day', 'hour', 'minute'].find((window) => {
    const [limit, remaining] = [limits?.[`${window}_limit`] ?? null, limits?.[`${window}_remaining`] ?? null];
    return remaining !== null && (limit === null ? remaining === 0 : limit > 0 && remaining <= 0);
  });
}

/** Translates an answer that is no JSON-RPC reply: it comes from something between CallGear and us. */
export function toHttpError(source: string, status: number, retryAfter: string | undefined): SourceError | null {
  if (status >= 200 && status < 300) return null;
  const options = { httpStatus: status, retryAfterMs: readRetryAfter(retryAfter, Date.now()) };
  if (status === 429)
    return new SourceError(source, 'RATE_LIMITED', `${source} takes no more calls at the moment`, { ...options, isRetryable: true });
  if (status >= 500 || status === 408 || status === 425) {
    return new SourceError(source, 'UNAVAILABLE', `${source} cannot answer at the moment`, { ...options, isRetryable: true });
  }
  if (status === 401) return new SourceError(source, 'UNAUTHENTICATED', `${source} does not accept the credentials`, options);
  if (status === 403) return new SourceError(source, 'FORBIDDEN', `${source} does not admit this gateway`, options);
  return new SourceError(source, 'BAD_RESPONSE', `${source} answered with HTTP status ${status}; its configured URL may be wrong`, options);
}

/** CallGear's own word that it failed at what was asked, or that of the server in front of it: one row may be the reason. */
export function isPageFault(error: unknown): error is SourceError {
  if (!(error instanceof SourceError) || error.code !== 'UNAVAILABLE') return false;
  return error.errorKey === 'internal_error' || error.httpStatus === 500 || error.httpStatus === 504;
}
