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

/** A report, and what of it only look-ups tell: whether users are shown without names. */
export interface SourceReportShape {
  readonly report: FederationReport;
  readonly missingUserRights: MissingUserRights;
}

export const SourceReportStatus = builder.enumType('SourceReportStatus', {
  description: 'How much of its part a source has given. New values may be added: treat one you do not know like PARTIAL.',
  values: describedValues<Status>(SOURCE_REPORT_STATUSES, {
    OK: 'All of it.',
    PARTIAL:
      'Some of it: rows could not be read, the search stopped early and goes on from the end cursor, or the names of users are withheld.',
    FAILED: 'Nothing this time: `error` says why. The end cursor asks it again.',
    SKIPPED: 'Nothing was asked of it: it cannot answer this filter or this order.',
  }),
});

export const SourceReport = builder.objectRef<SourceReportShape>('SourceReport').implement({
  description: "What one source gave to this answer. One source's trouble never hides another's contacts.",
  fields: (t) => ({
    source: t.field({ type: Source, nullable: false, description: 'Whose report it is.', resolve: ({ report }) => report.source }),
    status: t.field({
      type: SourceReportStatus,
      nullable: false,
      description: 'In one word.',
      resolve: async ({ report, missingUserRights }) => {
        if (report.status !== 'OK') return report.status;
        return (await missingUserRights(report.source.name)) === null ? 'OK' : 'PARTIAL';
      },
    }),
    error: t.field({
      type: SourceError,
      description: 'What went wrong, with FAILED, SKIPPED and most PARTIAL. FORBIDDEN with PARTIAL: users are shown without names.',
      resolve: async ({ report, missingUserRights }) => toSourceErrorShape(report.error ?? (await missingUserRights(report.source.name))),
    }),
    unsupportedFilters: t.field({
      type: [ContactFilterField],
      nullable: false,
      description: 'With FILTER_UNSUPPORTED: the members of the filter that it cannot answer. Else empty.',
      resolve: ({ report }) => report.unsupportedFilters,
    }),
    totalCount: t.int({
      description: 'How many contacts it has for this filter, as the CRM counts. Null when it cannot tell, or rows were checked here.',
      resolve: ({ report }) => toInt(report.totalCount),
    }),
    isComplete: t.boolean({
      nullable: false,
      description: 'Whether its part is whole: nothing failed, was skipped, stopped early, or may have missed a spelling.',
      resolve: ({ report }) => report.isComplete,
    }),
    isOrdered: t.boolean({
      nullable: false,
      description: "Whether this source's rows came in the asked order; its own idea of the alphabet may differ.",
      resolve: ({ report }) => report.isOrdered,
    }),
    hasMoved: t.boolean({
      nullable: false,
      description: 'Whether rows were seen to have moved since the cursor was made: some may come twice.',
      resolve: ({ report }) => report.hasMoved,
    }),
    asOf: t.field({
      type: 'DateTime',
      description: 'When the oldest of its rows was read from the CRM. Null when none was.',
      resolve: ({ report }) => report.asOf,
    }),
  }),
});
