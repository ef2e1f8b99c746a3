import type { Reply } from '../crm-server.ts';
import type { ApiCall } from './call.ts';
import { branchAt, textAt, valuesOf } from './query-tree.ts';
import { hal, nothing } from './replies.ts';
import type { KommoContactRow } from './rows.ts';

interface ContactLink {
  readonly to_entity_id: number;
  readonly to_entity_type: 'leads' | 'companies' | 'catalog_elements';
  readonly metadata: Readonly<Record<string, unknown>> | null;
}

function linksOf(contact: KommoContactRow): ContactLink[] {
  return [
    ...contact.leadIds.map((id) => ({ to_entity_id: id, to_entity_type: 'leads' as const, metadata: { main_contact: true } })),
    ...(contact.companyId === null ? [] : [{ to_entity_id: contact.companyId, to_entity_type: 'companies' as const, metadata: null }]),
    ...contact.catalogElements.map((element) => ({
      to_entity_id: element.id,
      to_entity_type: 'catalog_elements' as const,
      metadata: {
        quantity: element.quantity,
        catalog_id: element.catalogId,
        ...(element.priceId === undefined ? {} : { price_id: element.priceId }),
      },
    })),
  ];
}

/** The two filters work only together; one alone is ignored. */
function matching(links: readonly ContactLink[], call: ApiCall): ContactLink[] {
  const filter = branchAt(call.request.tree, 'filter');
  const id = textAt(filter, 'to_entity_id');
  const type = textAt(filter, 'to_entity_type');
  if (id === undefined || type === undefined) return [...links];
  return links.filter((link) => String(link.to_entity_id) === id && link.to_entity_type === type);
}

function selfLinks({ request }: ApiCall): { self: { href: string } } {
  const query = request.query.toString();
  return { self: { href: `${request.origin}${request.path}${query === '' ? '' : `?${query}`}` } };
}

/** Answers `GET contacts/{id}/links`: what hangs on one contact. */
export function linksReply(call: ApiCall): Reply {
  const contact = call.data.contacts.find(({ id, isTrashed }) => id === call.ids[0] && !isTrashed);
  if (contact === undefined) return nothing();
  const links = matching(linksOf(contact), call);
  return hal({ _total_items: links.length, _links: selfLinks(call), _embedded: { links } });
}

/** Answers `GET contacts/links`: what hangs on each of the contacts of `filter[entity_id][]`. */
export function massLinksReply(call: ApiCall): Reply {
  const wanted = new Set(valuesOf(branchAt(call.request.tree, 'filter').get('entity_id') ?? ''));
  const links = call.data.contacts
    .filter(({ id, isTrashed }) => !isTrashed && wanted.has(String(id)))
    .flatMap((contact) => matching(linksOf(contact), call).map((link) => ({ entity_id: contact.id, entity_type: 'contacts', ...link })));
  return links.length === 0 ? nothing() : hal({ _total_items: links.length, _links: selfLinks(call), _embedded: { links } });
}
