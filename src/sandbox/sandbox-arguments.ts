import { parseArgs } from 'node:util';
import type { Fault, FaultEffect } from './fault.ts';
import { CRMS, FAULT_MEANINGS, namedFault, type Crm } from './named-faults.ts';
import type { SandboxOptions } from './sandbox.ts';

/** What can be said on the command line. */
export const SANDBOX_USAGE = `  --fault CRM=FAULT  lets a sandbox CRM misbehave; can be given several times, for instance --fault kommo=slow
                     CRM    ${CRMS.join(', ')}
                     FAULT  ${FAULT_MEANINGS.map(([word, meaning]) => `${word.padEnd(8)} ${meaning}`).join(`\n${' '.repeat(28)}`)}
  --shuffle-ties     rows with equal sort keys come in another order on each request
  --fault JSON       for one kind of request, for instance {"crm":"kommo","route":"GET /api/v4/contacts","times":1,"effect":{"kind":"respond","status":502}}
                     kinds: delay (delayMs), hang, reset, cut, respond (status, contentType, body, headers)
  Ports: SANDBOX_PORT_ONLYOFFICE, SANDBOX_PORT_KOMMO, SANDBOX_PORT_CALLGEAR; free ones without them.`;

/**
 * Reads the command line and the ports from the environment.
 *
 * @throws {TypeError} With a message for people, when something is not understood.
 */
export function readSandboxArguments(
  argumentsGiven: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): SandboxOptions {
  const { values } = parseArgs({
    args: [...argumentsGiven],
    options: { 'shuffle-ties': { type: 'boolean' }, fault: { type: 'string', multiple: true } },
  });
  const faults = (values.fault ?? []).map(readFault);
  const optionsOf = (crm: Crm): { port: number; faults: Fault[] } => ({
    port: readPort(`SANDBOX_PORT_${crm.toUpperCase()}`, environment),
    faults: faults.filter((entry) => entry.crm === crm).map(({ fault }) => fault),
  });
  return {
    shuffleTies: values['shuffle-ties'] ?? false,
    onlyoffice: optionsOf('onlyoffice'),
    kommo: optionsOf('kommo'),
    callgear: optionsOf('callgear'),
  };
}

function readPort(name: string, environment: Readonly<Record<string, string | undefined>>): number {
  const text = environment[name] ?? '0';
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new TypeError(`${name} has to be a port number.`);
  return port;
}

function readFault(text: string): { readonly crm: Crm; readonly fault: Fault } {
  return text.startsWith('{') ? readJsonFault(text) : readNamedFault(text);
}

function readNamedFault(text: string): { readonly crm: Crm; readonly fault: Fault } {
  const [name, word = ''] = text.split('=', 2);
  const crm = CRMS.find((candidate) => candidate === name);
  const fault = crm === undefined ? null : namedFault(crm, word);
  if (crm !== undefined && fault !== null) return { crm, fault };
  const words = FAULT_MEANINGS.map(([known]) => known).join(', ');
  throw new TypeError(`A fault is CRM=FAULT: a CRM of ${CRMS.join(', ')} and a fault of ${words}.`);
}

function readJsonFault(text: string): { readonly crm: Crm; readonly fault: Fault } {
  const given = parsed(text);
  const crm = CRMS.find((candidate) => candidate === given['crm']);
  const { route, skip, times, when } = given;
  if (!crm) throw new TypeError(`A fault needs "crm": one of ${CRMS.join(', ')}.`);
  if (typeof route !== 'string') throw new TypeError('A fault needs "route", for instance "GET /api/v4/contacts*".');
  return {
    crm,
    fault: {
      route,
      effect: readEffect(given['effect']),
      ...(typeof skip === 'number' && { skip }),
      ...(typeof times === 'number' && { times }),
      ...((when === 'before' || when === 'after') && { when }),
    },
  };
}

function readEffect(value: unknown): FaultEffect {
  const effect = isRecord(value) ? value : {};
  const { kind, delayMs, status, contentType, body, headers } = effect;
  if (kind === 'hang' || kind === 'reset' || kind === 'cut') return { kind };
  if (kind === 'delay' && typeof delayMs === 'number') return { kind, delayMs };
  if (kind !== 'respond' || typeof status !== 'number') {
    throw new TypeError('A fault needs "effect": {"kind": …}, with "delayMs" for delay and "status" for respond.');
  }
  const texts = isRecord(headers) ? Object.entries(headers).map(([name, header]) => [name, String(header)] as const) : [];
  return {
    kind,
    status,
    headers: Object.fromEntries(texts),
    ...(typeof contentType === 'string' && { contentType }),
    ...(typeof body === 'string' && { body }),
  };
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch (error) {
    throw new TypeError('A fault has to be JSON.', { cause: error });
  }
  throw new TypeError('A fault has to be a JSON object.');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
