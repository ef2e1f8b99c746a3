import { startCallgearSandbox } from './callgear/callgear-sandbox.ts';
import type { CallgearSandbox } from './callgear/callgear-sandbox.ts';
import type { CallgearSandboxOptions } from './callgear/callgear-options.ts';
import type { CrmServer } from './crm-server.ts';
import { startKommoSandbox } from './kommo/kommo-sandbox.ts';
import type { KommoSandbox, KommoSandboxOptions } from './kommo/kommo-sandbox.ts';
import { startOnlyofficeSandbox } from './onlyoffice/onlyoffice-sandbox.ts';
import type { OnlyofficeSandbox, OnlyofficeSandboxOptions } from './onlyoffice/onlyoffice-sandbox.ts';
import { createPopulation } from './population.ts';
import type { PopulationOptions } from './population.ts';

/** How the three sandbox CRMs are started together. */
export interface SandboxOptions {
  /** Numbers of people and the seed. */
  readonly population?: PopulationOptions;
  /** For all three; each CRM's own options win. */
  readonly shuffleTies?: boolean;
  readonly onlyoffice?: OnlyofficeSandboxOptions;
  readonly kommo?: KommoSandboxOptions;
  readonly callgear?: CallgearSandboxOptions;
}

/** The names under which a gateway is told of the three CRMs. */
export type SandboxEnvironment = Readonly<
  Record<'ONLYOFFICE_URL' | 'ONLYOFFICE_TOKEN' | 'KOMMO_URL' | 'KOMMO_TOKEN' | 'CALLGEAR_URL' | 'CALLGEAR_TOKEN', string>
>;

/** Three running sandbox CRMs over one population. */
export interface Sandbox {
  readonly onlyoffice: OnlyofficeSandbox;
  readonly kommo: KommoSandbox;
  readonly callgear: CallgearSandbox;
  readonly environment: SandboxEnvironment;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts the three sandbox CRMs on 127.0.0.1, on free ports unless told otherwise.
 *
 * @throws When one of them cannot start; the others are closed first.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const shared = { population: createPopulation(options.population), shuffleTies: options.shuffleTies ?? false };
  const [onlyoffice, kommo, callgear] = await Promise.allSettled([
    startOnlyofficeSandbox({ ...shared, ...options.onlyoffice }),
    startKommoSandbox({ ...shared, ...options.kommo }),
    startCallgearSandbox({ ...shared, ...options.callgear }),
  ]);
  if (onlyoffice.status === 'rejected' || kommo.status === 'rejected' || callgear.status === 'rejected') {
    const started = [onlyoffice, kommo, callgear].flatMap((start): CrmServer[] => (start.status === 'fulfilled' ? [start.value] : []));
    await Promise.all(started.map((server) => server.close()));
    throw [onlyoffice, kommo, callgear].find((start) => start.status === 'rejected')?.reason;
  }
  const servers = { onlyoffice: onlyoffice.value, kommo: kommo.value, callgear: callgear.value };
  const close = async (): Promise<void> => {
    await Promise.all(Object.values(servers).map((server) => server.close()));
  };
  return { ...servers, environment: environmentOf(servers), close, [Symbol.asyncDispose]: close };
}

function environmentOf({ onlyoffice, kommo, callgear }: Pick<Sandbox, 'onlyoffice' | 'kommo' | 'callgear'>): SandboxEnvironment {
  return {
    ONLYOFFICE_URL: onlyoffice.url,
    ONLYOFFICE_TOKEN: onlyoffice.token,
    KOMMO_URL: kommo.url,
    KOMMO_TOKEN: kommo.token,
    CALLGEAR_URL: callgear.url,
    CALLGEAR_TOKEN: callgear.token,
  };
}
