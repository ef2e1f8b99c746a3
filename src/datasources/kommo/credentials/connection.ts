import { ConsentError, type ConsentAnswer, type SourceConnection } from '../../credentials/source-connection.ts';
import { isLoopbackHost } from '../../../platform/loopback.ts';
import type { TokenPair, TokenStore } from '../../credentials/token-store.ts';
import { exchangeCode, type GrantContext } from './oauth.ts';

const CODE = /^[\x21-\x7e]{1,4096}$/;

/** What connecting one account takes. */
export interface ConnectionOptions extends GrantContext {
  /** Whole URL of the account. */
  readonly baseUrl: string;
  readonly tokenStore: TokenStore;
}

/**
 * Connects an account by OAuth: consent on Kommo's own page, a one-time code, the first pair of tokens.
 *
 * The callback names the account that consented in `referer`; it must be the configured one, and the code is sent to no other.
 *
 * @see https://developers.kommo.com/docs/oauth-20
 */
export function createConnection(options: ConnectionOptions): SourceConnection {
  const { source, client, baseUrl, tokenStore } = options;
  return {
    redirectUri: client.redirectUri,
    consentUrl(state) {
      const url = new URL(consentPage(baseUrl));
      url.search = new URLSearchParams({ client_id: client.clientId, state, mode: 'popup' }).toString();
      return url.href;
    },
    async complete(answer) {
      const code = readCode(answer, new URL(baseUrl).host);
      // A code is good for one exchange, whatever was stored before and however often the lock is lost.
      let pair: TokenPair | null = null;
      // Under the store's lock, so that no refresh of the old pair comes between.
      await tokenStore.update(source, async () => (pair ??= await exchangeCode(options, code)));
    },
  };
}

/** The consent page is the platform's, not the account's; only an imitation on loopback has its own. */
function consentPage(baseUrl: string): string {
  const { hostname } = new URL(baseUrl);
  if (isLoopbackHost(hostname)) return `${baseUrl}/oauth`;
  return /\.amocrm\.(ru|com)$/i.test(hostname) ? 'https://www.amocrm.ru/oauth' : 'https://www.kommo.com/oauth';
}

/** @throws ConsentError */
function readCode(answer: ConsentAnswer, host: string): string {
  if ('code' in answer) return checkedCode(answer.code);
  const { query } = answer;
  const error = query.get('error');
  if (error === 'access_denied') throw new ConsentError('Access was denied on the consent page. Nothing was changed.');
  if (error !== null) throw new ConsentError('The consent page reported an error. Nothing was changed.');
  const referer = (query.get('referer') ?? '').trim().toLowerCase();
  if (referer !== host.toLowerCase()) {
    throw new ConsentError(
      `Consent was given for another account than the configured ${host}. Log in to that account, or mend the configured URL.`,
    );
  }
  return checkedCode(query.get('code') ?? '');
}

function checkedCode(code: string): string {
  if (!CODE.test(code)) throw new ConsentError('There is no usable code in the answer of the consent page.');
  return code;
}
