import type { OnlyofficeSandbox } from '../../../src/sandbox/onlyoffice/onlyoffice-sandbox.ts';
import type { StoredContact, StoredField, StoredInfo } from '../../../src/sandbox/onlyoffice/portal.ts';
import { NOTHING, byName, globalId, normalizedPhone } from './every-field.ts';

const INFO_TYPES =
  'PHONE EMAIL WEBSITE SKYPE TWITTER LINKEDIN FACEBOOK ADDRESS LIVEJOURNAL MYSPACE GMAIL BLOGGER YAHOO MSN ICQ JABBER AIM VK'.split(' ');
const PHONE_CATEGORIES = 'HOME WORK MOBILE FAX DIRECT OTHER'.split(' ');
const ADDRESS_CATEGORIES = 'HOME POSTAL OFFICE BILLING OTHER WORK'.split(' ');
const ADDRESS_CATEGORY_NAMES = 'Home Delivery Office Billing Other Work'.split(' ');
const OTHER_CATEGORIES = 'HOME WORK OTHER'.split(' ');
const FIELD_TYPES = [
  ['TEXT', 'TextField'],
  ['TEXT_AREA', 'TextArea'],
  ['SELECT', 'SelectBox'],
  ['CHECKBOX', 'CheckBox'],
  ['HEADING', 'Heading'],
  ['DATE', 'Date'],
] as const;
const SHARE_TYPES = ['NONE', 'READ_WRITE', 'READ'];
const CURRENCIES: Readonly<Record<string, object>> = {
  EUR: { code: 'EUR', name: 'Euro', symbol: '€', cultureName: 'EU', isConvertible: true, isBasic: true },
  USD: { code: 'USD', name: 'United States Dollar', symbol: '$', cultureName: 'US', isConvertible: true, isBasic: true },
  UZS: { code: 'UZS', name: 'Uzbekistani Som', symbol: 'soʻm', cultureName: 'UZ', isConvertible: false, isBasic: false },
};
const REMOVED_USER_ID = '4a515a15-d4d6-4b8e-828e-e0586f18f3a3';
/** How the corner cases' phones and dates have to be read. */
const ODD_PHONES: Readonly<Record<string, string | null>> = {
  '112': null,
  '+44 7911 123456 ext. 12, ask for Mary': '+447911123456',
  '(371)20000000': '+37120000000',
};
const ODD_DATES: Readonly<Record<string, string | null>> = {
  '5/6/1946': null,
  '20.05.1946': '1946-05-20',
  '1946-05-20': '1946-05-20',
  '2024-02-29T00:00:00.0000000+03:00': '2024-02-29',
  '31/31/1946': null,
  'spring of 1946': null,
};

/** Says what a client must see of a contact that the portal stores, as the ordinary user of the sandbox and from a list. */
export function expectedFromOnlyoffice(sandbox: OnlyofficeSandbox, contact: StoredContact, knownPhones: ReadonlySet<string>): object {
  const { portal, url } = sandbox;
  const infos = contact.infos.filter(({ type, data }) => type !== 7 && data.trim() !== '').map((info) => seenInfo(info, knownPhones));
  const addresses = contact.infos.filter(({ type }) => type === 7).flatMap(seenAddress);
  const isPrivate = contact.shareType === 0 || (contact.shareType === null && contact.accessList.length > 0);
  const members = isPrivate ? contact.accessList.map((id) => seenUser(sandbox, id)) : [];
  const name = contact.isCompany ? contact.companyName : `${contact.firstName} ${contact.lastName}`.trim();
  const status = portal.statuses.find(({ id }) => id === contact.statusId);
  const isMine = !isPrivate && contact.shareType !== 2;
  const canEdit = isMine || contact.accessList.includes(ordinaryUserId(sandbox));
  return {
    ...NOTHING,
    __typename: contact.isCompany ? 'Company' : 'Person',
    id: globalId('onlyoffice', 'contact', contact.id),
    source: { name: 'onlyoffice' },
    idInSource: String(contact.id),
    displayName:
      name || (infos.find(({ type }) => type === 'EMAIL') ?? infos.find(({ type }) => type === 'PHONE'))?.value || String(contact.id),
    about: contact.about.trim() || null,
    industry: contact.industry || null,
    contactInfos: infos,
    phones: primaryFirst(infos.filter(({ type }) => type === 'PHONE')),
    emails: primaryFirst(infos.filter(({ type }) => type === 'EMAIL')),
    addresses,
    addressInfos: addresses.map(({ text, category, categoryName, isPrimary }) => ({
      idInSource: null,
      type: 'ADDRESS',
      category,
      categoryName,
      value: text,
      normalizedValue: null,
      isPrimary,
    })),
    customFields: fieldsInOrder(sandbox, contact).flatMap((field) => seenField(field, contact)),
    tags: contact.tags
      .map((tag) => ({ id: globalId('onlyoffice', 'tag', tag.trim().toLowerCase()), name: tag.trim(), color: null }))
      .toSorted(byName),
    status: status
      ? {
          id: globalId('onlyoffice', 'status', status.id),
          name: status.title,
          description: status.description || null,
          color: status.color || null,
          position: status.sortOrder,
        }
      : null,
    responsible: members[0] ?? null,
    createdBy: seenUser(sandbox, contact.createBy),
    createdAt: contact.createdAtMs === null ? null : new Date(contact.createdAtMs).toISOString(),
    currency: contact.currency === null ? null : CURRENCIES[contact.currency],
    access: { shareType: isPrivate ? 'NONE' : SHARE_TYPES[contact.shareType ?? 1], isPrivate, isShared: !isPrivate, members },
    taskSummary: { count: contact.taskCount, hasOverdue: contact.hasLateTasks, nextDueAt: null },
    url: `${url}/Products/CRM/Default.aspx?id=${contact.id}${contact.isCompany ? '' : '&type=people'}`,
    viewerCanEdit: canEdit,
    viewerCanDelete: canEdit && contact.invoiceCount === 0,
    ...(contact.isCompany
      ? { personCount: portal.contacts.filter(({ companyId }) => companyId === contact.id).length }
      : { firstName: contact.firstName || null, lastName: contact.lastName || null, patronymic: null, jobTitle: contact.title || null }),
    ...(contact.isCompany ? {} : { company: seenCompany(sandbox, contact) }),
  };
}

/** Headings come with contacts that are read alone. */
export function withHeadings(sandbox: OnlyofficeSandbox, contact: StoredContact): object[] {
  return fieldsInOrder(sandbox, contact).flatMap((field) =>
    field.type === 4 ? [{ field: seenDefinition(field), text: null, value: null }] : seenField(field, contact),
  );
}

function ordinaryUserId({ portal, userName }: OnlyofficeSandbox): string {
  return portal.users.find(({ email }) => email === userName)?.id ?? '';
}

function seenUser({ portal, url }: OnlyofficeSandbox, id: string): object {
  const user = portal.users.find((candidate) => candidate.id === id);
  return {
    id: globalId('onlyoffice', 'user', user?.id ?? REMOVED_USER_ID),
    displayName: user?.displayName ?? 'Profile has been removed',
    jobTitle: user?.title || null,
    email: null,
    avatarUrl: `${url}/skins/default/images/default_user_photo_size_32-32.png`,
    profileUrl: `${url}/Products/People/Profile.aspx?${user ? `user=${user.login}` : ''}`,
    group: null,
  };
}

interface SeenInfo {
  readonly idInSource: string;
  readonly category: string;
  readonly categoryName: string | null;
  readonly normalizedValue: string | null;
  readonly type: string;
  readonly value: string;
  readonly isPrimary: boolean | null;
}

function seenInfo({ id, type, category, data, isPrimary }: StoredInfo, knownPhones: ReadonlySet<string>): SeenInfo {
  const kind = INFO_TYPES[type] ?? '';
  const value = data.trim();
  const isMail = kind === 'EMAIL' || kind === 'GMAIL';
  const seenCategory = (kind === 'PHONE' ? PHONE_CATEGORIES : OTHER_CATEGORIES)[category];
  return {
    idInSource: String(id),
    type: kind,
    category: seenCategory ?? 'OTHER',
    categoryName: seenCategory === undefined ? null : seenCategory.charAt(0) + seenCategory.slice(1).toLowerCase(),
    value,
    normalizedValue: kind === 'PHONE' ? seenPhone(value, knownPhones) : isMail ? value.toLowerCase() : null,
    isPrimary,
  };
}

function seenPhone(value: string, knownPhones: ReadonlySet<string>): string | null {
  if (value in ODD_PHONES) return ODD_PHONES[value] ?? null;
  return /^\+371 2000-000\d$/.test(value) ? value.replaceAll(/[^+\d]/g, '') : normalizedPhone(value, knownPhones);
}

function primaryFirst(infos: readonly SeenInfo[]): SeenInfo[] {
  return infos.toSorted((one, other) => Number(other.isPrimary) - Number(one.isPrimary));
}

/** The portal reads city, country, state, street, zip in this order, and gives up at the first that is missing: category and isPrimary are read last. */
function seenAddress({ data, category, isPrimary }: StoredInfo) {
  const stored = data.startsWith('{') ? (JSON.parse(data) as Record<string, string | undefined>) : {};
  const names = ['city', 'country', 'state', 'street', 'zip'];
  const missing = names.findIndex((name) => stored[name] === undefined);
  const isWhole = missing === -1;
  const part = (name: string): string | null => (isWhole || names.indexOf(name) < missing ? stored[name] || null : null);
  const place = { street: part('street'), city: part('city'), state: part('state'), zip: part('zip'), country: part('country') };
  const text = Object.values(place)
    .filter((value) => value !== null)
    .join(', ');
  if (text === '') return [];
  return [
    {
      ...place,
      category: isWhole ? ADDRESS_CATEGORIES[category] : 'HOME',
      categoryName: isWhole ? (ADDRESS_CATEGORY_NAMES[category] ?? null) : null,
      isPrimary: isWhole && isPrimary,
      text,
    },
  ];
}

function fieldsInOrder({ portal }: OnlyofficeSandbox, contact: StoredContact): StoredField[] {
  return portal.fields.filter(({ entity }) => entity === 0 || entity === (contact.isCompany ? 4 : 5));
}

function seenDefinition({ id, label, type, position, mask }: StoredField) {
  const [seenType, sourceType] = FIELD_TYPES[type];
  const labels = type === 2 ? (JSON.parse(mask) as string[]) : null;
  const options = labels?.map((option) => seenOption(id, option)) ?? null;
  return {
    id: globalId('onlyoffice', 'customField', id),
    idInSource: String(id),
    code: null,
    label,
    type: seenType,
    sourceType,
    position,
    mask: mask || null,
    options,
  };
}

function seenOption(fieldId: number, label: string) {
  return { id: globalId('onlyoffice', 'option', `${fieldId}/${label}`), code: null, label };
}

function seenField(field: StoredField, contact: StoredContact): object[] {
  const text = contact.fieldValues.find(({ fieldId }) => fieldId === field.id)?.value.trim();
  if (!text || field.type === 4) return [];
  return [{ field: seenDefinition(field), text, value: seenValue(field, text) }];
}

function seenValue(field: StoredField, text: string): object {
  if (field.type === 2) return { __typename: 'SelectValue', options: [seenOption(field.id, text)] };
  if (field.type === 3) return { __typename: 'BooleanValue', boolean: text === 'true' };
  const date = field.type === 5 ? seenDate(text) : null;
  return date === null ? { __typename: 'TextValue', text } : { __typename: 'DateValue', date };
}

/** Month, day and year by slashes can be told for certain only when the day is no month, or is the month's number. */
function seenDate(text: string): string | null {
  if (text in ODD_DATES) return ODD_DATES[text] ?? null;
  const [month = '', day = '', year = ''] = text.split('/');
  return Number(day) > 12 || day === month ? `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}` : null;
}

/** In a list, a company that the user may not see is left out. */
function seenCompany(sandbox: OnlyofficeSandbox, { companyId }: StoredContact): object | null {
  const company = sandbox.visibleContacts().find(({ id }) => id === companyId);
  if (company === undefined) return null;
  return { id: globalId('onlyoffice', 'contact', company.id), idInSource: String(company.id), displayName: company.companyName };
}
