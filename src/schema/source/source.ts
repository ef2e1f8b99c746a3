import type { RequestContext } from '../context.ts';
import type { ContactSource } from '../../datasources/port/contact-source.ts';
import type { ReferenceByKind, ReferenceKind } from '../../datasources/port/records.ts';
import { encodeSourceId } from '../../federation/source-id.ts';
import { sizeLastSeen } from '../budget/budget-options.ts';
import { builder, type OfSource } from '../builder.ts';
import { ContactGroup } from '../contact/contact-group.ts';
import { ContactStatus } from '../contact/contact-status.ts';
import { ContactType } from '../contact/contact-type.ts';
import { CustomField } from '../custom-field/custom-field.ts';
import { Node } from '../node.ts';
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
      description: 'Given by the operator, and permanent: it is part of every id. The argument `sources` takes it.',
    }),
    displayName: t.exposeString('displayName', { nullable: false, description: 'For people.' }),
    kind: t.field({ type: SourceKind, nullable: false, description: 'Which CRM it is an account of.', resolve: ({ kind }) => kind }),
    url: t.exposeString('url', { description: "The CRM's own screen; http or https. Null where there is none." }),
    capabilities: t.expose('capabilities', { type: SourceCapabilities, nullable: false, description: 'What it can do.' }),
    health: t.field({
      type: SourceHealth,
      nullable: false,
      description: 'How it is doing. Asking for it calls no CRM.',
      resolve: (source) => source.health(),
    }),
  }),
});

/** What filters take, and what a screen needs to offer them. Each list costs 1 call or few, and is remembered for a while. */
builder.objectFields(Source, (t) => ({
  statuses: t.field({
    type: [ContactStatus],
    description: 'The statuses that contacts can have. Empty but in ONLYOFFICE. Null only with an error.',
    scope: 'contacts:read',
    estimate: sizeLastSeen('statuses'),
    resolve: (source, _args, context) => readReferences(source, 'statuses', context, ofSource),
  }),
  types: t.field({
    type: [ContactType],
    description: 'The types that contacts can have. Empty but in ONLYOFFICE. Null only with an error.',
    scope: 'contacts:read',
    estimate: sizeLastSeen('types'),
    resolve: (source, _args, context) => readReferences(source, 'types', context, ofSource),
  }),
  groups: t.field({
    type: [ContactGroup],
    description: 'The groups that contacts can be in. Empty but in CallGear. Null only with an error.',
    scope: 'contacts:read',
    estimate: sizeLastSeen('groups'),
    resolve: (source, _args, context) => readReferences(source, 'groups', context, ofSource),
  }),
  users: t.field({
    type: [User],
    description:
      'The staff who work with the CRM. Empty in ONLYOFFICE, which does not list them. Null only with an error: FORBIDDEN where the credentials may not see them.',
    scope: 'contacts:read',
    estimate: sizeLastSeen('users'),
    resolve: (source, _args, context) => readReferences(source, 'users', context, toKnownUser),
  }),
  tags: t.field({
    type: [Tag],
    description: 'The tags in use. Empty in CallGear. Null only with an error.',
    scope: 'contacts:read',
    estimate: sizeLastSeen('tags'),
    resolve: (source, _args, context) => readReferences(source, 'tags', context, ofSource),
  }),
  customFields: t.field({
    type: [CustomField],
    description: "The account's own fields. Empty in CallGear. Null only with an error.",
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
