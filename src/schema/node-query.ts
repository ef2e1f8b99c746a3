import type { RequestContext } from './context.ts';
import type { Detail } from '../datasources/port/list-query.ts';
import { badUserInput } from './bad-user-input.ts';
import { builder } from './builder.ts';
import { findContact, readId } from './contacts/find-contact.ts';
import { detailsNeeded } from './look-ahead.ts';
import { Node, type NodeShape } from './node.ts';

const NODES_MAX = 100;

builder.queryField('node', (t) =>
  t.field({
    type: Node,
    description:
      'Reads a person, company or source by its ID. Null without an error when there is none; null with BAD_USER_INPUT when the ID is malformed.',
    scope: 'contacts:read',
    args: { id: t.arg.id({ required: true, description: 'The `id` of a person, company or source.' }) },
    resolve: (_root, { id }, context, info) => findNode(id, 'id', detailsNeeded(info), context),
  }),
);

builder.queryField('nodes', (t) =>
  t.field({
    type: [Node],
    nullable: { list: true, items: true },
    description:
      'Reads persons, companies and sources by their IDs, in the given order. An entry is null without an error when there is no such object; null with BAD_USER_INPUT when the ID is malformed.',
    scope: 'contacts:read',
    args: { ids: t.arg.idList({ required: true, description: 'At most 100 IDs; repeats are allowed.' }) },
    estimate: { ask: ({ ids }) => ({ rows: ids.length }), items: ({ rows }) => (rows > NODES_MAX ? 0 : rows) },
    resolve: (_root, { ids }, context, info) => {
      if (ids.length > NODES_MAX) throw badUserInput('ids', `at most ${NODES_MAX}, not ${ids.length}.`);
      const details = detailsNeeded(info);
      return ids.map((id, index) => findNode(id, `ids[${index}]`, details, context));
    },
  }),
);

async function findNode(text: string, argument: string, details: ReadonlySet<Detail>, context: RequestContext): Promise<NodeShape | null> {
  const id = readId(text, argument);
  if (id.entity === 'source') return context.sources.get(id.source) ?? null;
  return findContact(id, details, context);
}
