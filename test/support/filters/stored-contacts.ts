import type { CallgearContact } from '../../../src/sandbox/callgear/callgear-data.ts';
import type { KommoContactRow, KommoFieldValues } from '../../../src/sandbox/kommo/rows.ts';
import type { Portal, StoredContact as OnlyofficeContact } from '../../../src/sandbox/onlyoffice/portal.ts';
import type { SourceName, TestGateway } from '../gateway.ts';

/** A contact as its CRM stores it, read from the sandbox's data and not from any answer: what filters are judged by. */
export interface StoredContact {
  readonly source: SourceName;
  readonly id: string;
  readonly kind: 'PERSON' | 'COMPANY';
  readonly firstName: string;
  readonly lastName: string;
  readonly infos: readonly StoredInfo[];
  readonly addresses: readonly StoredAddress[];
  readonly tags: readonly string[];
  readonly statusId: string | null;
  readonly typeId: string | null;
  readonly responsibleIds: readonly string[];
  readonly groupIds: readonly string[];
  readonly companyId: string | null;
  readonly hasLeads: boolean;
  readonly isShared: boolean | null;
  /** Unix milliseconds. */
  readonly createdAt: number | null;
  readonly updatedAt: number | null;
}

export interface StoredInfo {
  readonly type: string;
  readonly value: string;
  readonly category: string | null;
  readonly isPrimary: boolean | null;
}

export interface StoredAddress {
  /** Street, city, state, zip, country, as far as the CRM shows them, and all of them in one line. */
  readonly parts: readonly string[];
  readonly category: string | null;
  readonly isPrimary: boolean | null;
}

/** Everything that the gateway's users may see in the sandboxes, in no order. */
export function storedContacts(gateway: TestGateway, sources: readonly SourceName[]): StoredContact[] {
  const readers: Readonly<Record<SourceName, () => StoredContact[]>> = {
    onlyoffice: () => onlyofficeContacts(gateway),
    kommo: () => gateway.kommo.data.contacts.filter(({ isTrashed }) => !isTrashed).map(fromKommo),
    callgear: () => gateway.callgear.contacts.map(fromCallgear),
  };
  return sources.flatMap((source) => readers[source]());
}

const ONLYOFFICE_TYPES =
  'PHONE EMAIL WEBSITE SKYPE TWITTER LINKEDIN FACEBOOK ADDRESS LIVEJOURNAL MYSPACE GMAIL BLOGGER YAHOO MSN ICQ JABBER AIM VK'.split(' ');
const PHONE_CATEGORIES = 'HOME WORK MOBILE FAX DIRECT OTHER'.split(' ');
const ADDRESS_CATEGORIES = 'HOME POSTAL OFFICE BILLING OTHER WORK'.split(' ');
const OTHER_CATEGORIES = 'HOME WORK OTHER'.split(' ');

function onlyofficeContacts({ onlyoffice }: TestGateway): StoredContact[] {
  const visible = onlyoffice.visibleContacts();
  const visibleIds = new Set(visible.map(({ id }) => id));
  return visible.map((contact) => fromOnlyoffice(contact, onlyoffice.portal, visibleIds));
}

function fromOnlyoffice(contact: OnlyofficeContact, portal: Portal, visibleIds: ReadonlySet<number>): StoredContact {
  const isShared = contact.shareType === null ? contact.accessList.length === 0 : contact.shareType !== 0;
  return {
    source: 'onlyoffice',
    id: String(contact.id),
    kind: contact.isCompany ? 'COMPANY' : 'PERSON',
    firstName: contact.isCompany ? '' : contact.firstName.trim(),
    lastName: contact.isCompany ? '' : contact.lastName.trim(),
    infos: contact.infos.flatMap(({ type, category, data, isPrimary }) => {
      const name = ONLYOFFICE_TYPES[type] ?? 'OTHER';
      const categories = name === 'PHONE' ? PHONE_CATEGORIES : OTHER_CATEGORIES;
      if (name === 'ADDRESS' || data.trim() === '') return [];
      return [{ type: name, value: data.trim(), category: categories[category] ?? 'OTHER', isPrimary }];
    }),
    addresses: contact.infos.flatMap((info) => (info.type === 7 ? onlyofficeAddress(info) : [])),
    tags: contact.tags.map((tag) => tag.trim()),
    statusId: portal.statuses.some(({ id }) => id === contact.statusId) ? String(contact.statusId) : null,
    typeId: contact.typeId === 0 ? null : String(contact.typeId),
    responsibleIds: contact.accessList,
    groupIds: [],
    companyId: visibleIds.has(contact.companyId) ? String(contact.companyId) : null,
    hasLeads: contact.opportunityCount > 0,
    isShared,
    createdAt: contact.createdAtMs,
    updatedAt: null,
  };
}

/** The portal reads the parts in this order and stops at the first that is missing; with it the category and the primary mark are lost. */
function onlyofficeAddress({ data, category, isPrimary }: OnlyofficeContact['infos'][number]): StoredAddress[] {
  let stored: Record<string, unknown> = {};
  try {
    stored = JSON.parse(data) as Record<string, unknown>;
  } catch {
    // Such a row shows nothing.
  }
  const shown = new Map<string, string>();
  for (const name of ['city', 'country', 'state', 'street', 'zip']) {
    const part = stored[name];
    if (typeof part !== 'string') break;
    shown.set(name, part.trim());
  }
  const isWhole = shown.size === 5;
  const filled = ['street', 'city', 'state', 'zip', 'country'].map((name) => shown.get(name) ?? '').filter((part) => part !== '');
  if (filled.length === 0) return [];
  return [
    {
      parts: [...filled, filled.join(', ')],
      category: ADDRESS_CATEGORIES[isWhole ? category : 0] ?? 'OTHER',
      isPrimary: isWhole && isPrimary,
    },
  ];
}

/** What the gateway calls Kommo's codes of phones and e-mails. */
export const KOMMO_CATEGORIES: Readonly<Record<string, string>> = {
  WORK: 'WORK',
  WORKDD: 'DIRECT',
  MOB: 'MOBILE',
  FAX: 'FAX',
  HOME: 'HOME',
  PRIV: 'HOME',
  OTHER: 'OTHER',
};
const KOMMO_MESSENGERS = new Set('SKYPE ICQ JABBER GTALK MSN'.split(' '));

function fromKommo(row: KommoContactRow): StoredContact {
  const fields = row.custom_fields_values ?? [];
  return {
    source: 'kommo',
    id: String(row.id),
    kind: 'PERSON',
    firstName: decoded(row.first_name),
    lastName: decoded(row.last_name),
    infos: fields.flatMap(kommoInfos),
    addresses: fields.flatMap(kommoAddresses),
    tags: row.tags.map(({ name }) => decoded(name)),
    statusId: null,
    typeId: null,
    responsibleIds: [String(row.responsible_user_id)],
    groupIds: [],
    companyId: row.companyId === null ? null : String(row.companyId),
    hasLeads: row.leadIds.length > 0,
    isShared: null,
    createdAt: row.created_at * 1000,
    updatedAt: row.updated_at * 1000,
  };
}

function kommoInfos({ field_code, values }: KommoFieldValues): StoredInfo[] {
  if (field_code !== 'PHONE' && field_code !== 'EMAIL' && field_code !== 'IM') return [];
  return values.map((item) => {
    const code = String(item['enum_code'] ?? item['enum']);
    const messenger = KOMMO_MESSENGERS.has(code) ? code : 'OTHER';
    return {
      type: field_code === 'IM' ? messenger : field_code,
      value: decoded(String(item['value'])),
      category: field_code === 'IM' ? null : (KOMMO_CATEGORIES[code] ?? 'OTHER'),
      isPrimary: null,
    };
  });
}

function kommoAddresses({ field_type, values }: KommoFieldValues): StoredAddress[] {
  const parts = values.map((item) => decoded(String(item['value'])));
  const unmarked = { category: null, isPrimary: null };
  if (field_type === 'streetaddress') return parts.map((part) => ({ parts: [part], ...unmarked }));
  if (field_type !== 'smart_address') return [];
  const lines = values.filter((item) => Number(item['enum_id']) <= 2).map((item) => decoded(String(item['value'])));
  const others = values.filter((item) => Number(item['enum_id']) > 2).map((item) => decoded(String(item['value'])));
  const filled = [lines.join(', '), ...others].filter((part) => part !== '');
  return [{ parts: [...filled, filled.join(', ')], ...unmarked }];
}

function decoded(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#039;', "'")
    .replaceAll('&amp;', '&')
    .trim();
}

function fromCallgear(contact: CallgearContact): StoredContact {
  const bare = { category: null, isPrimary: null };
  return {
    source: 'callgear',
    id: String(contact.id),
    kind: 'PERSON',
    firstName: contact.first_name?.trim() ?? '',
    lastName: contact.last_name.trim(),
    infos: [
      ...contact.phone_numbers.map((value) => ({ type: 'PHONE', value, ...bare })),
      ...contact.emails.map((value) => ({ type: 'EMAIL', value, ...bare })),
    ],
    addresses: [],
    tags: [],
    statusId: null,
    typeId: null,
    responsibleIds: contact.personal_manager_id === null ? [] : [String(contact.personal_manager_id)],
    groupIds: contact.group_ids.map(String),
    companyId: contact.organization_id === null ? null : String(contact.organization_id),
    hasLeads: false,
    isShared: null,
    createdAt: null,
    updatedAt: null,
  };
}
