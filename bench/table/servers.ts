import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Crms } from './crms.ts';
import { ServerProcess } from './server-process.ts';

/** What a server may use again: nothing, what is in flight, or all that it keeps by itself. */
export type Reuse = 'none' | 'shared' | 'cached';

export interface BenchServer {
  readonly name: string;
  start(crms: Crms, reuse: Reuse): Promise<ServerProcess>;
  /** The body of a request for 75 contacts; `operation` is the name of the operation, so that texts can differ. */
  body(operation: string): string;
}

const GATEWAY_QUERY = (operation: string) => `query ${operation}($first: Int = 75) {
  contacts(first: $first) {
    nodes {
      id
      displayName
      emails { value categoryName }
      phones { value categoryName }
      customFields { field { label } text }
      ... on Person { company { id displayName } }
      groups { name }
      responsible { id displayName email }
    }
  }
}`;
const PEER_QUERY = (operation: string) => `query ${operation}($first: Int = 25) {
  onlyoffice: contacts(source: ONLYOFFICE, first: $first) { ...C }
  kommo: contacts(source: KOMMO, first: $first) { ...C }
  callgear: contacts(source: CALLGEAR, first: $first) { ...C }
}
fragment C on Contact {
  id
  displayName
  emails { value label }
  phones { value label }
  customFields { label value }
  company { id name }
  responsible { id name email }
}`;

/** No quota is waited for, and what is measured is what a production setting does. */
const GATEWAY_SETTINGS = {
  NODE_ENV: 'production',
  PORT: '0',
  KOMMO_RATE_LIMIT: '1000',
  ONLYOFFICE_RATE_LIMIT: '10000',
  CALLER_RATE_LIMIT: '1000000',
};
const NOTHING_KEPT = { CACHE_TTL_MS: '0', REFERENCE_TTL_MS: '0' };

/** The settings that point a gateway at three CRMs. */
export function gatewayEnvironment(crms: Crms, reuse: Reuse): Record<string, string> {
  return {
    ...GATEWAY_SETTINGS,
    ...(reuse !== 'cached' && NOTHING_KEPT),
    ONLYOFFICE_URL: crms.url(0),
    ONLYOFFICE_TOKEN: 't',
    KOMMO_URL: crms.url(1),
    KOMMO_TOKEN: 't',
    CALLGEAR_URL: `${crms.url(2)}/v2.0`,
    CALLGEAR_TOKEN: 't',
  };
}

/** Starts the gateway of a checkout as its `npm start` does, with the same options of Node.js. */
export function startGateway(environment: Readonly<Record<string, string>>, checkout = process.cwd()): Promise<ServerProcess> {
  const { scripts } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as { scripts: { start: string } };
  const [, , ...commandLine] = scripts.start.split(' ');
  // What an older checkout does not know would stop its start.
  const settings = readFileSync(join(checkout, '.env.example'), 'utf8');
  const known = Object.fromEntries(Object.entries(environment).filter(([name]) => settings.includes(`#${name}=`)));
  return ServerProcess.start(commandLine, known, checkout);
}

/** The gateway of a checkout. */
export function gateway(name = 'crm-gateway', checkout = process.cwd()): BenchServer {
  return {
    name,
    start: (crms, reuse) => startGateway(gatewayEnvironment(crms, reuse), checkout),
    body: (operation) => JSON.stringify({ query: GATEWAY_QUERY(operation), variables: { first: 75 } }),
  };
}

function peer(name: string, script: string, settings: Readonly<Record<string, string>> = {}): BenchServer {
  return {
    name,
    start: (crms, reuse) =>
      ServerProcess.start([`bench/peers/${script}`], {
        NODE_ENV: 'production',
        UPSTREAM: crms.url(0),
        REUSE: reuse,
        PORT: '0',
        ...settings,
      }),
    body: (operation) => JSON.stringify({ query: PEER_QUERY(operation), variables: { first: 25 } }),
  };
}

/** @param first How many contacts it reads of each CRM. */
export function floor(first = 25): BenchServer {
  return peer('floor, no GraphQL', 'floor.mjs', { FIRST: String(first) });
}

/** The first is the floor. */
export const SERVERS: readonly BenchServer[] = [
  floor(),
  peer('Yoga + graphql-jit + undici', 'yoga-jit.mjs'),
  peer('Mercurius', 'mercurius.mjs'),
  peer('Apollo Server', 'apollo.mjs'),
  peer('plain packages', 'plain-packages.mjs'),
  gateway(),
];
