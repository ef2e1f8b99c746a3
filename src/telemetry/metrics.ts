import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { CallObserver } from '../datasources/http/call-observer.ts';
import type { DeletionAuditEntry } from '../federation/deletion.ts';
import type { ReadObserver } from '../datasources/cache/caching-source.ts';
import type { ContactSource } from '../datasources/port/contact-source.ts';
import { packageVersion } from '../platform/project-root.ts';
import { registerSourceGauges } from './source-metrics.ts';
import { CallHistory } from './call-history.ts';
import { RequestCounts } from './request-counts.ts';
import type { RequestOutcome } from './request-outcome.ts';

const REQUEST_SECONDS = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const CALL_SECONDS = [0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Of the process, whichever gateway runs in it. */
const processRegistry = new Registry();
collectDefaultMetrics({ register: processRegistry });

/**
 * What the gateway counts for Prometheus. No label takes a value that a caller can choose: operations are of three types, outcomes and codes
 * are closed sets, and sources are those of the configuration.
 */
export interface Metrics {
  readonly contentType: string;
  readonly startedAt: Date;
  /** The calls of the last hour. */
  readonly history: CallHistory;
  readonly requestCounts: RequestCounts;
  countRequest(outcome: Pick<RequestOutcome, 'operationType' | 'result' | 'calls' | 'origin'>, durationMs: number): void;
  countDeletion(entry: DeletionAuditEntry): void;
  readonly observeCall: CallObserver;
  readonly observeRead: ReadObserver;
  readonly countLostLogLines: (lines: number) => void;
  /** Has the state of these sources among the metrics from now on. Call it once. */
  watch(sources: Iterable<ContactSource>): void;
  /** For gateways of several replicas. @returns What takes whether Redis is away. */
  createRedisGauge(): (isAway: boolean) => void;
  /** In Prometheus' text format. */
  print(): Promise<string>;
}

/** Makes the counters of one gateway, all at zero. Those of the process are shared by all gateways in it. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  showVersion(registers);
  const requests = new Counter({
    name: 'crm_gateway_requests_total',
    help: 'Requests to /graphql, by type of operation (none: it was refused before it was known) and outcome (ok, partial, failed, refused).',
    labelNames: ['operation', 'outcome'],
    registers,
  });
  const countAnswer = countAnswers(registers);
  const requestSeconds = new Histogram({
    name: 'crm_gateway_request_duration_seconds',
    help: 'Time from the head of a request to its answer, by type of operation.',
    labelNames: ['operation'],
    buckets: REQUEST_SECONDS,
    registers,
  });
  const deletions = new Counter({
    name: 'crm_gateway_deletions_total',
    help: 'Contacts that were to be deleted, dry runs left out, by source (none: the id named none) and outcome.',
    labelNames: ['source', 'outcome'],
    registers,
  });
  const lostLogLines = new Counter({
    name: 'crm_gateway_log_lines_lost_total',
    help: 'Lines of the log that could not be written: the disk is full, or the reader is gone or does not read.',
    registers,
  });
  const history = new CallHistory();
  const requestCounts = new RequestCounts();
  return {
    contentType: registry.contentType,
    startedAt: new Date(),
    history,
    requestCounts,
    countRequest(outcome, durationMs) {
      requestCounts.add(outcome);
      const operation = outcome.operationType ?? 'none';
      requests.inc({ operation, outcome: outcome.result });
      requestSeconds.observe({ operation }, durationMs / 1_000);
      countAnswer(outcome);
    },
    countDeletion({ source, outcome, dryRun }) {
      if (!dryRun) deletions.inc({ source: source ?? 'none', outcome });
    },
    observeCall: observeCalls(registers, history),
    observeRead: observeReads(registers),
    watch: (sources) => registerSourceGauges(registry, sources),
    createRedisGauge: () => createRedisGauge(registers),
    countLostLogLines: (lines) => lostLogLines.inc(lines),
    print: async () => (await Promise.all([registry.metrics(), processRegistry.metrics()])).join(''),
  };
}

/** Shows whether the Redis of several replicas answers. @returns What takes whether it is away. */
function createRedisGauge(registers: Registry[]): (isAway: boolean) => void {
  const up = new Gauge({
    name: 'crm_gateway_redis_up',
    help: 'Whether Redis answers (1), or this replica keeps to its share (0).',
    registers,
  });
  const outages = new Counter({ name: 'crm_gateway_redis_outages_total', help: 'How often Redis has gone away.', registers });
  return (isAway) => {
    up.set(isAway ? 0 : 1);
    if (isAway) outages.inc();
  };
}

/** Counts and times the calls to the CRMs. */
function observeCalls(registers: Registry[], history: CallHistory): CallObserver {
  const calls = new Counter({
    name: 'crm_gateway_source_calls_total',
    help: 'Calls sent to the CRMs, by source and outcome (OK or the code of the error).',
    labelNames: ['source', 'outcome'],
    registers,
  });
  const callSeconds = new Histogram({
    name: 'crm_gateway_source_call_duration_seconds',
    help: 'Time that a CRM took to answer one call, waiting for quotas left out, by source.',
    labelNames: ['source'],
    buckets: CALL_SECONDS,
    registers,
  });
  const waitSeconds = new Histogram({
    name: 'crm_gateway_source_call_wait_seconds',
    help: 'Time that a call waited for its turn and for quotas before it was sent, by source.',
    labelNames: ['source'],
    buckets: CALL_SECONDS,
    registers,
  });
  return (call) => {
    history.add(call);
    waitSeconds.observe({ source: call.source }, call.waitedMs / 1_000);
    calls.inc({ source: call.source, outcome: call.outcome });
    callSeconds.observe({ source: call.source }, call.durationMs / 1_000);
  };
}

/** Counts what the cache saves. */
function observeReads(registers: Registry[]): ReadObserver {
  const reads = new Counter({
    name: 'crm_gateway_cache_reads_total',
    help: 'Reads by source, kind (list: blocks of lists; record; reference) and origin (cache; replica: read by another replica; crm: read from the CRM, or joined to such a read).',
    labelNames: ['source', 'kind', 'origin'],
    registers,
  });
  return (source, kind, origin) => reads.inc({ source, kind, origin });
}

/** Counts where answers come from. */
function countAnswers(registers: Registry[]): (outcome: Pick<RequestOutcome, 'origin'>) => void {
  const answers = new Counter({
    name: 'crm_gateway_answers_total',
    help: 'Answers by origin: executed, joined (made for an equal request at the same time), kept (made for an earlier one).',
    labelNames: ['origin'],
    registers,
  });
  return ({ origin }) => {
    if (origin !== null) answers.inc({ origin });
  };
}

function showVersion(registers: Registry[]): void {
  new Gauge({
    name: 'crm_gateway_build_info',
    help: 'Always 1; the labels say which version runs on which Node.js.',
    labelNames: ['version', 'node'],
    registers,
  }).set({ version: packageVersion(), node: process.versions.node }, 1);
}
