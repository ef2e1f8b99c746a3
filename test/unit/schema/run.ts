import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { ErasureSigner } from '../../../src/federation/erasure/erasure-signer.ts';
import { AnswerTrace } from '../../../src/graphql/sharing/answer-trace.ts';
import { execute, parse, validate, type ExecutionResult } from 'graphql';
import { SCOPES, type Scope } from '../../../src/auth/scopes.ts';
import type { RequestContext } from '../../../src/schema/context.ts';
import type { Call } from '../../../src/datasources/port/call.ts';
import type { ContactSource } from '../../../src/datasources/port/contact-source.ts';
import { Loaders } from '../../../src/datasources/port/loaders.ts';
import { createIdentityKit } from '../../../src/federation/identity/identity-kit.ts';
import { Universe } from '../../../src/federation/identity/universe.ts';
import { encodeSourceId, type SourceIdEntity } from '../../../src/federation/source-id.ts';
import { ValueBudget } from '../../../src/schema/budget/value-budget.ts';
import { createSchema } from '../../../src/schema/schema.ts';
import { MEMORY } from '../../support/in-memory-source.ts';

export interface RunOptions {
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly scopes?: readonly Scope[];
  readonly deletionRefusal?: string;
  readonly isExplained?: boolean;
}

const RECEIPT_KEY = generateKeyPairSync('ed25519').privateKey;
const NO_IDENTITY_SETTINGS = {
  identity: { sharedKeys: [], sharedMailboxes: [], foldsPlusAddresses: false },
  stateKey: null,
  defaultCountry: undefined,
};

/** A context as the server makes one for each request. */
export function createContext(sources: readonly ContactSource[], options: RunOptions = {}): RequestContext {
  const byName = new Map(sources.map((source) => [source.name, source]));
  const meter = { count: () => undefined };
  const deadline = performance.now() + 5_000;
  const call: Call = { signal: AbortSignal.timeout(5_000), deadline, meter };
  return {
    requestId: 'request-1',
    caller: { name: 'tester', scopes: new Set(options.scopes ?? SCOPES) },
    sources: byName,
    loaders: new Loaders(byName, call),
    call,
    meter,
    values: new ValueBudget({ limit: 50_000, deadline }),
    deadline,
    identity: { universe: new Universe({ kit: createIdentityKit(NO_IDENTITY_SETTINGS), sources: byName, call }), priority: [] },
    erasure: { signer: new ErasureSigner(randomBytes(32), () => RECEIPT_KEY), isFourEyes: false, audit: () => undefined, now: Date.now },
    limits: { sourceTimeoutMs: 2_000, scanBudget: 100, defaultCountry: undefined },
    deletionRefusal: options.deletionRefusal ?? null,
    announceDeletion: async () => undefined,
    auditDeletion: () => undefined,
    isExplained: options.isExplained ?? false,
    trace: new AnswerTrace(),
    explanations: [],
  };
}

/** Runs a query as a client's over the real schema. Fails when the query is not valid: that is the test's own fault. */
export async function run(sources: readonly ContactSource[], query: string, options: RunOptions = {}): Promise<ExecutionResult> {
  return runIn(createContext(sources, options), query, options);
}

export async function runIn(contextValue: RequestContext, query: string, options: RunOptions = {}): Promise<ExecutionResult> {
  const schema = createSchema([MEMORY]);
  const document = parse(query);
  const faults = validate(schema, document);
  if (faults.length > 0) throw new Error(faults.map(({ message }) => message).join('\n'));
  const result = await execute({ schema, document, contextValue, variableValues: options.variables ?? {} });
  return JSON.parse(JSON.stringify(result));
}

export function idOf(source: string, idInSource: string, entity: SourceIdEntity = 'contact'): string {
  return encodeSourceId({ source, entity, idInSource });
}
