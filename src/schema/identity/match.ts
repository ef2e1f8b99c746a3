import { SHARED_REASONS, type SharedBecause as Because } from '../../datasources/port/identity/contact-index.ts';
import type { ContactRecord } from '../../datasources/port/records/contact.ts';
import { MATCH_CONFIDENCES, type MatchConfidence as Confidence } from '../../federation/identity/match.ts';
import { MATCH_REASON_KINDS, type MatchReason as Reason, type MatchReasonKind as Kind } from '../../federation/identity/match-reasons.ts';
import type { SourceReport as Report } from '../../federation/source-report.ts';
import { builder } from '../builder.ts';
import { Contact } from '../contact/contact.ts';
import { describedValues } from '../described-values.ts';
import { SourceReport } from '../source/source-report.ts';
import { readDetails } from './read-details.ts';

export const MatchConfidence = builder.enumType('MatchConfidence', {
  description:
    'How sure a match is. docs/identity.md has the share of each that is right, measured on labelled data. New values may be added: treat an unknown one like POSSIBLE.',
  values: describedValues<Confidence>(MATCH_CONFIDENCES, {
    POSSIBLE:
      'For a person to check: a phone number in common under another name, a shared phone number or mailbox under the same name, or the same name at the same company. Never joined.',
    LIKELY: 'An e-mail address of their own in common, or a phone number of their own where one of the two has no name.',
    CERTAIN:
      'A phone number or an e-mail address of their own in common and a name that fits, or both a phone number and an e-mail address.',
  }),
});

export const SharedBecause = builder.enumType('SharedBecause', {
  description:
    'Why a phone number or an e-mail address is considered to be used by many. New values may be added: treat an unknown one like BY_SETTING.',
  values: describedValues<Because>(SHARED_REASONS, {
    ROLE_MAILBOX: 'A role mailbox such as info@ or sales@: those of RFC 2142, other usual ones, and those of the setting SHARED_MAILBOXES.',
    OF_COMPANY: 'A company has it, too.',
    MANY_NAMES: 'Contacts of three or more different names have it.',
    NUMBER_KIND: 'A free-phone, premium-rate, shared-cost or company-wide number.',
    BY_SETTING: 'The setting SHARED_KEYS contains it.',
  }),
});

const MatchReasonKind = builder.enumType('MatchReasonKind', {
  description: 'What two contacts were compared by. New values may be added: show an unknown one as it is.',
  values: describedValues<Kind>(MATCH_REASON_KINDS, {
    SAME_EMAIL: 'The same e-mail address.',
    SAME_PHONE: 'The same phone number.',
    SAME_NAME: 'The same words in both names, in any order, script or spelling of one sound.',
    FITTING_NAME: 'One name contains all words of the other; an initial fits a word.',
    OTHER_NAME: 'Different names. This is the only kind that speaks against a match.',
    SAME_COMPANY: 'Both work for a company of this name.',
  }),
});

export const MatchReason = builder.objectRef<Reason>('MatchReason').implement({
  description: 'One reason for or against two contacts being the same person.',
  fields: (t) => ({
    kind: t.expose('kind', { type: MatchReasonKind, nullable: false, description: 'What was compared.' }),
    value: t.exposeString('value', {
      scope: 'contacts:read',
      description: 'The value in common: the normalized phone number or e-mail address, or the name of the company. Null for names.',
    }),
    isShared: t.boolean({
      nullable: false,
      description: 'Whether many people use the value, for example a reception or info@, so that it joins nobody.',
      resolve: ({ sharedBecause }) => sharedBecause !== null,
    }),
    sharedBecause: t.expose('sharedBecause', {
      type: SharedBecause,
      description: 'Why many people are considered to use it. Null when it is their own.',
    }),
    speaksFor: t.exposeBoolean('speaksFor', {
      nullable: false,
      description: 'Whether it speaks for the match. False: it speaks against it.',
    }),
  }),
});

/** Also a member of an identity. */
export interface MatchShape {
  readonly record: ContactRecord;
  readonly confidence: Confidence;
  readonly reasons: readonly Reason[];
}

export const ContactMatch = builder.objectRef<MatchShape>('ContactMatch').implement({
  description: 'A contact that may be the same person, and the reasons.',
  fields: (t) => ({
    contact: t.field({
      type: Contact,
      nullable: false,
      scope: 'contacts:read',
      description: 'The other contact, as its CRM has it now.',
      resolve: ({ record }, _args, context, info) => readDetails(record, context, info),
    }),
    confidence: t.expose('confidence', { type: MatchConfidence, nullable: false, description: 'How sure the match is.' }),
    reasons: t.expose('reasons', {
      type: [MatchReason],
      nullable: false,
      description: 'Everything that speaks for the match, and what speaks against it. Never empty for a match.',
    }),
  }),
});

/** Matches of one contact, as they are shown. */
export interface ContactMatchesShape {
  readonly matches: readonly MatchShape[];
  readonly hasMore: boolean;
  readonly isComplete: boolean;
  readonly reports: readonly Report[];
}

/** Reports of what was found without users in it. */
export function toReportShapes(reports: readonly Report[]) {
  return reports.map((report) => ({ report, missingUserRights: async () => null }));
}

export const ContactMatches = builder.objectRef<ContactMatchesShape>('ContactMatches').implement({
  description: 'The contacts that may be the same person as one contact.',
  fields: (t) => ({
    nodes: t.field({
      type: [ContactMatch],
      nullable: false,
      description: 'The matches, the surest first.',
      resolve: ({ matches }) => matches,
    }),
    hasMore: t.exposeBoolean('hasMore', { nullable: false, description: 'Whether more matches than `first` were found.' }),
    isComplete: t.exposeBoolean('isComplete', {
      nullable: false,
      description:
        'Whether no match can be missing. False when a source failed or was not searched, when its index may be out of date, or when its own search may miss a spelling: without a match, it is then not known whether there is one.',
    }),
    sourceReports: t.field({
      type: [SourceReport],
      nullable: false,
      description: 'What each requested source contributed: one report for each. `asOf` is the time of its index where that was used.',
      resolve: ({ reports }) => toReportShapes(reports),
    }),
  }),
});
