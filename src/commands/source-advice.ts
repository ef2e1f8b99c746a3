import type { SourceFinding } from '../datasources/port/contact-source.ts';
import { TokenStoreError } from '../datasources/credentials/token-store.ts';
import type { SourceError, SourceErrorCode } from '../datasources/port/source-error.ts';

/** Says what an operator can do about a failure of a source. @param isConnected Whether a person has to connect it once. */
export function adviceOn(error: SourceError, isConnected: boolean): SourceFinding {
  return {
    message: error.message,
    advice:
      adviceOnCause(error) ??
      (isConnected ? adviceOnConnection(error) : undefined) ??
      ADVICE[error.code] ??
      `Look the code ${error.code} up in docs/errors.md.`,
  };
}

const ADVICE: Readonly<Partial<Record<SourceErrorCode, string>>> = {
  TIMEOUT: 'Check the URL, the network and the firewall; raise SOURCE_TIMEOUT_MS if the CRM is merely slow.',
  UNAVAILABLE: 'Check the URL, the network, and whether the CRM is up.',
  UNAUTHENTICATED: 'Check the token, or the user name and password.',
  FORBIDDEN:
    'The line above says what is missing. A right: give it to the user whose credentials these are (users need an administrator). An address or a part of the CRM: allow it in the CRM. A disabled account: ask the CRM.',
  BLOCKED: 'The CRM refuses this address or account: stop calling it and ask its support.',
  RATE_LIMITED: 'Another program may be using the same credentials; wait, or give the gateway credentials of its own.',
  QUOTA_EXHAUSTED: "Wait until the quota is renewed, or buy a larger one; another program may be using the same account's quota.",
  COST_EXCEEDED: 'One of its lists does not end, or is very long, and nothing more was asked.',
  BAD_RESPONSE: 'Check that the URL is whole and is that of the CRM, not of a proxy or a login page.',
};

/** By the network's own codes, which name no address and no secret. */
const ADVICE_BY_CAUSE: readonly (readonly [code: RegExp, advice: string])[] = [
  [/ENOTFOUND|EAI_AGAIN/, 'The host name of the URL is not known: check its spelling, and the name server.'],
  [/ECONNREFUSED/, 'Nothing listens at the URL: check host and port, and whether the CRM is up.'],
  [/EHOSTUNREACH|ENETUNREACH/, 'There is no way to the host from here: check the network and the firewall.'],
  [
    /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS/,
    "The host's certificate is not trusted here: renew it, or give Node.js its authority in NODE_EXTRA_CA_CERTS.",
  ],
  [/EPROTO/, 'The host speaks no TLS at that port, or an old version of it: check https and the port of the URL.'],
];

function adviceOnCause(error: SourceError): string | undefined {
  if (error.code !== 'UNAVAILABLE') return undefined;
  const codes = causesOf(error).map(({ message }) => message);
  return ADVICE_BY_CAUSE.find(([pattern]) => codes.some((code) => pattern.test(code)))?.[1];
}

function adviceOnConnection({ code, source, cause }: SourceError): string | undefined {
  if (code !== 'UNAUTHENTICATED') return undefined;
  if (cause instanceof TokenStoreError) return `Here ${cause.message}.`;
  return `Run npm run connect -- ${source}`;
}

function causesOf(error: Error): Error[] {
  const { cause } = error;
  return cause instanceof Error ? [cause, ...causesOf(cause)] : [];
}
