import type { ListPlan, MemberPlan, RunnablePlan } from '../port/list-plan.ts';
import { fieldsOf } from '../port/filter-fields.ts';
import type { ContactFilterField, ContactOrderField, ListQuery, SourceFilter } from '../port/list-query.ts';

/** Rows in a block: a page of Cardfile's. */
export const BLOCK_SIZE = 50;

/** One parameter of a query, unescaped. */
type Parameter = readonly [name: string, value: string];

/** A list of Cardfile's people, and what is sent for it. */
export interface CardfilePlan extends RunnablePlan {
  readonly parameters: readonly Parameter[];
}

/** How Cardfile answers each member; null: not at all. A new member does not compile until it has its line here. */
const ANSWERS: Readonly<Record<ContactFilterField, MemberPlan | null>> = {
  SEARCH: 'PUSHED',
  // Cardfile finds e-mails and phones as they are written: other spellings are missed, and strangers are not found.
  CONTACT_INFO: 'PUSHED_AND_CHECKED',
  CONTACT_INFO_CONTAINS: null,
  KIND: 'PUSHED',
  TAGS: null,
  STATUS: null,
  TYPE: null,
  RESPONSIBLE: null,
  GROUP: null,
  COMPANY: null,
  HAS_LEADS: null,
  IS_SHARED: null,
  CREATED_AT: null,
  UPDATED_AT: null,
  FIRST_NAME: 'PUSHED_AND_CHECKED',
  LAST_NAME: 'PUSHED_AND_CHECKED',
};

const SORT_BY: Readonly<Partial<Record<ContactOrderField, string>>> = { DISPLAY_NAME: 'name', CREATED_AT: 'created_at' };

/** Plans a list. Makes no call. */
export function planList({ filter, order }: ListQuery): CardfilePlan | Exclude<ListPlan, RunnablePlan> {
  const fields = fieldsOf(filter);
  const unsupported = fields.filter((field) => ANSWERS[field] === null || !isExpressible(field, filter));
  if (unsupported.length > 0) return { outcome: 'impossible', code: 'FILTER_UNSUPPORTED', members: unsupported };
  const sortBy = SORT_BY[order.field];
  if (sortBy === undefined) return { outcome: 'impossible', code: 'ORDER_UNSUPPORTED', members: [] };
  const parameters: Parameter[] = [...filterParameters(filter), ['sort', order.direction === 'DESC' ? `-${sortBy}` : sortBy]];
  return {
    outcome: 'runnable',
    key: JSON.stringify(parameters),
    shape: 'blocks',
    blockSize: BLOCK_SIZE,
    members: new Map(fields.flatMap((field) => (ANSWERS[field] === null ? [] : [[field, ANSWERS[field]] as const]))),
    isComplete: filter.contactInfos === undefined,
    parameters,
  };
}

/** Cardfile lists persons only, and looks for one phone or e-mail at a time, of no category. */
function isExpressible(field: ContactFilterField, { kind, contactInfos = [] }: SourceFilter): boolean {
  if (field === 'KIND') return kind === 'PERSON';
  if (field !== 'CONTACT_INFO') return true;
  const [first, ...others] = contactInfos;
  const isPlain = first?.category === undefined && first?.isPrimary === undefined;
  return others.length === 0 && isPlain && (first?.type === 'EMAIL' || first?.type === 'PHONE');
}

function filterParameters({ search, firstName, lastName, contactInfos = [] }: SourceFilter): Parameter[] {
  const parameters: (readonly [string, string | undefined])[] = [
    ['q', search],
    ['first_name', firstName],
    ['last_name', lastName],
    ...contactInfos.map(({ type, value }) => [type === 'EMAIL' ? 'email' : 'phone', value] as const),
  ];
  return parameters.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
}
