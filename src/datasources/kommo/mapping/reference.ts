import type { CatalogElementRecord, LeadRecord, UserGroupRecord, UserRecord } from '../../port/records.ts';
import { pageUrl, toResponsible } from './contact.ts';
import { toDate, toText } from '../wire-text.ts';
import type { KommoCatalogElement, KommoLead, KommoUser } from '../wire-types.ts';

/** Maps a row of the list of leads. */
export function toLead(row: KommoLead, baseUrl: string): LeadRecord {
  return {
    idInSource: row.id,
    name: toText(row.name),
    // `price` is whole units only; accounts with minor units send the exact one beside it.
    price: row.price_with_minor_units ?? row.price ?? null,
    statusId: row.status_id ?? null,
    pipelineId: row.pipeline_id ?? null,
    responsible: toResponsible(row.responsible_user_id, row.group_id),
    createdAt: toDate(row.created_at),
    updatedAt: toDate(row.updated_at),
    closedAt: toDate(row.closed_at),
    url: pageUrl(baseUrl, 'leads', row.id),
  };
}

/** Maps an element of one catalog. The catalog is the one that was asked: rows need not tell it. */
export function toCatalogElement(row: KommoCatalogElement, catalogId: string): CatalogElementRecord {
  return { catalogId, idInSource: row.id, name: toText(row.name) };
}

/** Maps a row of the list of users. */
export function toUser(row: KommoUser): UserRecord {
  return { ...userWithoutRights(row.id), displayName: toText(row.name), email: toText(row.email), group: toGroup(row) };
}

/** A user of whom nothing but the id is known, because the token's user may not see users. */
export function userWithoutRights(idInSource: string): UserRecord {
  return { idInSource, displayName: null, jobTitle: null, email: null, avatarUrl: null, profileUrl: null, group: null };
}

function toGroup(row: KommoUser): UserGroupRecord | null {
  const groups = row._embedded?.groups ?? [];
  const idInSource = row.rights?.group_id ?? groups[0]?.id;
  if (idInSource === undefined || idInSource === null) return null;
  return { idInSource, name: toText(groups.find((group) => group.id === idInSource)?.name) };
}
