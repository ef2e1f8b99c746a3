/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** Selects contacts: a contact must meet all members; null or [] is no condition. A source that cannot answer a member is left out, and its report says SKIPPED with FILTER_UNSUPPORTED and names the member. IDs of another source match nothing here and cost no call. Lists hold at most 100 entries, texts at most 500 characters. */
export type ContactFilter = {
  /** Persons of any of these companies (`Company.id`). */
  companyIds?: Array<string | number> | null | undefined;
  /** Contacts with any of these phone numbers, e-mail addresses or other contact infos. At most 10. */
  contactInfos?: Array<ContactInfoFilter> | null | undefined;
  /** Contacts created within this range. ONLYOFFICE CRM and Kommo only. */
  createdAt?: DateTimeRange | null | undefined;
  /** Contacts with exactly this first name, ignoring case. Not blank; at most 500 characters. */
  firstName?: string | null | undefined;
  /** Contacts in any of these groups (`ContactGroup.id`). CallGear only. */
  groupIds?: Array<string | number> | null | undefined;
  /** Whether the contact is part of a deal. ONLYOFFICE CRM and Kommo only. In ONLYOFFICE CRM: `true` only. */
  hasLeads?: boolean | null | undefined;
  /** Whether all users of the CRM may see the contact. ONLYOFFICE CRM only. */
  isShared?: boolean | null | undefined;
  /** Only persons, or only companies. `COMPANY`: ONLYOFFICE CRM only. */
  kind?: ContactKind | null | undefined;
  /** Contacts with exactly this last name, ignoring case. Not blank; at most 500 characters. */
  lastName?: string | null | undefined;
  /** Contacts for which any of these users is responsible (`User.id`). In ONLYOFFICE CRM: also finds private contacts that the user may see. */
  responsibleIds?: Array<string | number> | null | undefined;
  /** Text for the CRM's own full-text search. At most 500 characters; blank is no condition. In CallGear: searches names only. */
  search?: string | null | undefined;
  /** Contacts with any of these statuses (`ContactStatus.id`). ONLYOFFICE CRM only. */
  statusIds?: Array<string | number> | null | undefined;
  /** Contacts with all of these tags, ignoring case. ONLYOFFICE CRM and Kommo only. */
  tags?: Array<string> | null | undefined;
  /** Contacts with any of these types (`ContactType.id`). ONLYOFFICE CRM only. */
  typeIds?: Array<string | number> | null | undefined;
  /** Contacts last changed within this range. Kommo only. */
  updatedAt?: DateTimeRange | null | undefined;
};

/** What a contact info or an address is used for. New values may be added: treat an unknown one like OTHER. */
export type ContactInfoCategory =
  /** An address for invoices. */
  | 'BILLING'
  /** A direct phone line at work. */
  | 'DIRECT'
  /** A fax number. */
  | 'FAX'
  /** Private use. */
  | 'HOME'
  /** A mobile phone number. */
  | 'MOBILE'
  /** The address of an office. */
  | 'OFFICE'
  /** Another category; `categoryName` holds the CRM's own name for it. */
  | 'OTHER'
  /** An address for letters. */
  | 'POSTAL'
  /** Business use. */
  | 'WORK';

/** A condition on the contact infos of a contact: one of them must meet all members. */
export type ContactInfoFilter = {
  /** Only contact infos of this category. Null is no condition. ONLYOFFICE CRM and Kommo only. */
  category?: ContactInfoCategory | null | undefined;
  /** True: only the main one of its type. False: only the others. Null is no condition. ONLYOFFICE CRM only. */
  isPrimary?: boolean | null | undefined;
  /** How `value` is compared. */
  match?: TextMatch;
  /** The channel to search. */
  type: ContactInfoType;
  /** The text to search for. Not blank; at most 500 characters. */
  value: string;
};

/** The channel by which a contact is reached. New values may be added: treat an unknown one like OTHER. */
export type ContactInfoType =
  /** A postal address in one line. Its parts are in `Contact.addresses`. */
  | 'ADDRESS'
  /** An AOL Instant Messenger name. */
  | 'AIM'
  /** A Blogger blog. */
  | 'BLOGGER'
  /** An e-mail address. */
  | 'EMAIL'
  /** A Facebook profile. */
  | 'FACEBOOK'
  /** A Google account. */
  | 'GMAIL'
  /** A Google Talk name. */
  | 'GTALK'
  /** An ICQ number. */
  | 'ICQ'
  /** A Jabber (XMPP) address. */
  | 'JABBER'
  /** A LinkedIn profile. */
  | 'LINKEDIN'
  /** A LiveJournal blog. */
  | 'LIVEJOURNAL'
  /** An MSN account. */
  | 'MSN'
  /** A Myspace profile. */
  | 'MYSPACE'
  /** Another messenger or service; `categoryName` may name it. */
  | 'OTHER'
  /** A telephone or fax number. */
  | 'PHONE'
  /** A Skype name. */
  | 'SKYPE'
  /** An account on Twitter (X). */
  | 'TWITTER'
  /** A VK profile. */
  | 'VK'
  /** The address of a web page. */
  | 'WEBSITE'
  /** A Yahoo account. */
  | 'YAHOO';

/** Whether a contact is a person or a company. */
export type ContactKind =
  /** An organization. Where lists hold no companies, they are reached by `Person.company` or by ID. In lists: ONLYOFFICE CRM only. */
  | 'COMPANY'
  /** An individual. */
  | 'PERSON';

/** A period of time that includes both ends. A range whose end is before its start matches nothing. */
export type DateTimeRange = {
  /** The start of the period. Null: no start. */
  from?: string | null | undefined;
  /** The end of the period. Null: no end. */
  to?: string | null | undefined;
};

/** What happened to a contact. `deletedContactId` is set with DELETED and ALREADY_ABSENT. New values may be added: treat an unknown one like INDETERMINATE. */
export type DeletionOutcome =
  /** The CRM does not have the contact: nothing to delete. */
  | 'ALREADY_ABSENT'
  /** The contact was deleted. No CRM can restore it. */
  | 'DELETED'
  /** Not deleted: the CRM could not be reached, or failed. It is safe to try again. */
  | 'FAILED'
  /** Not known: the CRM may or may not have deleted the contact, and it could not be checked. Look in the CRM before trying again. In a dry run: the outcome cannot be known without trying. */
  | 'INDETERMINATE'
  /** Not deleted: the CRM refused, or the ID is not the ID of a contact. See `userErrors`. */
  | 'REFUSED'
  /** Not deleted: the CRM's API cannot delete such a contact. A person can do it at `url`. */
  | 'UNSUPPORTED'
  /** Dry run: the contact exists, and nothing is known that prevents its deletion. Nothing was changed. */
  | 'WOULD_DELETE';

/** Why a CRM failed. GraphQL errors have the same codes in `extensions.code`. New values may be added: treat an unknown one like UNAVAILABLE. */
export type SourceErrorCode =
  /** The CRM sent data that cannot be parsed. Rows that could be parsed are returned. */
  | 'BAD_RESPONSE'
  /** The CRM rejects all calls of this gateway, so none are sent for a while. The operator has to act. */
  | 'BLOCKED'
  /** The request needs more calls to CRMs than one request may make. Request less at once. */
  | 'COST_EXCEEDED'
  /** The CRM cannot answer this filter. See `SourceCapabilities.filterFields`. */
  | 'FILTER_UNSUPPORTED'
  /** The credentials lack a permission, or that part of the CRM is switched off. Trying again does not help. */
  | 'FORBIDDEN'
  /** The source has no contact index that can be used. See `Source.index`. */
  | 'INDEX_MISSING'
  /** The CRM cannot sort this way. See `SourceCapabilities.orderFields`. */
  | 'ORDER_UNSUPPORTED'
  /** The calls of a long period (hour, day) are used up. Try again after `retryAfterMs`. */
  | 'QUOTA_EXHAUSTED'
  /** Too many calls in a short period. Try again after `retryAfterMs`. */
  | 'RATE_LIMITED'
  /** The CRM did not answer completely in time. Try again. */
  | 'TIMEOUT'
  /** The CRM does not accept the gateway's credentials. The operator has to renew them. */
  | 'UNAUTHENTICATED'
  /** The CRM cannot be reached, or has an internal error. Try again later. */
  | 'UNAVAILABLE';

/** How a source has been working lately. New values may be added: treat an unknown one like DEGRADED. */
export type SourceHealthStatus =
  /** The CRM rejects all calls of this gateway. */
  | 'BLOCKED'
  /** Some calls fail, or return incomplete data. */
  | 'DEGRADED'
  /** The CRM does not answer. */
  | 'DOWN'
  /** The CRM answers. */
  | 'OK'
  /** Calls wait until a quota is available again. */
  | 'THROTTLED'
  /** The CRM does not accept the gateway's credentials. */
  | 'UNAUTHENTICATED'
  /** No call has been made yet. */
  | 'UNKNOWN';

/** How much a source contributed to a list. New values may be added: treat an unknown one like PARTIAL. */
export type SourceReportStatus =
  /** No rows this time: see `error`. The end cursor requests them again. */
  | 'FAILED'
  /** All of its rows. */
  | 'OK'
  /** Some rows could not be read, or only in part; the search stopped early and continues with the end cursor, or the names of users are hidden. */
  | 'PARTIAL'
  /** Not called, because it cannot answer this filter or this order. */
  | 'SKIPPED';

/** How a text is compared. */
export type TextMatch =
  /** The value contains the text, ignoring case. Phone numbers are compared by their digits. ONLYOFFICE CRM and Kommo only. */
  | 'CONTAINS'
  /** The values are equal: phone numbers in E.164 (by their digits when they cannot be parsed), so that punctuation does not matter; e-mail addresses ignoring case; an address by any one of its parts. */
  | 'EXACT';

export type ContactsQueryVariables = Exact<{
  filter?: ContactFilter | null | undefined;
  after?: string | null | undefined;
}>;


export type ContactsQuery = { contacts: { isComplete: boolean, edges: Array<{ node:
        | { __typename: 'Company', id: string, displayName: string, viewerCanDelete: boolean | null, source: { id: string, displayName: string }, phones: Array<{ value: string }>, emails: Array<{ value: string }> }
        | { __typename: 'Person', id: string, displayName: string, viewerCanDelete: boolean | null, company: { id: string, displayName: string } | null, source: { id: string, displayName: string }, phones: Array<{ value: string }>, emails: Array<{ value: string }> }
       }>, pageInfo: { endCursor: string | null, hasNextPage: boolean }, sourceReports: Array<{ status: SourceReportStatus, source: { id: string, displayName: string }, error: { code: SourceErrorCode, message: string, retryAfterMs: number | null } | null }> } | null };

export type SourcesQueryVariables = Exact<{ [key: string]: never; }>;


export type SourcesQuery = { sources: Array<{ id: string, displayName: string, health: { status: SourceHealthStatus, latencyMs: number | null, error: { message: string } | null } }> | null };

export type DeleteContactMutationVariables = Exact<{
  id: string | number;
  dryRun: boolean;
}>;


export type DeleteContactMutation = { deleteContact: { deletion: { contactId: string, outcome: DeletionOutcome, url: string | null, error: { message: string } | null } | null, userErrors: Array<{ message: string }> } | null };


export const ContactsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Contacts"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ContactFilter"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"contacts"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"20"}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayName"}},{"kind":"Field","name":{"kind":"Name","value":"source"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayName"}}]}},{"kind":"Field","name":{"kind":"Name","value":"phones"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"value"}}]}},{"kind":"Field","name":{"kind":"Name","value":"emails"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"value"}}]}},{"kind":"Field","name":{"kind":"Name","value":"viewerCanDelete"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Person"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"company"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayName"}}]}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"endCursor"}},{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}}]}},{"kind":"Field","name":{"kind":"Name","value":"isComplete"}},{"kind":"Field","name":{"kind":"Name","value":"sourceReports"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"source"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayName"}}]}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"retryAfterMs"}}]}}]}}]}}]}}]} as unknown as DocumentNode<ContactsQuery, ContactsQueryVariables>;
export const SourcesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Sources"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"sources"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayName"}},{"kind":"Field","name":{"kind":"Name","value":"health"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"latencyMs"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]}}]} as unknown as DocumentNode<SourcesQuery, SourcesQueryVariables>;
export const DeleteContactDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"DeleteContact"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"dryRun"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Boolean"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"deleteContact"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"dryRun"},"value":{"kind":"Variable","name":{"kind":"Name","value":"dryRun"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"deletion"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"contactId"}},{"kind":"Field","name":{"kind":"Name","value":"outcome"}},{"kind":"Field","name":{"kind":"Name","value":"url"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<DeleteContactMutation, DeleteContactMutationVariables>;