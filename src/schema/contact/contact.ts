import { GraphQLError } from 'graphql';
import type { RequestContext } from '../context.ts';
import type { ContactSource } from '../../datasources/port/contact-source.ts';
import type { ContactRecord } from '../../datasources/port/records/contact.ts';
import { encodeSourceId } from '../../federation/source-id.ts';
import { builder } from '../builder.ts';
import { Node } from '../node.ts';

/** A person or company. Its other fields are added by the files named `contact-…-fields.ts`. */
export const Contact = builder.interfaceRef<ContactRecord>('Contact').implement({
  description:
    'A person or a company in one CRM account. The same person in two CRMs is two contacts. What a CRM does not have is null or an empty list.',
  interfaces: [Node],
  resolveType: (record) => (record.kind === 'COMPANY' ? 'Company' : 'Person'),
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Opaque, permanent and unique across all types and sources. Pass it to `contact`, `node` or `deleteContact`.',
      isInReference: true,
      resolve: ({ source, entity, idInSource }) => encodeSourceId({ source, entity, idInSource }),
    }),
    idInSource: t.exposeString('idInSource', {
      nullable: false,
      description: "The CRM's own ID: decimal digits, possibly too many for a 32-bit integer. Unique only within its source and kind.",
      isInReference: true,
    }),
    accountId: t.exposeString('accountId', {
      availability: 'contact.accountId',
      description: "The CRM's own ID of the account that holds the contact.",
    }),
    displayName: t.exposeString('displayName', {
      nullable: false,
      description:
        'The name as shown in the CRM. Never empty: where the CRM has none, it is the first and last name, the first e-mail address or phone number, or `idInSource`.',
      isInReference: ({ displayName }) => displayName !== undefined,
    }),
    about: t.exposeString('about', { availability: 'contact.about', description: 'Notes about the contact. Null when empty.' }),
    industry: t.exposeString('industry', { availability: 'contact.industry', description: 'The line of business. Null when empty.' }),
    createdAt: t.expose('createdAt', {
      type: 'DateTime',
      availability: 'contact.createdAt',
      description: 'When the contact was created in the CRM.',
    }),
    updatedAt: t.expose('updatedAt', {
      type: 'DateTime',
      availability: 'contact.updatedAt',
      description: 'When the contact was last changed in the CRM.',
    }),
    isUnsorted: t.exposeBoolean('isUnsorted', {
      availability: 'contact.isUnsorted',
      description: 'Whether the contact came from an incoming channel and no user has accepted it yet.',
    }),
    url: t.exposeString('url', {
      availability: 'contact.url',
      description: "The contact's page in the CRM's web interface; http or https.",
    }),
    viewerCanEdit: t.exposeBoolean('viewerCanEdit', {
      availability: 'contact.viewerCanEdit',
      description: "Whether the gateway's account in the CRM may change the contact. Null means not known.",
    }),
    viewerCanDelete: t.boolean({
      availability: { of: 'deletion', absence: 'false' },
      description:
        'Whether `deleteContact` is expected to work. False when the caller, the gateway or the CRM does not allow it. Null means not known.',
      resolve: ({ viewerCanDelete }, _args, { caller, deletionRefusal }) =>
        caller.scopes.has('contacts:delete') && deletionRefusal === null ? viewerCanDelete : false,
    }),
  }),
});

/** Returns the source that a record came from. */
export function sourceOf(record: { readonly source: string }, { sources }: RequestContext): ContactSource {
  const source = sources.get(record.source);
  if (source === undefined) throw new GraphQLError('A record came from a source that is not configured.');
  return source;
}
