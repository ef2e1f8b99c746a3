import type { CatalogElementRecord, LeadRecord } from '../../port/records/sales.ts';
import type { UserGroupRecord, UserRecord } from '../../port/records/staff.ts';
import type { WireRow, WireValue } from '../../wire/wire-value.ts';
import { readText } from '../wire-text.ts';
import { pageUrl, readResponsible } from './contact.ts';

/** Reads a row of the list of leads. @throws Unreadable for one without an id. */
export function readLead(row: WireRow, baseUrl: string): LeadRecord {
  const idInSource = row.at('id').requiredId();
  return {
    idInSource,
    name: row.at('name').member(readText),
    // `price` is whole units only; accounts with minor units send the exact one beside it.
    price: row.atAny('price_with_minor_units', 'price').member((price) => price.number()),
    statusId: row.at('status_id').member((id) => id.id()),
    pipelineId: row.at('pipeline_id').member((id) => id.id()),
    responsible: row.member(() => readResponsible(row)),
    createdAt: row.at('created_at').member((moment) => moment.unixTime()),
    updatedAt: row.at('updated_at').member((moment) => moment.unixTime()),
    closedAt: row.at('closed_at').member((moment) => moment.unixTime()),
    url: pageUrl(baseUrl, 'leads', idInSource),
  };
}

/** Reads an element of one catalog. The catalog is the one that was asked: rows need not name it. @throws Unreadable for one without an id. */
export function readCatalogElement(row: WireRow, catalogId: string): CatalogElementRecord {
  return { catalogId, idInSource: row.at('id').requiredId(), name: row.at('name').member(readText) };
}

/** Reads a row of the list of users; the names of groups come with `with=group` only. @throws Unreadable for one without an id. */
export function readUser(row: WireRow): UserRecord {
  return {
    ...userWithoutRights(row.at('id').requiredId()),
    displayName: row.at('name').member(readText),
    email: row.at('email').member(readText),
    group: row.member(() => readGroup(row)),
  };
}

/** A user of whom nothing but the id is known, because the token's user may not see users. */
export function userWithoutRights(idInSource: string): UserRecord {
  return { idInSource, displayName: null, jobTitle: null, email: null, avatarUrl: null, profileUrl: null, group: undefined };
}

function readGroup(row: WireRow): UserGroupRecord | null {
  const groups = row.at('_embedded').at('groups').list(readGroupItem);
  const rights = row.at('rights');
  const idInSource = (rights.isEmpty ? null : rights.at('group_id').id()) ?? groups[0]?.id;
  if (idInSource === undefined || idInSource === null) return null;
  return { idInSource, name: groups.find((group) => group.id === idInSource)?.name ?? null };
}

function readGroupItem(group: WireValue): { readonly id: string; readonly name: UserGroupRecord['name'] } | null {
  const id = group.object().at('id').id();
  return id === null ? null : { id, name: group.at('name').member(readText) };
}
