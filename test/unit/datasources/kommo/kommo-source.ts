import { Governor } from '../../../../src/datasources/governor/governor.ts';
import { GovernedHttp } from '../../../../src/datasources/http/governed-http.ts';
import type { ContactSource } from '../../../../src/datasources/port/contact-source.ts';
import type { RunnablePlan } from '../../../../src/datasources/port/list-plan.ts';
import type { ListQuery, SourceFilter } from '../../../../src/datasources/port/list-query.ts';
import { kommoModule } from '../../../../src/datasources/kommo/kommo-module.ts';
import type { Change, TokenPair, TokenStore } from '../../../../src/datasources/credentials/token-store.ts';
import { startKommoSandbox, type KommoSandbox, type KommoSandboxOptions } from '../../../../src/sandbox/kommo/kommo-sandbox.ts';
import { createTestLog } from '../../../support/call.ts';

export interface KommoUnderTest extends AsyncDisposable {
  readonly sandbox: KommoSandbox;
  readonly source: ContactSource;
  readonly log: ReturnType<typeof createTestLog>;
  /** `METHOD path?query` of every request, decoded. */
  readonly urls: () => string[];
  readonly planOf: (filter: SourceFilter, query?: Partial<ListQuery>) => RunnablePlan;
}

export interface KommoTestOptions {
  readonly sandbox?: KommoSandboxOptions;
  readonly settings?: object;
  readonly tokenStore?: TokenStore;
  readonly scanBudget?: number;
  readonly sourceTimeoutMs?: number;
  readonly now?: () => number;
}

/** A Kommo datasource on a sandbox of its own, over real HTTP. */
export async function startKommo(options: KommoTestOptions = {}): Promise<KommoUnderTest> {
  const sandbox = await startKommoSandbox(options.sandbox);
  const log = createTestLog();
  const governor = new Governor();
  const settings = kommoModule.settings.parse({ url: sandbox.url, rateLimit: 50, ...(options.settings ?? { token: sandbox.token }) });
  const source = kommoModule.create('kommo', settings, {
    createHttp: (httpOptions) => new GovernedHttp(httpOptions, { governor, log, sourceTimeoutMs: options.sourceTimeoutMs ?? 5_000 }),
    tokenStore: options.tokenStore ?? new MemoryTokenStore(null),
    log,
    defaultCountry: 'LV',
    scanBudget: options.scanBudget ?? 1_000,
    referenceTtlMs: 60_000,
    now: options.now ?? Date.now,
  });
  return {
    sandbox,
    source,
    log,
    urls: () => sandbox.requests.map(({ method, url }) => `${method} ${decodeURIComponent(url)}`),
    planOf(filter, query = {}) {
      const plan = source.planList({ filter, order: { field: 'CREATED_AT', direction: 'ASC' }, details: new Set(), ...query });
      if (plan.outcome !== 'runnable') throw new Error(`the plan is ${plan.outcome}`);
      return plan;
    },
    [Symbol.asyncDispose]: () => sandbox.close(),
  };
}

/** A token store that keeps its word within one process: one change at a time. */
export class MemoryTokenStore implements TokenStore {
  pair: TokenPair | null;
  /** What was stored, oldest first. */
  readonly stored: TokenPair[] = [];
  #last: Promise<unknown> = Promise.resolve();

  constructor(pair: TokenPair | null) {
    this.pair = pair;
  }

  async read(): Promise<TokenPair | null> {
    return this.pair;
  }

  async settle(): Promise<void> {
    await this.#last;
  }

  update(_source: string, change: Change): Promise<TokenPair | null> {
    const result = this.#last.then(async () => {
      const pair = await change(this.pair, { check: async () => undefined });
      if (pair !== null && pair !== this.pair) this.stored.push(pair);
      this.pair = pair;
      return pair;
    });
    this.#last = result.catch(() => undefined);
    return result;
  }
}
