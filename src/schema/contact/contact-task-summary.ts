import type { TaskSummaryRecord } from '../../datasources/port/records/contact.ts';
import { builder } from '../builder.ts';
import { toInt } from '../whole-number.ts';

export const ContactTaskSummary = builder.objectRef<TaskSummaryRecord>('ContactTaskSummary').implement({
  availability: 'contact.taskSummary',
  description: 'What the CRM reports on the tasks for a contact.',
  fields: (t) => ({
    count: t.int({
      availability: 'taskSummary.count',
      description: 'How many tasks there are, open and closed.',
      resolve: (summary) => toInt(summary.count),
    }),
    hasOverdue: t.exposeBoolean('hasOverdue', { availability: 'taskSummary.hasOverdue', description: 'Whether a task is overdue.' }),
    nextDueAt: t.expose('nextDueAt', {
      type: 'DateTime',
      availability: 'taskSummary.nextDueAt',
      description: 'When the next task is due. Null when there is none.',
    }),
  }),
});
