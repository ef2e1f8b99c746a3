import { Gauge, type Registry } from 'prom-client';
import { CONTACT_INDEX_STATUSES } from '../datasources/port/identity/contact-index.ts';
import type { ContactSource } from '../datasources/port/contact-source.ts';
import { SOURCE_HEALTH_STATUSES } from '../datasources/port/source-health.ts';

const MS = 1_000;

/** One value with its labels. */
interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric that is read off a source when it is wanted. */
interface SourceGauge {
  readonly name: string;
  readonly help: string;
  /** Beside `source`. */
  readonly labels: readonly string[];
  /** [] where the source has no such thing. */
  readonly read: (source: ContactSource) => readonly Sample[];
}

const SOURCE_GAUGES: readonly SourceGauge[] = [
  {
    name: 'crm_gateway_source_health',
    help: 'How a source is, as `Source.health.status` says: 1 for the status that holds, 0 for the others.',
    labels: ['status'],
    read: (source) => oneOf(SOURCE_HEALTH_STATUSES, source.health().status),
  },
  {
    name: 'crm_gateway_source_circuit_open',
    help: '1 while a source is left alone because it failed five times in a row, otherwise 0.',
    labels: [],
    read: (source) => plain(Number(source.health().isCircuitOpen ?? false)),
  },
  {
    name: 'crm_gateway_source_calls_waiting',
    help: 'Calls that wait for their turn or for a quota of a source. Sources on one credential or host wait together.',
    labels: [],
    read: (source) => plain(source.health().callsWaiting ?? 0),
  },
  {
    name: 'crm_gateway_source_quota_limit',
    help: 'Calls that a CRM allows in a window (SECOND, TEN_SECONDS, MINUTE, HOUR, DAY), as far as it is known.',
    labels: ['window'],
    read: (source) => ofQuotas(source, 'limit'),
  },
  {
    name: 'crm_gateway_source_quota_remaining',
    help: 'Calls that are left in a window, as far as it is known.',
    labels: ['window'],
    read: (source) => ofQuotas(source, 'remaining'),
  },
  {
    name: 'crm_gateway_source_token_expiry_seconds',
    help: 'Seconds until the token of a source expires, below zero after that. `renewal`: `automatic`, or `none` where a person has to replace it.',
    labels: ['renewal'],
    read: (source) => {
      const { tokenExpiry } = source.health();
      if (tokenExpiry === undefined || tokenExpiry === null) return [];
      const { expiresAt, isRenewed } = tokenExpiry;
      return [{ labels: { renewal: isRenewed ? 'automatic' : 'none' }, value: (expiresAt.getTime() - Date.now()) / MS }];
    },
  },
  {
    name: 'crm_gateway_contact_index_status',
    help: 'How the index of a source is (OFF, BUILDING, READY, STALE, FAILED): 1 for the status that holds, 0 for the others.',
    labels: ['status'],
    read: ({ index }) => oneOf(CONTACT_INDEX_STATUSES, index?.state.status ?? 'OFF'),
  },
  {
    name: 'crm_gateway_contact_index_contacts',
    help: 'Contacts in the index of a source.',
    labels: [],
    read: ({ index }) => (index === undefined ? [] : plain(index.size)),
  },
  {
    name: 'crm_gateway_contact_index_age_seconds',
    help: 'Seconds since the last whole reading of a source for its index began; absent before the first.',
    labels: [],
    read: ({ index }) => (index?.state.asOf ? plain((Date.now() - index.state.asOf.getTime()) / MS) : []),
  },
];

/** Has the state of sources read whenever the metrics are. Makes no call to a CRM. */
export function registerSourceGauges(registry: Registry, sources: Iterable<ContactSource>): void {
  const watched = [...sources];
  for (const { name, help, labels, read } of SOURCE_GAUGES) {
    new Gauge({
      name,
      help,
      labelNames: ['source', ...labels],
      registers: [registry],
      collect() {
        // What a source no longer has must not stand there for ever.
        this.reset();
        for (const source of watched) {
          for (const sample of read(source)) this.set({ source: source.name, ...sample.labels }, sample.value);
        }
      },
    });
  }
}

function plain(value: number): readonly Sample[] {
  return [{ labels: {}, value }];
}

function oneOf(statuses: readonly string[], present: string): readonly Sample[] {
  return statuses.map((status) => ({ labels: { status }, value: Number(status === present) }));
}

function ofQuotas(source: ContactSource, member: 'limit' | 'remaining'): readonly Sample[] {
  return source.health().quotas.flatMap((quota) => {
    const value = quota[member];
    return value === null ? [] : [{ labels: { window: quota.window }, value }];
  });
}
