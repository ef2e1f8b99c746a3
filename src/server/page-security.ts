import { randomBytes } from 'node:crypto';

/** Stands in the page's script tag until the page is sent. */
const NONCE_PLACEHOLDER = 'crm-gateway-script-nonce';

/** Marks the page's only script, so that each sending can give it a nonce of its own. */
export function withNoncePlaceholder(html: string): string {
  return html.replace('<script>', `<script nonce="${NONCE_PLACEHOLDER}">`);
}

/** A page and the policy that lets nothing but its own script run, and talk to nobody but this server. */
export function securePage(html: string): { html: string; policy: string } {
  const nonce = randomBytes(16).toString('base64');
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    'worker-src blob:',
    // The editor writes its styles while it runs.
    "style-src 'unsafe-inline'",
    'font-src data:',
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return { html: html.replace(NONCE_PLACEHOLDER, nonce), policy };
}
