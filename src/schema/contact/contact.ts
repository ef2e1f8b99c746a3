import { GraphQLError } from 'graphql';
import type { RequestContext } from '../context.ts';
import type { ContactSource } from '../../datasources/port/contact-source.ts';
import type { ContactRecord } from '../../datasources/port/records.ts';
import { encodeSourceId } from '../../federation/source-id.ts';
import { builder } from '../builder.ts';
import { Node } from '../node.ts';

/** A person or company. Its other fields are added by the files named `contact-…-fields.ts`. */
export const Contact = builder.interfaceRef<ContactRecord>('Contact').implement({
  description:
    'A person or company as one CRM account knows it. Two CRMs may hold the same person: they are two contacts here. What a CRM does not have is null, or an empty list.',
  interfaces: [Node],
  resolveType: (record) => (record.kind === 'COMPANY' ? 'Company' : 'Person'),
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Opaque, permanent, and unique over all types and sources. Pass it to `contact`, `node` or `deleteContact`.',
      isInReference: true,
      resolve: ({ source, entity, idInSource }) => encodeSourceId({ source, entity, idInSource }),
    }),
    idInSource: t.exposeString('idInSource', {
      nullable: false,
      description: "The CRM's own id: decimal digits, possibly more than fit into 32 bit. Unique only within its source and kind.",
      isInReference: true,
    }),
    accountId: t.exposeString('accountId', { description: "The CRM's own id of the account that holds the contact. Kommo only." }),
    displayName: t.exposeString('displayName', {
      nullable: false,
      description:
        'As the CRM itself shows it. Never empty: else first and last name, the first e-mail address or phone number, or `idInSource`.',
      isInReference: ({ displayName }) => displayName !== undefined,
    }),
    about: t.exposeString('about', { description: 'Notes about the contact. ONLYOFFICE only; null when empty.' }),
    industry: t.exposeString('industry', { description: 'The line of business. ONLYOFFICE only; null when empty.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was entered into the CRM. Null in CallGear.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When the CRM last changed it. Kommo only.' }),
    isUnsorted: t.exposeBoolean('isUnsorted', {
      description: 'Whether it came in by itself and nobody has accepted it yet. Kommo only.',
    }),
    url: t.exposeString('url', { description: "Its page in the CRM's own screen; http or https. Null in CallGear." }),
    viewerCanEdit: t.exposeBoolean('viewerCanEdit', {
      description: "Whether the gateway's account in the CRM may change it. ONLYOFFICE only: null means not known.",
    }),
    viewerCanDelete: t.boolean({
      description:
        'Whether `deleteContact` may be expected to work: false when the caller or the CRM does not allow it, or the CRM cannot delete by program (Kommo). Null means not known.',
      resolve: ({ viewerCanDelete }, _args, { caller, deletionRefusal }) =>
        caller.scopes.has('contacts:delete') && deletionRefusal === null ? viewerCanDelete : false,
    }),
  }),
});

/** The source that a record came from. */
export function sourceOf(record: { readonly source: string }, { sources }: RequestContext): ContactSource {
  const source = sources.get(record.source);
  if (source === undefined) throw new GraphQLError('A record came from a source that is not configured.');
  return source;
}
