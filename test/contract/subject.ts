import { readSettings } from '../../src/config/settings.ts';
import type { ContactSource } from '../../src/datasources/port/contact-source.ts';
import type { RunnablePlan } from '../../src/datasources/port/list-plan.ts';
import type { ListQuery } from '../../src/datasources/port/list-query.ts';
import type { ContactEntity, ContactRecord } from '../../src/datasources/port/records/contact.ts';
import type { ReferenceKind } from '../../src/datasources/port/records/entity.ts';
import { SOURCE_MODULES } from '../../src/datasources/registry.ts';
import type { CrmServer } from '../../src/sandbox/crm-server.ts';
import type { FaultEffect } from '../../src/sandbox/fault.ts';
import { createSourceDependencies } from '../../src/sources.ts';
import { createTestLog } from '../support/call.ts';

/** A CRM as the contract sees it: running, with the truth about what it holds beside it. */
export interface RunningCrm extends CrmServer {
  readonly environment: Readonly<Record<string, string>>;
  /** Ids of all contacts that the list has to show. */
  contactIds(): readonly string[];
  /** Ids that `findByIds` has to know, of each kind of contact. */
  idsOf(entity: ContactEntity): readonly string[];
  /** The look-up lists as the CRM stores them, by id; a list that is left out has to be empty. */
  references(): Readonly<Partial<Record<ReferenceKind, readonly string[]>>>;
}

/** One kind of CRM that has to keep the contract. */
export interface Caller {
  readonly kind: string;
  /** Starts the CRM, with more contacts than two blocks hold. */
  readonly start: () => Promise<RunningCrm>;
  /** Route of the list. */
  readonly listRoute: string;
  /** The rows inside an answer of the list, live. */
  readonly rowsOf: (body: unknown) => unknown[];
  /** Rows that do not fit the contract of the CRM, each made of a good one. */
  readonly oddRows: Readonly<Record<string, (row: Readonly<Record<string, unknown>>) => unknown>>;
  /** Well made ids that nobody has, by kind of contact. */
  readonly unknownIds: Readonly<Record<ContactEntity, readonly string[]>>;
  /** Failures that mean something else in this CRM, or that only it has. */
  readonly failures: Readonly<Record<string, readonly [FaultEffect, string | null]>>;
  /** How often a list is asked for at some failures, if more often than at those of all CRMs. */
  readonly attempts?: Readonly<Record<string, number>>;
}

/** A source on a running CRM, over the real HTTP and its governor. */
export interface Subject extends AsyncDisposable {
  readonly crm: RunningCrm;
  readonly source: ContactSource;
  readonly log: ReturnType<typeof createTestLog>;
  /** Plans a list without a filter. */
  plan(order?: Partial<ListQuery['order']>): RunnablePlan;
}

const DEFAULTS = { CACHE_TTL_MS: '0', REFERENCE_TTL_MS: '0', LOG_LEVEL: 'silent', SOURCE_TIMEOUT_MS: '25000' };

export async function startSubject(caller: Caller, environment: Readonly<Record<string, string>> = {}): Promise<Subject> {
  const crm = await caller.start();
  const settings = readSettings({ ...DEFAULTS, ...crm.environment, ...environment }, SOURCE_MODULES);
  const log = createTestLog();
  const [configured] = settings.sources;
  if (configured === undefined) throw new Error('No source is configured.');
  const tokenStore = {
    read: async () => null,
    update: async () => Promise.reject(new Error('No token store is needed.')),
    settle: async () => undefined,
  };
  const dependencies = createSourceDependencies(settings, log, tokenStore);
  const source = configured.module.create(configured.name, configured.settings, dependencies);
  return {
    crm,
    source,
    log,
    plan(order = {}) {
      const plan = source.planList(queryBy(order));
      if (plan.outcome !== 'runnable') throw new Error(`The list is ${plan.outcome}.`);
      return plan;
    },
    [Symbol.asyncDispose]: () => crm.close(),
  };
}

export function queryBy(order: Partial<ListQuery['order']>): ListQuery {
  return { filter: {}, order: { field: 'DISPLAY_NAME', direction: 'ASC', ...order }, details: new Set() };
}

/** What stands in a row and no hole. */
export function present(rows: readonly (ContactRecord | null)[]): ContactRecord[] {
  return rows.filter((row) => row !== null);
}
