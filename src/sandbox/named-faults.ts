import type { Fault, FaultEffect } from './fault.ts';

/** The sandbox CRMs, by the names that a command line has for them. */
export const CRMS = ['onlyoffice', 'kommo', 'callgear'] as const;
/** One of them. */
export type Crm = (typeof CRMS)[number];

/** Longer than people like to wait, shorter than a gateway waits. */
const SLOW_MS = 3_000;

/** What a front end has to bear, by a word each; what the gateway's lists then report is in the README and in docs/clients.md. */
const FAULTS = {
  slow: { meaning: `answers after ${SLOW_MS / 1_000} s`, of: () => everything({ kind: 'delay', delayMs: SLOW_MS }) },
  hang: { meaning: 'never answers', of: () => everything({ kind: 'hang' }) },
  down: { meaning: 'answers 503 to everything', of: () => everything({ kind: 'respond', status: 503 }) },
  limited: { meaning: 'says that its limit of requests is used up', of: (crm) => everything(LIMITED[crm]) },
  denied: { meaning: 'refuses the credentials', of: (crm) => everything(DENIED[crm]) },
  damaged: { meaning: 'has one contact without an id in each list', of: (crm) => ({ route: LIST_ROUTES[crm], effect: damage(crm) }) },
} satisfies Record<string, { readonly meaning: string; readonly of: (crm: Crm) => Fault }>;

/** The words, and what each does, for a usage text. */
export const FAULT_MEANINGS: readonly (readonly [word: string, meaning: string])[] = Object.entries(FAULTS).map(([word, { meaning }]) => [
  word,
  meaning,
]);

/** Returns the fault that a word names; null where it names none. */
export function namedFault(crm: Crm, word: string): Fault | null {
  return isFaultWord(word) ? FAULTS[word].of(crm) : null;
}

function isFaultWord(word: string): word is keyof typeof FAULTS {
  return Object.hasOwn(FAULTS, word);
}

function everything(effect: FaultEffect): Fault {
  return { route: '*', effect };
}

const LIST_ROUTES: Readonly<Record<Crm, string>> = {
  onlyoffice: 'GET /api/2.0/crm/contact/filter*',
  kommo: 'GET /api/v4/contacts',
  callgear: 'POST get.contacts',
};

const LIMITED: Readonly<Record<Crm, FaultEffect>> = {
  onlyoffice: { kind: 'respond', status: 429, contentType: 'text/html', body: '<html><body>Too Many Requests</body></html>' },
  kommo: {
    kind: 'respond',
    status: 429,
    contentType: 'application/problem+json',
    body: '{"title":"Too Many Requests","type":"https://httpstatus.es/429","status":429,"detail":"You have sent too many requests in a given amount of time. Please try again later.","retry_after":300}',
  },
  callgear: rpcError(-32029, 'Limit per day has been exceeded. Value of current limit per day is 3000', {
    mnemonic: 'limit_exceeded',
    params: { limit_type: 'day', limit_max_value: 3_000 },
    metadata: {
      limits: { day_limit: 3_000, day_remaining: 0, day_reset: 3_600, minute_limit: 60, minute_remaining: 59, minute_reset: 30 },
    },
  }),
};

const DENIED: Readonly<Record<Crm, FaultEffect>> = {
  onlyoffice: { kind: 'respond', status: 401, contentType: 'text/html', body: 'Unauthorized' },
  kommo: {
    kind: 'respond',
    status: 401,
    contentType: 'application/problem+json',
    body: '{"title":"Unauthorized","type":"https://httpstatus.es/401","status":401,"detail":"Unauthorized"}',
  },
  callgear: rpcError(-32001, 'Access token is invalid', { mnemonic: 'access_token_invalid', params: {} }),
};

function rpcError(code: number, message: string, data: object): FaultEffect {
  return {
    kind: 'alter',
    alter: (body) => ({ jsonrpc: '2.0', id: memberOf(body, 'id'), error: { code, message, data: { field: null, value: null, ...data } } }),
  };
}

function damage(crm: Crm): FaultEffect {
  const rowsOf: Record<Crm, (body: unknown) => unknown> = {
    onlyoffice: (body) => memberOf(body, 'response'),
    kommo: (body) => memberOf(memberOf(body, '_embedded'), 'contacts'),
    callgear: (body) => memberOf(memberOf(body, 'result'), 'data'),
  };
  return {
    kind: 'alter',
    alter(body) {
      const rows = rowsOf[crm](body);
      const first: unknown = Array.isArray(rows) ? rows[0] : undefined;
      if (typeof first === 'object' && first !== null) Object.assign(first, { id: null });
      return body;
    },
  };
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
}
