import type { SourceCapabilities as SourceCapabilitiesShape } from '../../datasources/port/contact-source.ts';
import { CHANGE_DETECTIONS, type ChangeDetection as Detection } from '../../datasources/port/identity/contact-directory.ts';
import { builder } from '../builder.ts';
import { describedValues } from '../described-values.ts';
import { ContactFilterField } from '../contacts/contact-filter-field.ts';
import { ContactKind } from '../contact/contact-kind.ts';
import { ContactOrderField } from '../contacts/contact-order.ts';
import { toInt } from '../whole-number.ts';

export const ChangeDetection = builder.enumType('ChangeDetection', {
  description: 'What a CRM reports of its changes. New values may be added: treat an unknown one like NONE.',
  values: describedValues<Detection>(CHANGE_DETECTIONS, {
    CHANGES_AND_DELETIONS: 'It lists what was changed, and what was deleted.',
    CREATIONS: 'It lists new contacts. Other changes are found by reading all contacts.',
    NONE: 'It reports nothing: all contacts are read and compared.',
  }),
});

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
    keysPerCall: t.int({
      nullable: false,
      description: 'How many phone numbers and e-mail addresses one call to the CRM can look for.',
      resolve: ({ keysPerCall }) => toInt(keysPerCall ?? 1) ?? 1,
    }),
    changeDetection: t.field({
      type: ChangeDetection,
      nullable: false,
      description: 'How the gateway learns of changes in this CRM.',
      resolve: ({ changeDetection }) => changeDetection ?? 'NONE',
    }),
  }),
});
