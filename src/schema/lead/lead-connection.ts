import { Buffer } from 'node:buffer';
import { sealed } from '../../federation/sealed-text.ts';
import { invalidCursor } from '../bad-user-input.ts';
import { builder } from '../builder.ts';
import { Lead } from './lead.ts';
import { PageInfo, type PageInfoShape } from '../page-info.ts';
import { readPageSize } from '../page-size.ts';
import type { RequestContext } from '../context.ts';

const LEADS_BY_DEFAULT = 10;

interface LeadReference {
  readonly source: string;
  readonly idInSource: string;
}
interface LeadPage {
  readonly references: readonly LeadReference[];
  readonly totalCount: number;
  readonly pageInfo: PageInfoShape;
}

/**
 * Cuts a page out of a contact's leads. Reads none of them: that happens only when a node is selected.
 *
 * @throws GraphQLError BAD_USER_INPUT or INVALID_CURSOR.
 */
export function toLeadPage(
  source: string,
  leadIds: readonly string[],
  args: { first?: number | null | undefined; after?: string | null | undefined },
): LeadPage {
  const size = readPageSize(args.first, LEADS_BY_DEFAULT);
  const start = args.after === null || args.after === undefined ? 0 : positionAfter(leadIds, args.after);
  const ids = leadIds.slice(start, start + size);
  const cursorAt = (index: number): string | null => {
    const id = ids.at(index);
    return id === undefined ? null : toCursor(id);
  };
  return {
    references: ids.map((idInSource) => ({ source, idInSource })),
    totalCount: leadIds.length,
    pageInfo: {
      hasNextPage: start + ids.length < leadIds.length,
      hasPreviousPage: start > 0,
      startCursor: () => cursorAt(0),
      endCursor: () => cursorAt(-1),
    },
  };
}

function positionAfter(leadIds: readonly string[], cursor: string): number {
  const index = leadIds.findIndex((id) => toCursor(id) === cursor);
  if (index === -1) throw invalidCursor('after');
  return index + 1;
}

function toCursor(leadId: string): string {
  return sealed(Buffer.from(`lead:${leadId}`));
}

/** Finds a lead. Cost: all leads of one source that are requested in the same tick share 1 call. */
async function findLead({ source, idInSource }: LeadReference, { loaders }: RequestContext) {
  const record = await loaders.find(source, 'lead', idInSource);
  return record === null ? null : { source, record };
}

const LeadEdge = builder.objectRef<LeadReference>('LeadEdge').implement({
  description: 'A lead and its position in a list.',
  fields: (t) => ({
    cursor: t.string({
      nullable: false,
      description: 'Pass it as `after` to continue after this lead.',
      resolve: ({ idInSource }) => toCursor(idInSource),
    }),
    node: t.field({
      type: Lead,
      description: 'The lead at this position. Null without an error when the CRM no longer has it.',
      resolve: (reference, _args, context) => findLead(reference, context),
    }),
  }),
});

export const LeadConnection = builder.objectRef<LeadPage>('LeadConnection').implement({
  description: "One page of a contact's leads, in the CRM's order.",
  fields: (t) => ({
    edges: t.field({
      type: [LeadEdge],
      nullable: false,
      description: 'The leads of the page with their cursors.',
      resolve: (page) => page.references,
    }),
    nodes: t.field({
      type: [Lead],
      nullable: { list: false, items: true },
      description:
        'The leads of the page without cursors. Null for a lead that the CRM no longer has, and, with an error, for one that could not be read.',
      resolve: (page, _args, context) => page.references.map((reference) => findLead(reference, context)),
    }),
    pageInfo: t.field({
      type: PageInfo,
      nullable: false,
      description: 'The position of the page in the list.',
      resolve: (page) => page.pageInfo,
    }),
    totalCount: t.exposeInt('totalCount', { nullable: false, description: 'How many leads the contact has.' }),
  }),
});
