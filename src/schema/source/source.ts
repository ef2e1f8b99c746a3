import type { RequestContext } from '../context.ts';
import type { ContactSource } from '../../datasources/port/contact-source.ts';
import type { ReferenceByKind, ReferenceKind } from '../../datasources/port/records/entity.ts';
import { encodeSourceId } from '../../federation/source-id.ts';
import { sizeLastSeen } from '../budget/budget-options.ts';
import { builder, type OfSource } from '../builder.ts';
import { ContactGroup } from '../contact/contact-group.ts';
import { ContactStatus } from '../contact/contact-status.ts';
import { ContactType } from '../contact/contact-type.ts';
import { CustomField } from '../custom-field/custom-field.ts';
import { Node } from '../node.ts';
import { ContactIndex, NO_INDEX } from './contact-index.ts';
import { SourceCapabilities } from './source-capabilities.ts';
import { SourceHealth } from './source-health.ts';
import { SourceKind } from './source-kind.ts';
import { Tag } from '../contact/tag.ts';
import { toKnownUser, User } from '../staff/user.ts';

export const Source = builder.objectRef<ContactSource>('Source').implement({
  description: 'One configured CRM account.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Opaque and permanent.',
      resolve: ({ name }) => encodeSourceId({ source: name, entity: 'source', idInSource: name }),
    }),
    name: t.exposeString('name', {
      nullable: false,
      description: 'Chosen by the operator, and permanent because it is part of every ID. Pass it in the argument `sources`.',
    }),
    displayName: t.exposeString('displayName', { nullable: false, description: 'A name to show to people.' }),
    kind: t.field({ type: SourceKind, nullable: false, description: 'Which CRM it is an account of.', resolve: ({ kind }) => kind }),
    url: t.exposeString('url', { description: "The start page of the CRM's web interface; http or https. Null where there is none." }),
    capabilities: t.expose('capabilities', { type: SourceCapabilities, nullable: false, description: 'What the source can do.' }),
    health: t.field({
      type: SourceHealth,
      nullable: false,
      description: 'How the source is working. Reading it calls no CRM.',
      resolve: (source, _args, { trace }) => {
        trace.noteLive();
        return source.health();
      },
    }),
    index: t.field({
      type: ContactIndex,
      nullable: false,
      description: 'Whether all of its contacts are indexed, so that contacts of one person can be found. Reading it calls no CRM.',
      resolve: ({ index }, _args, { trace }) => {
        trace.noteLive();
        return index?.state ?? NO_INDEX;
      },
    }),
  }),
});

/** Reference data: what filters take, and what a user interface needs to offer them. Each list costs a few calls at most, and is cached. */
builder.objectFields(Source, (t) => ({
  statuses: t.field({
    type: [ContactStatus],
    availability: 'references.statuses',
    description: 'The statuses that contacts can have. Null only with an error.',
    scope: 'contacts:read',
    estimate: sizeLastSeen('statuses'),
    resolve: (source, _args, context) => readReferences(source, 'statuses', context, ofSource),
  }),
  types: t.field({
    type: [ContactType],
    availability: 'references.types',
    description: 'The types that contacts can have. Null only with an error.',
    scope: 'contacts:read',
    estimate: sizeLastSeen('types'),
    resolve: (source, _args, context) => readReferences(source, 'types', context, ofSource),
  }),
  groups: t.field({
    type: [ContactGroup],
    availability: 'references.groups',
    description: 'The groups that contacts can belong to. Null only with an error.',
    scope: 'contacts:read',
    estimate: sizeLastSeen('groups'),
    resolve: (source, _args, context) => readReferences(source, 'groups', context, ofSource),
  }),
  users: t.field({
    type: [User],
    availability: 'references.users',
    description: 'The people who work with the CRM. Null only with an error: FORBIDDEN when the credentials may not see them.',
    scope: 'contacts:read',
    estimate: sizeLastSeen('users'),
    resolve: (source, _args, context) => readReferences(source, 'users', context, toKnownUser),
  }),
  tags: t.field({
    type: [Tag],
    availability: 'references.tags',
    description: 'The tags in use. Null only with an error.',
    scope: 'contacts:read',
    estimate: sizeLastSeen('tags'),
    resolve: (source, _args, context) => readReferences(source, 'tags', context, ofSource),
  }),
  customFields: t.field({
    type: [CustomField],
    availability: 'references.customFields',
    description: "The definitions of the account's custom fields. Null only with an error.",
    scope: 'contacts:read',
    estimate: sizeLastSeen('customFields'),
    resolve: (source, _args, context) => readReferences(source, 'customFields', context, ofSource),
  }),
}));

/** What lists of reference data were last turned into: as long as a list lives, all who select it share one. */
const shown = new WeakMap<readonly unknown[], readonly unknown[]>();

async function readReferences<K extends ReferenceKind, Shown = OfSource<ReferenceByKind[K]>>(
  source: ContactSource,
  kind: K,
  { loaders }: RequestContext,
  show: (source: string, record: ReferenceByKind[K]) => Shown,
): Promise<readonly Shown[]> {
  const records = await loaders.references(source, kind);
  const known = shown.get(records);
  if (known !== undefined) return known as readonly Shown[];
  const items = records.map((record) => show(source.name, record));
  shown.set(records, items);
  return items;
}

function ofSource<Record>(source: string, record: Record): OfSource<Record> {
  return { source, record };
}
