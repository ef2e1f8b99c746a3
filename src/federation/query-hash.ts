import { createHash } from 'node:crypto';
import type { ListPlan } from '../datasources/port/list-plan.ts';
import type { ContactOrder } from '../datasources/port/list-query.ts';
import type { GivenFilter } from './contact-filter.ts';

const HASH_BYTES = 8;

/**
 * Makes the hash that ties a cursor to its query: filter, order, the asked sources and how their lists are cut into blocks.
 * Page size and details are left out, so that a client may change what it selects from page to page.
 *
 * @returns 16 hexadecimal digits.
 */
export function queryHash(filter: GivenFilter, order: ContactOrder, plans: readonly { name: string; plan: ListPlan }[]): string {
  const lists = plans.map(({ name, plan }) => [
    name,
    plan.outcome,
    ...(plan.outcome === 'runnable' ? [plan.shape, plan.shape === 'blocks' ? plan.blockSize : 0] : []),
  ]);
  const text = JSON.stringify([canonical(filter), order.field, order.direction, lists]);
  return createHash('sha256').update(text).digest().subarray(0, HASH_BYTES).toString('hex');
}

/** The same value for equal filters, whatever the order of their members. */
function canonical(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .map(([name, member]) => [name, canonical(member)] as const)
    .filter(([, member]) => member !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1));
}
