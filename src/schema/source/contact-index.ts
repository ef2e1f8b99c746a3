import {
  CONTACT_INDEX_STATUSES,
  type ContactIndexState,
  type ContactIndexStatus as Status,
} from '../../datasources/port/identity/contact-index.ts';
import { builder } from '../builder.ts';
import { describedValues } from '../described-values.ts';
import { toInt } from '../whole-number.ts';
import { SourceError, toSourceErrorShape } from './source-error.ts';

/** What is shown of a source that has no index. */
export const NO_INDEX: ContactIndexState = {
  status: 'OFF',
  rowsRead: 0,
  rowsTotal: null,
  asOf: null,
  nextAt: null,
  callsPerDay: null,
  error: null,
};

export const ContactIndexStatus = builder.enumType('ContactIndexStatus', {
  description: 'Whether a contact index can be used. New values may be added: treat an unknown one like STALE.',
  values: describedValues<Status>(CONTACT_INDEX_STATUSES, {
    OFF: 'There is none: see the setting CONTACT_INDEX.',
    BUILDING: 'The first reading is in progress.',
    READY: 'Read to the proven end, and not older than CONTACT_INDEX_MAX_AGE_MS.',
    STALE: 'Older than that, or contacts may be missing in it. It is still used, and answers made from it are reported as incomplete.',
    FAILED: 'The first reading failed: see `error`. It is tried again at `nextAt`.',
  }),
});

export const ContactIndex = builder.objectRef<ContactIndexState>('ContactIndex').implement({
  description:
    'What the gateway keeps of all contacts of a source: IDs, keyed hashes of phones and e-mail addresses, and short digests of names, kept in the process only. No contact can be read from it. It is built in the background, only while no request waits for the CRM.',
  fields: (t) => ({
    status: t.expose('status', { type: ContactIndexStatus, nullable: false, description: 'The overall status.' }),
    rowsRead: t.int({
      nullable: false,
      description: 'The number of contacts read so far, or in the last complete reading.',
      resolve: ({ rowsRead }) => toInt(rowsRead) ?? 0,
    }),
    rowsTotal: t.int({
      description: 'The number of contacts, as counted by the CRM. Null when the CRM does not count.',
      resolve: ({ rowsTotal }) => toInt(rowsTotal),
    }),
    asOf: t.expose('asOf', { type: 'DateTime', description: 'When the last complete reading began. Null before the first.' }),
    nextAt: t.expose('nextAt', { type: 'DateTime', description: 'When the next reading begins. Null when OFF, and during the first.' }),
    callsPerDay: t.int({
      description: 'How many calls to the CRM the index needs per day at its present size. Null before the first complete reading.',
      resolve: ({ callsPerDay }) => toInt(callsPerDay),
    }),
    error: t.field({
      type: SourceError,
      description: 'Why the last reading failed. Null when it did not.',
      resolve: ({ error }) => toSourceErrorShape(error),
    }),
  }),
});
