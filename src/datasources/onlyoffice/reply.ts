import { readRetryAfter } from '../http/retry-after.ts';
import { SourceError, type SourceErrorCode, type SourceErrorOptions } from '../port/source-error.ts';
import type { HttpResponse } from '../http/source-http.ts';
import { beginningOf, jsonOf, parseJson, parseReply } from '../wire/wire-reply.ts';
import { answerBytes } from '../wire/row-size.ts';
import { envelopeSchema, errorEnvelopeSchema, type OnlyofficeEnvelope } from './wire-types.ts';

/** `notFound` is the API's own 404: what the path names does not exist, is not visible, or has a status that was deleted. */
export type Reply = { readonly outcome: 'ok'; readonly envelope: OnlyofficeEnvelope } | { readonly outcome: 'notFound' };

/**
 * Reads an answer of the API.
 *
 * @throws SourceError by status: 401 UNAUTHENTICATED; 402 and 403 FORBIDDEN, but for the
 *   403 of a fault, which is UNAVAILABLE; 429, and 503 with Retry-After, RATE_LIMITED; other 5xx
 *   UNAVAILABLE; anything that is not the API's JSON BAD_RESPONSE, but for a 404 without a body, which is UNAVAILABLE.
 */
export function readReply(source: string, response: HttpResponse, now: number): Reply {
  const { status, text } = response;
  if (status >= 200 && status < 300) return { outcome: 'ok', envelope: readEnvelope(source, response) };
  if (status === 404 && errorMessage(text) !== null) return { outcome: 'notFound' };
  throw toError(source, response, now);
}

/** Reads what concerns one record alone: where the portal fails at it, the portal itself is well. @throws what `read` throws. */
export function ofOneRecord<T>(read: () => T, changes: SourceErrorOptions = {}): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof SourceError && isFault(error) ? error.with({ scope: 'RECORD', ...changes }) : error;
  }
}

/** That the portal does not accept a call to a list. It may be for one of the parameters, so the portal itself is well. */
export class ListRefusal extends SourceError {
  /** What the portal says of it, which is for nobody but the gateway. */
  readonly words: string;

  constructor(source: string, { status, text }: Pick<HttpResponse, 'status' | 'text'>) {
    const message = `${source} did not accept the call (HTTP ${status}).`;
    super(source, 'BAD_RESPONSE', message, { httpStatus: status, scope: 'RECORD' });
    this.words = errorMessage(text) ?? '';
  }
}

/** That the portal failed at what was asked: by 500, in words or with a page of its server, and by 403 for some faults. One row may be the reason. */
export class PortalFault extends SourceError {}

/** Whether the portal failed at what was asked. */
export function isFault(error: SourceError): boolean {
  return error instanceof PortalFault || error.cause instanceof PortalFault;
}

/** Whether the API denies the account a right. The message is in the language of the portal, the reason phrase is not. */
export function isAccessDenied({ status, reason = '', text }: HttpResponse): boolean {
  const message = status === 403 ? errorMessage(text) : null;
  return message !== null && [reason, message].some((words) => /^access denied\.?$/i.test(words.trim()));
}

/** Words of .NET's InvalidOperationException, for answers that come without a reason phrase. */
const FAULT_WORDS = /transaction|sequence contains|collection was modified|nullable object|not valid due to the current state/i;

/** .NET's InvalidOperationException is a 403 too. `Forbidden` is said to users who may not use the CRM at all, with the same reason phrase. */
function isFaultOf403({ reason = '', text }: HttpResponse): boolean {
  const message = errorMessage(text)?.trim() ?? null;
  if (message === null || /^forbidden\.?$/i.test(message)) return false;
  return /^server error$/i.test(reason.trim()) || FAULT_WORDS.test(message);
}

/** The message in the API's error envelope ('' if it holds none); null when the body is no such envelope. */
export function errorMessage(text: string): string | null {
  try {
    const result = errorEnvelopeSchema.safeParse(parseJson('onlyoffice', text));
    return result.success ? beginningOf(result.data.error.message ?? '') : null;
  } catch {
    return null;
  }
}

function readEnvelope(source: string, response: HttpResponse): OnlyofficeEnvelope {
  const envelope = parseReply(source, envelopeSchema, jsonOf(source, response));
  if (envelope.response === undefined || (envelope.status ?? 0) !== 0) {
    throw new SourceError(source, 'BAD_RESPONSE', `${source} sent an answer without a response in it.`, { httpStatus: response.status });
  }
  return { ...envelope, bytes: answerBytes(response.text.length) };
}

/** Whether the portal's own page for a forbidden address failed, as it does with a 500 at log-ins. */
function isAddressRefusal({ text }: HttpResponse): boolean {
  return /IPSecurity/i.test(errorMessage(text) ?? '');
}

/** Makes the error of a portal that lets nobody in from the gateway's address. */
function refusesAddress(source: string, httpStatus: number): SourceError {
  const message = `${source} refuses this address: check the IP restrictions in the settings of the portal.`;
  return new SourceError(source, 'FORBIDDEN', message, { httpStatus });
}

function toError(source: string, response: HttpResponse, now: number): SourceError {
  const { status } = response;
  const error = (code: SourceErrorCode, what: string, options: SourceErrorOptions = {}) =>
    new SourceError(source, code, `${source} ${what}`, { httpStatus: status, ...options });
  const isApi = errorMessage(response.text) !== null;
  const retryAfterMs = readRetryAfter(response.headers['retry-after'], now);
  const failed = new PortalFault(source, 'UNAVAILABLE', `${source} failed to answer.`, {
    httpStatus: status,
    isRetryable: true,
    retryAfterMs,
  });
  switch (status) {
    case 401:
      return error('UNAUTHENTICATED', 'does not accept the configured token or log-in.');
    case 402:
      return error('FORBIDDEN', 'is switched off: the portal is not paid for.');
    case 403:
      if (isFaultOf403(response)) return failed;
      if (isApi) return error('FORBIDDEN', 'refuses this: the account has no right to it.');
      return refusesAddress(source, status);
    case 404:
      // A removed or suspended portal answers without a body; a page in HTML says that the configured address has no API behind it.
      if (response.text.trim() === '') return error('UNAVAILABLE', 'has no portal at the configured URL, or it is suspended.');
      return error('BAD_RESPONSE', 'has no such API at the configured URL.');
    case 429:
      return error('RATE_LIMITED', 'takes no more calls at the moment.', { retryAfterMs, isRetryable: true });
    case 503:
      // The limiter of the hosted portals; a portal that is being moved or restored answers 503 without the header.
      if (retryAfterMs !== undefined) {
        return error('RATE_LIMITED', 'takes no more calls at the moment.', { retryAfterMs, isRetryable: true });
      }
      return error('UNAVAILABLE', 'is out of service at the moment.', { isRetryable: true });
    default:
      if (status === 500) return isAddressRefusal(response) ? refusesAddress(source, status) : failed;
      if (status >= 500) return error('UNAVAILABLE', 'failed to answer.', { isRetryable: true, retryAfterMs });
      return error('BAD_RESPONSE', `did not accept the call (HTTP ${status}).`);
  }
}
