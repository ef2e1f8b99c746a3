import type { Exchange, Reply } from '../crm-server.ts';
import { consentPage, redirectBack } from './consent.ts';
import { json, oauthProblem, problem } from './replies.ts';
import type { GrantRefusal, KommoTokenPair, TokenVault } from './token-vault.ts';

/** The integration that is registered with the account. */
export interface KommoIntegration {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
}

/** The OAuth side of the account. */
export interface KommoOAuth {
  readonly integration: KommoIntegration;
  /** What was given out; tests issue, expire and revoke tokens here. */
  readonly vault: TokenVault;
  /** What `GET /oauth` does: ask on a page, or redirect at once as if the user had pressed a button. */
  readonly consent: 'ask' | 'grant' | 'deny';
  readonly account: { readonly id: number; readonly subdomain: string };
  readonly nowMs: () => number;
  /** With what a refresh is answered because the account has another address now; null where it has not. */
  readonly renamedStatus: 401 | 404 | null;
  /** Refreshes that gave a new pair. */
  refreshCount: number;
  /** Refreshes that were refused. */
  refusedRefreshCount: number;
  /** Codes that gave a pair. */
  codeExchangeCount: number;
}

type Body = Readonly<Record<string, unknown>>;

function bodyOf({ json: sent }: Exchange): Body {
  return typeof sent === 'object' && sent !== null ? { ...sent } : {};
}

function grantReply(oauth: KommoOAuth, outcome: KommoTokenPair | GrantRefusal): Reply {
  if ('hint' in outcome) return oauthProblem(outcome.status, outcome.hint);
  return json({
    token_type: 'Bearer',
    expires_in: oauth.vault.accessTokenLifetimeSeconds,
    access_token: outcome.accessToken,
    refresh_token: outcome.refreshToken,
    server_time: Math.floor(oauth.nowMs() / 1000),
  });
}

/** Answers `POST /oauth2/access_token`: credentials in the JSON body, `redirect_uri` with both grants. */
function grantTokens(oauth: KommoOAuth, body: Body): Reply {
  const { integration, vault } = oauth;
  if (body['client_id'] !== integration.clientId) return oauthProblem(400, 'Check the `client_id` parameter');
  if (body['client_secret'] !== integration.clientSecret) return oauthProblem(400, 'Check the `client_secret` parameter');
  if (body['redirect_uri'] !== integration.redirectUri) return oauthProblem(400, 'Redirect URI is not associated with client');
  if (body['grant_type'] === 'refresh_token' && oauth.renamedStatus !== null) {
    oauth.refusedRefreshCount += 1;
    return problem(oauth.renamedStatus, oauth.renamedStatus === 401 ? 'Account not found' : 'Cannot POST /oauth2/access_token!');
  }
  if (body['grant_type'] === 'refresh_token') {
    const outcome = vault.refresh(body['refresh_token']);
    if ('hint' in outcome) oauth.refusedRefreshCount += 1;
    else oauth.refreshCount += 1;
    return grantReply(oauth, outcome);
  }
  if (body['grant_type'] === 'authorization_code') {
    const outcome = vault.exchangeCode(body['code']);
    if (!('hint' in outcome)) oauth.codeExchangeCount += 1;
    return grantReply(oauth, outcome);
  }
  return oauthProblem(400, 'Check the `grant_type` parameter');
}

function subdomainReply({ account }: KommoOAuth, exchange: Exchange, isAllowed: boolean): Reply {
  if (!isAllowed) return problem(401, 'Invalid user name or password');
  return json({ id: account.id, subdomain: account.subdomain, domain: exchange.headers.host ?? '', top_level_domain: 'com' });
}

function isRefreshTokenSent(oauth: KommoOAuth, exchange: Exchange): boolean {
  const token = exchange.headers['x-refresh-token'];
  return typeof token === 'string' && oauth.vault.isRefreshTokenValid(token);
}

/** Answers a request outside `/api`; undefined for a path that is none of OAuth's. */
export function oauthReply(oauth: KommoOAuth, exchange: Exchange, isAuthorized: boolean): Reply | undefined {
  const redirect = (decision: 'grant' | 'deny') =>
    redirectBack(exchange, oauth.integration, decision === 'grant' ? oauth.vault.issueCode() : undefined);
  switch (`${exchange.method} ${exchange.path}`) {
    case 'POST /oauth2/access_token':
      return grantTokens(oauth, bodyOf(exchange));
    case 'GET /oauth2/account/subdomain':
      return subdomainReply(oauth, exchange, isAuthorized);
    case 'GET /oauth2/account/current/subdomain':
      return subdomainReply(oauth, exchange, isRefreshTokenSent(oauth, exchange));
    case 'GET /oauth':
      return oauth.consent === 'ask' ? consentPage(exchange, oauth.integration) : redirect(oauth.consent);
    case 'GET /oauth/grant':
      return redirect('grant');
    case 'GET /oauth/deny':
      return redirect('deny');
    default:
      return undefined;
  }
}
