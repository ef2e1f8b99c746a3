import type { KommoContactRow, KommoLeadRow } from '../rows.ts';

const FIRST_LEAD_ID = 700_001;
/** Leads of accounts that have many are numbered beyond 32 bits. */
const FIRST_LONG_LEAD_ID = 5_000_000_001;
/** The account's only pipeline. */
export const PIPELINE_ID = 3_177_001;
/** 142 is won and 143 lost in every pipeline. */
const STATUSES = [32_392_156, 32_392_159, 142, 32_392_162, 143] as const;
const MOST_LEADS_OF_ONE_CONTACT = 14;

function leadsOf(ordinal: number): number {
  if (ordinal === 8) return MOST_LEADS_OF_ONE_CONTACT;
  return ordinal % 4 === 0 ? 1 + ((ordinal / 4) % 3) : 0;
}

function createLead(id: number, contact: KommoContactRow, number: number): KommoLeadRow {
  const status = STATUSES[number % STATUSES.length] ?? 142;
  const isClosed = status === 142 || status === 143;
  const createdAt = contact.created_at + 3600 * (number + 1);
  return {
    id,
    name: number % 11 === 5 ? `Deal &quot;${number}&quot;` : `Deal ${number + 1} with ${contact.name}`,
    price: number % 6 === 0 ? 0 : number * 125,
    responsible_user_id: contact.responsible_user_id,
    group_id: contact.group_id,
    status_id: status,
    pipeline_id: PIPELINE_ID,
    loss_reason_id: status === 143 ? 4_203_748 : null,
    created_by: 0,
    updated_by: contact.updated_by,
    created_at: createdAt,
    updated_at: createdAt + 1800,
    closed_at: isClosed ? createdAt + 7200 : null,
    closest_task_at: null,
    custom_fields_values: null,
    score: null,
    labor_cost: null,
    tags: number % 7 === 0 ? [{ id: 611, name: 'hot', color: 'FF8F92' }] : [],
    catalogElements: [],
    isTrashed: false,
  };
}

/**
 * Makes the leads of every fourth contact and notes their ids on it: one to three each, one contact has fourteen.
 *
 * Every ninth lead is shared with the next contact, every tenth id needs more than 32 bits, and one lead more lies in the trash.
 */
export function createLeads(contacts: readonly KommoContactRow[]): KommoLeadRow[] {
  const leads: KommoLeadRow[] = [];
  for (const [ordinal, contact] of contacts.entries()) {
    for (let count = leadsOf(ordinal); count > 0; count -= 1) {
      const number = leads.length;
      const lead = createLead((number % 10 === 9 ? FIRST_LONG_LEAD_ID : FIRST_LEAD_ID) + number * 2, contact, number);
      leads.push(lead);
      contact.leadIds.push(lead.id);
      if (number % 9 === 8) contacts[ordinal + 1]?.leadIds.push(lead.id);
    }
  }
  const [first] = leads;
  if (first !== undefined) leads.push({ ...first, id: first.id + 1, isTrashed: true });
  return leads;
}
