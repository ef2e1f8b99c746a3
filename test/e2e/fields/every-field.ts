import type { SourceName, TestGateway } from '../../support/gateway.ts';

/** Everything that a contact has, but photos, which cost a call each. */
export const EVERY_FIELD = `
  fragment EveryField on Contact {
    __typename id source { name } idInSource accountId displayName about industry
    phones { ...Info } emails { ...Info } contactInfos { ...Info } addressInfos: contactInfos(types: [ADDRESS]) { ...Info }
    addresses { ...Place }
    customFields {
      field { id idInSource code label type sourceType position mask options { id code label } }
      text
      value { ...Value }
    }
    tags { id name color }
    groups { id name }
    status { id name description color position }
    type { id name description color position }
    responsible { ...Staff } createdBy { ...Staff } updatedBy { ...Staff }
    createdAt updatedAt
    currency { code name symbol cultureName isConvertible isBasic }
    access { shareType isPrivate isShared members { ...Staff } }
    taskSummary { count hasOverdue nextDueAt }
    leads(first: 100) {
      totalCount
      nodes { id idInSource name price statusId pipelineId responsible { id displayName } createdAt updatedAt closedAt url }
    }
    catalogElements { element { id idInSource catalogId name } quantity priceFieldId }
    isUnsorted url viewerCanEdit viewerCanDelete
    ... on Person { firstName lastName patronymic jobTitle company { id idInSource displayName } }
    ... on Company { personCount }
  }
  fragment Info on ContactInfo { idInSource type category categoryName value normalizedValue isPrimary }
  fragment Place on Address { street city state zip country category categoryName isPrimary text }
  fragment Staff on User { id displayName jobTitle email avatarUrl profileUrl group { id name } }
  fragment Value on CustomFieldValue {
    __typename
    ... on TextValue { text }
    ... on NumberValue { number text }
    ... on BooleanValue { boolean }
    ... on DateValue { date }
    ... on DateTimeValue { dateTime }
    ... on SelectValue { options { id code label } }
    ... on AddressValue { address { ...Place } }
    ... on LegalEntityValue { legalName: name vatId postalAddress text }
    ... on FileValue { fileName: name sizeBytes idInSource }
  }
`;

/** A contact as a client sees it. */
export type SeenContact = Readonly<Record<string, unknown>> & { readonly id: string; readonly idInSource: string };

interface ContactsAnswer {
  readonly contacts: {
    readonly nodes: readonly SeenContact[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
  };
}

/** Reads all contacts of one source with every field, a hundred at a time, by the CRM's own id. @throws Error when anything goes wrong, or one comes twice. */
export async function readEveryContact(gateway: TestGateway, source: SourceName): Promise<Map<string, SeenContact>> {
  const seen = new Map<string, SeenContact>();
  let after: string | null = null;
  for (;;) {
    const { contacts }: ContactsAnswer = await gateway.ask<ContactsAnswer>(
      `query ($source: String!, $after: String) {
        contacts(first: 100, after: $after, sources: [$source]) { nodes { ...EveryField } pageInfo { hasNextPage endCursor } }
      } ${EVERY_FIELD}`,
      { source, after },
    );
    for (const contact of contacts.nodes) {
      if (seen.has(contact.idInSource)) throw new Error(`Contact ${contact.idInSource} came twice.`);
      seen.set(contact.idInSource, sortedTags(contact));
    }
    if (!contacts.pageInfo.hasNextPage) return seen;
    after = contacts.pageInfo.endCursor;
  }
}

/** Reads one contact with every field, by `node`. */
export async function readNode(gateway: TestGateway, id: string): Promise<SeenContact | null> {
  const { node } = await gateway.ask<{ node: SeenContact | null }>(`query ($id: ID!) { node(id: $id) { ...EveryField } } ${EVERY_FIELD}`, {
    id,
  });
  return node === null ? null : sortedTags(node);
}

/** The order of tags means nothing. */
function sortedTags(contact: SeenContact): SeenContact {
  const { tags } = contact;
  return Array.isArray(tags) ? { ...contact, tags: tags.toSorted(byName) } : contact;
}

export function byName(one: { readonly name: string }, other: { readonly name: string }): number {
  return one.name < other.name ? -1 : Number(one.name > other.name);
}

/** What the opaque ids stand for. */
export function globalId(source: SourceName, entity: string, idInSource: string | number): string {
  return Buffer.from(`${source}:${entity}:${idInSource}`).toString('base64url');
}

/** What contacts have that another CRM has and theirs has not. */
export const NOTHING = {
  accountId: null,
  about: null,
  industry: null,
  addressInfos: [],
  addresses: [],
  customFields: [],
  tags: [],
  groups: [],
  status: null,
  type: null,
  responsible: null,
  createdBy: null,
  updatedBy: null,
  createdAt: null,
  updatedAt: null,
  currency: null,
  access: null,
  taskSummary: null,
  leads: { totalCount: 0, nodes: [] },
  catalogElements: [],
  isUnsorted: null,
  url: null,
  viewerCanEdit: null,
  viewerCanDelete: null,
} as const;

/** `normalizedValue` of a phone of the sandbox's people: all of them are spelt with their country code, but for Russian numbers that begin with 8. */
export function normalizedPhone(text: string, knownPhones: ReadonlySet<string>): string | null {
  if (text.startsWith('8 (')) return null;
  const phone = `+${text.replaceAll(/\D/g, '').replace(/^00/, '')}`;
  if (!knownPhones.has(phone)) throw new Error(`The phone ${text} is nobody's: say in the test how it has to be read.`);
  return phone;
}
