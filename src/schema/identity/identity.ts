import type { HashedContact } from '../../datasources/port/identity/contact-index.ts';
import type { ContactRecord } from '../../datasources/port/records/contact.ts';
import { decodeIdentityId } from '../../federation/identity/identity-id.ts';
import { resolveIdentity, type Identity as IdentityShape } from '../../federation/identity/resolve-identity.ts';
import { badUserInput } from '../bad-user-input.ts';
import { builder } from '../builder.ts';
import { Contact } from '../contact/contact.ts';
import { Person } from '../contact/person.ts';
import { findContact, readId } from '../contacts/find-contact.ts';
import type { RequestContext } from '../context.ts';
import { SourceReport } from '../source/source-report.ts';
import { toInt } from '../whole-number.ts';
import { FieldConflict, GoldenRecord } from './golden-record.ts';
import { MatchConfidence, MatchReason, toReportShapes, type MatchShape } from './match.ts';
import { readDetails } from './read-details.ts';

const NO_DETAILS: ReadonlySet<never> = new Set();

const IdentityMember = builder.objectRef<MatchShape>('IdentityMember').implement({
  description: 'One record of a person, in one CRM.',
  fields: (t) => ({
    contact: t.field({
      type: Contact,
      nullable: false,
      description: 'The record, as its CRM has it now.',
      resolve: ({ record }, _args, context, info) => readDetails(record, context, info),
    }),
    confidence: t.expose('confidence', {
      type: MatchConfidence,
      nullable: false,
      description: 'That of its surest link to another member. CERTAIN for the only member.',
    }),
    reasons: t.expose('reasons', {
      type: [MatchReason],
      nullable: false,
      description: 'The reasons for that link. Empty for the only member.',
    }),
  }),
});

export const Identity = builder.objectRef<IdentityShape>('Identity').implement({
  description:
    'One person, made of the records of several CRMs. Nothing of it is stored, and nothing is merged in a CRM: it is determined again for each request.',
  fields: (t) => ({
    id: t.exposeID('id', {
      nullable: false,
      description:
        'Opaque. It refers to the person that one of the contacts belongs to at that time, and stays valid as long as that contact exists.',
    }),
    members: t.expose('members', {
      type: [IdentityMember],
      nullable: false,
      description: 'The records of the person, in the order of the sources. At least one, at most 12.',
    }),
    golden: t.expose('golden', { type: GoldenRecord, nullable: false, description: 'One value for each field, and why that one.' }),
    conflicts: t.field({
      type: [FieldConflict],
      nullable: false,
      description: 'The fields in which members disagree, with all their values.',
      resolve: ({ golden }) => golden.conflicts,
    }),
    cutLinks: t.int({
      nullable: false,
      description:
        'The number of links that were not followed, because they would have joined contradictory names or more than 12 members.',
      resolve: ({ cutLinks }) => toInt(cutLinks) ?? 0,
    }),
    isComplete: t.exposeBoolean('isComplete', {
      nullable: false,
      description: 'Whether no member can be missing; see `ContactMatches.isComplete`.',
    }),
    sourceReports: t.field({
      type: [SourceReport],
      nullable: false,
      description: 'What each source contributed: one report for each.',
      resolve: ({ reports }) => toReportShapes(reports),
    }),
  }),
});

builder.objectField(Person, 'identity', (t) =>
  t.field({
    type: Identity,
    reads: ['displayName', 'firstName', 'lastName', 'patronymic', 'jobTitle', 'contactInfos', 'company', 'createdAt'],
    description:
      'The person that this contact is one record of. Cost: as `matches`, for each member. Null when the contact no longer exists.',
    resolve: (record, _args, context) => identityOf(record, context),
  }),
);

builder.queryField('identity', (t) =>
  t.field({
    type: Identity,
    description:
      'The person that a contact belongs to. Null without an error when there is no such contact. Cost: 1 call, and that of `Contact.matches` for each member.',
    scope: 'contacts:read',
    args: { id: t.arg.id({ required: true, description: 'An `Identity.id` or a `Contact.id`.' }) },
    resolve: async (_root, { id }, context) => {
      const contactId = decodeIdentityId(id);
      if (contactId === null) throw badUserInput('id', 'not an id.');
      const record = await findContact(readId(contactId, 'id'), NO_DETAILS, context);
      return record === null ? null : identityOf(record, context);
    },
  }),
);

async function identityOf(record: ContactRecord, context: RequestContext): Promise<IdentityShape | null> {
  const { trace, sources } = context;
  const { universe, priority } = context.identity;
  trace.noteLive();
  const anchor: HashedContact = universe.add(record);
  const identity = await resolveIdentity(anchor, { universe, priority, sources: [...sources.values()] });
  for (const { code } of identity?.findings.errors ?? []) trace.noteFailure(code);
  return identity;
}
