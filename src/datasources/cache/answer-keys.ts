import type { RunnablePlan } from '../port/list-plan.ts';
import type { Detail } from '../port/list-query.ts';
import type { Entity } from '../port/records/entity.ts';

/** Under what the answers of one source are kept; replicas of the same version know them by the same keys. */
const BLOCK = 'block ';

/** Makes the key of a block of a list. */
export function blockKey(plan: RunnablePlan, index: number): string {
  return `${listPrefix(plan)}${index}`;
}

/** Returns how the keys of all blocks of a list begin. */
export function listPrefix(plan: RunnablePlan): string {
  return `${BLOCK}${plan.key} `;
}

/** Whether a key is that of a block of a list. */
export function isBlockKey(key: string): boolean {
  return key.startsWith(BLOCK);
}

/** Returns how the keys of records of one kind begin, which end with the id. */
export function recordPrefix(entity: Entity, details: ReadonlySet<Detail>): string {
  return `${entity} ${[...details].sort().join()} `;
}
