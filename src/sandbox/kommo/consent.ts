import type { Exchange, Reply } from '../crm-server.ts';

interface Registered {
  readonly clientId: string;
  readonly redirectUri: string;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function page(status: number, body: string): Reply {
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body: `<!doctype html><title>Sandbox Kommo</title>${body}` };
}

function isRegistered(exchange: Exchange, { clientId }: Registered): boolean {
  return exchange.query.get('client_id') === clientId;
}

/** Asks whether the integration may have access to the account, as the consent page of Kommo does; two links answer. */
export function consentPage(exchange: Exchange, integration: Registered): Reply {
  if (!isRegistered(exchange, integration)) return page(400, '<p>No such integration.</p>');
  const query = escapeHtml(new URLSearchParams({ client_id: integration.clientId, state: exchange.query.get('state') ?? '' }).toString());
  return page(
    200,
    `<h1>Allow access to the sandbox account?</h1><p><a href="/oauth/grant?${query}">Allow</a> or <a href="/oauth/deny?${query}">deny</a></p>`,
  );
}

/** Sends the browser back to the registered address with the code, or with `error=access_denied` when there is none. */
export function redirectBack(exchange: Exchange, integration: Registered, code: string | undefined): Reply {
  if (!isRegistered(exchange, integration)) return page(400, '<p>No such integration.</p>');
  const target = new URL(integration.redirectUri);
  if (code === undefined) target.searchParams.set('error', 'access_denied');
  else target.searchParams.set('code', code);
  target.searchParams.set('referer', exchange.headers.host ?? '');
  target.searchParams.set('state', exchange.query.get('state') ?? '');
  target.searchParams.set('client_id', integration.clientId);
  return { status: 302, headers: { location: target.href } };
}
