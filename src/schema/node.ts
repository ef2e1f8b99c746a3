import type { ContactSource } from '../datasources/port/contact-source.ts';
import type { ContactRecord } from '../datasources/port/records/contact.ts';
import { builder } from './builder.ts';

/** What can be read again by its id alone. */
export type NodeShape = ContactRecord | ContactSource;

/** Whether a node is a contact, and not a source. */
export function isContactRecord(node: NodeShape): node is ContactRecord {
  return 'entity' in node;
}

export const Node = builder.interfaceRef<NodeShape>('Node').implement({
  description: 'An object that can be read again by its ID: a person, a company or a source.',
  resolveType: (node) => {
    if (!isContactRecord(node)) return 'Source';
    return node.kind === 'COMPANY' ? 'Company' : 'Person';
  },
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Opaque, permanent and unique across all types and sources. Do not parse it.',
    }),
  }),
});
