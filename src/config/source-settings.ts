import { z } from 'zod';
import { faultsByPath, inPlainWords } from './fault-text.ts';
import { readFileSettings } from './file-settings.ts';
import type { SourceModule } from '../datasources/source-module.ts';

/** One CRM account as configured. */
export interface ConfiguredSource {
  readonly module: SourceModule;
  readonly name: string;
  readonly settings: unknown;
}

/** The accounts that could be read, and what is wrong with the others. */
export interface SourceSettings {
  readonly sources: readonly ConfiguredSource[];
  /** Whether anything of the sources was given, right or wrong. */
  readonly isConfigured: boolean;
  /** Each names its setting, or its place in the file, and shows no value. */
  readonly faults: readonly string[];
}

/** Names go into every id, so they are short and plain. */
const sourceName = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be lower-case letters, digits and "-", and start with a letter');
const configFile = z.strictObject({
  sources: z.array(z.looseObject({ kind: z.string(), name: sourceName })).min(1),
});

/** Reads the accounts from the environment, or from the JSON file that `CRM_GATEWAY_CONFIG` names. Not from both. */
export function readSourceSettings(
  environment: Readonly<Record<string, string | undefined>>,
  modules: readonly SourceModule[],
  readFile: (path: string) => string,
): SourceSettings {
  const path = environment.CRM_GATEWAY_CONFIG;
  const fromEnvironment = modules.map((module) => readEnvironment(environment, module));
  const isInEnvironment = fromEnvironment.some(({ isConfigured }) => isConfigured);
  if (path === undefined) return join(fromEnvironment);
  const fromFile = readConfigFile(path, modules, readFile);
  if (!isInEnvironment) return fromFile;
  const faults = ['CRM_GATEWAY_CONFIG: give the sources in the file or by environment names, not both'];
  return join([fromFile, ...fromEnvironment, { sources: [], isConfigured: true, faults }]);
}

function join(parts: readonly SourceSettings[]): SourceSettings {
  return {
    sources: parts.flatMap(({ sources }) => sources),
    isConfigured: parts.some(({ isConfigured }) => isConfigured),
    faults: parts.flatMap(({ faults }) => faults),
  };
}

function readEnvironment(environment: Readonly<Record<string, string | undefined>>, module: SourceModule): SourceSettings {
  const { prefix, names } = module.environment;
  const given = Object.keys(environment).filter((name) => name.startsWith(prefix));
  if (given.length === 0) return { sources: [], isConfigured: false, faults: [] };
  const unknown = given.filter((name) => !(name in names));
  const faults = unknown.map((name) => `${name}: no such setting; known are ${Object.keys(names).join(', ')}`);
  const values = Object.fromEntries(
    Object.entries(names).flatMap(([name, key]) => (environment[name] === undefined ? [] : [[key, environment[name]]])),
  );
  const nameByKey = new Map(Object.entries(names).map(([name, key]) => [key, name]));
  const result = module.settings.safeParse(values, { error: inPlainWords });
  if (!result.success) {
    for (const [path, fault] of faultsByPath(result.error)) faults.push(`${nameByKey.get(path) ?? `${prefix}*`}: ${fault}`);
    return { sources: [], isConfigured: true, faults };
  }
  return { sources: [{ module, name: module.defaultName, settings: result.data }], isConfigured: true, faults };
}

function readConfigFile(path: string, modules: readonly SourceModule[], readFile: (path: string) => string): SourceSettings {
  const fail = (...faults: string[]): SourceSettings => ({ sources: [], isConfigured: true, faults });
  let content: unknown;
  try {
    content = JSON.parse(readFile(path));
  } catch {
    return fail('CRM_GATEWAY_CONFIG: the file cannot be read, or is not JSON');
  }
  const file = configFile.safeParse(content, { error: inPlainWords });
  if (!file.success)
    return fail(
      ...faultsByPath(file.error)
        .entries()
        .map(([path, fault]) => `CRM_GATEWAY_CONFIG: ${path || 'the file'}: ${fault}`),
    );
  const faults: string[] = [];
  const sources: ConfiguredSource[] = [];
  for (const [index, { kind, name, ...values }] of file.data.sources.entries()) {
    const place = `CRM_GATEWAY_CONFIG: sources.${index}`;
    const module = modules.find((known) => known.kind === kind.toUpperCase());
    if (module === undefined) faults.push(`${place}.kind: must be one of ${modules.map((known) => known.kind).join(', ')}`);
    else if (sources.some((source) => source.name === name)) faults.push(`${place}.name: is taken by another source`);
    else {
      const known = Object.values(module.environment.names);
      const { given, faults: fileFaults } = readFileSettings(values, new Set(known), 'File', readFile);
      faults.push(...fileFaults.map((fault) => `${place}.${fault}`));
      const unknown = Object.keys(given).filter((key) => !known.includes(key));
      faults.push(...unknown.map((key) => `${place}.${key}: no such setting; known are ${known.join(', ')}`));
      const result = module.settings.safeParse(given, { error: inPlainWords });
      if (result.success) sources.push({ module, name, settings: result.data });
      else for (const [path, fault] of faultsByPath(result.error)) faults.push(`${place}.${path}: ${fault}`);
    }
  }
  return { sources, isConfigured: true, faults };
}
