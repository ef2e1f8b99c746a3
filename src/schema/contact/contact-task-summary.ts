import type { TaskSummaryRecord } from '../../datasources/port/records.ts';
import { builder } from '../builder.ts';
import { toInt } from '../whole-number.ts';

export const ContactTaskSummary = builder.objectRef<TaskSummaryRecord>('ContactTaskSummary').implement({
  description: 'What the CRM says about the open tasks around a contact. Each CRM knows another part; CallGear none.',
  fields: (t) => ({
    count: t.int({ description: 'How many tasks there are. ONLYOFFICE only.', resolve: (summary) => toInt(summary.count) }),
    hasOverdue: t.exposeBoolean('hasOverdue', { description: 'Whether one of them is overdue. ONLYOFFICE only.' }),
    nextDueAt: t.expose('nextDueAt', {
      type: 'DateTime',
      description: 'When the next one is due. Kommo only; null when there is none.',
    }),
  }),
});
