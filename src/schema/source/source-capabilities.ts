import type { SourceCapabilities as SourceCapabilitiesShape } from '../../datasources/port/contact-source.ts';
import { builder } from '../builder.ts';
import { ContactFilterField } from '../contacts/contact-filter-field.ts';
import { ContactKind } from '../contact/contact-kind.ts';
import { ContactOrderField } from '../contacts/contact-order.ts';

export const SourceCapabilities = builder.objectRef<SourceCapabilitiesShape>('SourceCapabilities').implement({
  description: 'What a source can do, known before anything is asked of it.',
  fields: (t) => ({
    kinds: t.expose('kinds', { type: [ContactKind], nullable: false, description: 'The kinds of contact that it gives.' }),
    deletableKinds: t.expose('deletableKinds', {
      type: [ContactKind],
      nullable: false,
      description: 'The kinds of contact that `deleteContact` can delete there. Empty for Kommo.',
    }),
    canCount: t.exposeBoolean('canCount', {
      nullable: false,
      description: 'Whether it can tell `totalCount` without reading everything.',
    }),
    orderFields: t.expose('orderFields', {
      type: [ContactOrderField],
      nullable: false,
      description: 'What it can sort by. With another order it is left out of the list, SKIPPED with ORDER_UNSUPPORTED.',
    }),
    filterFields: t.expose('filterFields', {
      type: [ContactFilterField],
      nullable: false,
      description: 'The filter members that it can answer. With another it is left out of the list, SKIPPED with FILTER_UNSUPPORTED.',
    }),
  }),
});
