import type { SourceCapabilities as SourceCapabilitiesShape } from '../../datasources/port/contact-source.ts';
import { builder } from '../builder.ts';
import { ContactFilterField } from '../contacts/contact-filter-field.ts';
import { ContactKind } from '../contact/contact-kind.ts';
import { ContactOrderField } from '../contacts/contact-order.ts';

export const SourceCapabilities = builder.objectRef<SourceCapabilitiesShape>('SourceCapabilities').implement({
  description: 'What a source can do, known without a call to its CRM.',
  fields: (t) => ({
    kinds: t.expose('kinds', { type: [ContactKind], nullable: false, description: 'The kinds of contact in its lists.' }),
    deletableKinds: t.expose('deletableKinds', {
      type: [ContactKind],
      nullable: false,
      availability: { of: 'deletion', absence: 'empty' },
      description: 'The kinds of contact that `deleteContact` can delete.',
    }),
    canCount: t.exposeBoolean('canCount', {
      nullable: false,
      description: 'Whether it can report `totalCount` without reading the whole list.',
    }),
    orderFields: t.expose('orderFields', {
      type: [ContactOrderField],
      nullable: false,
      description: 'What it can sort by. Lists with another order leave it out, SKIPPED with ORDER_UNSUPPORTED.',
    }),
    filterFields: t.expose('filterFields', {
      type: [ContactFilterField],
      nullable: false,
      description: 'The filter members that it can answer. Lists with other filter members leave it out, SKIPPED with FILTER_UNSUPPORTED.',
    }),
  }),
});
