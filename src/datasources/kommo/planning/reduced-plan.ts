import type { ContactFilterField } from '../../port/list-query.ts';
import type { KommoPlan } from './plan.ts';
import type { Parameter } from './query-string.ts';

const ORDER = /^order\[(\w{1,20})\]$/;
const PARAMETER_BY_FIELD: Readonly<Partial<Record<ContactFilterField, string>>> = {
  RESPONSIBLE: 'filter[responsible_user_id]',
  CREATED_AT: 'filter[created_at]',
  UPDATED_AT: 'filter[updated_at]',
};

/** The same plan without some of the filters that it would send: its rows are then to be checked. */
export function withoutFilters(plan: KommoPlan, fields: readonly ContactFilterField[]): KommoPlan {
  if (fields.length === 0) return plan;
  const { sent } = plan;
  const names = fields.flatMap((field) => PARAMETER_BY_FIELD[field] ?? []);
  return {
    ...plan,
    parameters: plan.parameters.filter(([parameter]) => !names.some((name) => parameter.startsWith(name))),
    sent: {
      responsibleIds: fields.includes('RESPONSIBLE') ? undefined : sent.responsibleIds,
      createdAt: fields.includes('CREATED_AT') ? undefined : sent.createdAt,
      updatedAt: fields.includes('UPDATED_AT') ? undefined : sent.updatedAt,
    },
    isScan: plan.isScan || (plan.queries.length === 0 && plan.read === 'list'),
  };
}

/** The same plan without its searches: it reads the whole list, whose rows are to be checked. */
export function withoutQuery(plan: KommoPlan): KommoPlan {
  return { ...plan, queries: [], isScan: true };
}

/** The name of the field that a plan's list is ordered by; undefined where it is not. */
export function orderedBy({ parameters }: KommoPlan): string | undefined {
  return parameters.map(([name]) => ORDER.exec(name)?.[1]).find((field) => field !== undefined);
}

/**
 * The same plan without its order. By id rows keep their places at least; the last changed are last without any order, and so is whatever else
 * Kommo does not order. Whether rows come in the order that was asked for shows by the rows.
 */
export function withoutOrder(plan: KommoPlan): KommoPlan {
  const parameters = plan.parameters.flatMap(([name, value]): Parameter[] => {
    if (!ORDER.test(name)) return [[name, value]];
    const isDefault = name === 'order[updated_at]' && value === 'asc';
    return isDefault || name === 'order[id]' ? [] : [['order[id]', 'asc']];
  });
  return { ...plan, parameters };
}
