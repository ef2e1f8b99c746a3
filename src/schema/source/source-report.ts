import {
  SOURCE_REPORT_STATUSES,
  type SourceReport as FederationReport,
  type SourceReportStatus as Status,
} from '../../federation/source-report.ts';
import { builder } from '../builder.ts';
import { ContactFilterField } from '../contacts/contact-filter-field.ts';
import { describedValues } from '../described-values.ts';
import { SourceError, toSourceErrorShape } from './source-error.ts';
import { Source } from './source.ts';
import { toInt } from '../whole-number.ts';
import type { MissingUserRights } from '../staff/user-rights.ts';

/** A report, with what only other calls can find out: whether users are shown without names. */
export interface SourceReportShape {
  readonly report: FederationReport;
  readonly missingUserRights: MissingUserRights;
}

export const SourceReportStatus = builder.enumType('SourceReportStatus', {
  description: 'How much a source contributed to a list. New values may be added: treat an unknown one like PARTIAL.',
  values: describedValues<Status>(SOURCE_REPORT_STATUSES, {
    OK: 'All of its rows.',
    PARTIAL:
      'Some rows could not be read, or only in part; the search stopped early and continues with the end cursor, or the names of users are hidden.',
    FAILED: 'No rows this time: see `error`. The end cursor requests them again.',
    SKIPPED: 'Not called, because it cannot answer this filter or this order.',
  }),
});

export const SourceReport = builder.objectRef<SourceReportShape>('SourceReport').implement({
  description: 'What one source contributed to a list. A source that fails never hides the contacts of another.',
  fields: (t) => ({
    source: t.field({
      type: Source,
      nullable: false,
      description: 'The source that this report is about.',
      resolve: ({ report }) => report.source,
    }),
    status: t.field({
      type: SourceReportStatus,
      nullable: false,
      description: 'The overall status.',
      resolve: async ({ report, missingUserRights }) => {
        if (report.status !== 'OK') return report.status;
        return (await missingUserRights(report.source.name)) === null ? 'OK' : 'PARTIAL';
      },
    }),
    error: t.field({
      type: SourceError,
      description:
        'What went wrong. Set with FAILED and SKIPPED, and mostly with PARTIAL. FORBIDDEN with PARTIAL: the names of users are hidden.',
      resolve: async ({ report, missingUserRights }) => toSourceErrorShape(report.error ?? (await missingUserRights(report.source.name))),
    }),
    unsupportedFilters: t.field({
      type: [ContactFilterField],
      nullable: false,
      description: 'With FILTER_UNSUPPORTED: the filter members that it cannot answer. Otherwise empty.',
      resolve: ({ report }) => report.unsupportedFilters,
    }),
    totalCount: t.int({
      description:
        'How many contacts it has for this filter, as counted by the CRM. Null when it cannot count, or when the gateway itself has to filter rows.',
      resolve: ({ report }) => toInt(report.totalCount),
    }),
    isComplete: t.boolean({
      nullable: false,
      description:
        'Whether its part is complete: it did not fail, was not skipped, did not stop early, and no contact can be missing because of its spelling.',
      resolve: ({ report }) => report.isComplete,
    }),
    isOrdered: t.boolean({
      nullable: false,
      description: 'Whether its rows came in the requested order. Its alphabetical order may differ from that of other sources.',
      resolve: ({ report }) => report.isOrdered,
    }),
    hasMoved: t.boolean({
      nullable: false,
      description: 'Whether rows were seen to change their position since the cursor was made: some contacts may come twice.',
      resolve: ({ report }) => report.hasMoved,
    }),
    asOf: t.field({
      type: 'DateTime',
      description: 'When the oldest of its rows was read from the CRM. Null when none was.',
      resolve: ({ report }) => report.asOf,
    }),
    damagedRows: t.int({
      nullable: false,
      description: 'Rows left out for want of a usable id, or seen to be damaged in the members that were read.',
      resolve: ({ report }) => toInt(report.damagedRows) ?? 0,
    }),
  }),
});
