import { ERASURE_ACTIONS, type ErasureAction as Action, type ErasureStep as Step } from '../../federation/erasure/erasure-plan.ts';
import {
  VERIFICATION_STATUSES,
  type ErasureVerification as Verification,
  type VerificationStatus as Status,
} from '../../federation/erasure/erasure-run.ts';
import type { SignedDocument } from '../../federation/erasure/erasure-signer.ts';
import { builder } from '../builder.ts';
import { DeletionOutcome } from '../deletion/contact-deletion.ts';
import { UserError } from '../deletion/user-error.ts';
import { describedValues } from '../described-values.ts';
import { ContactMatch, toReportShapes } from '../identity/match.ts';
import { SourceReport } from '../source/source-report.ts';
import { SearchCoverage } from './coverage.ts';

const CODES = {
  NO_KEYS: { description: 'No contact, phone number or e-mail address was given.' },
  SHARED_KEY_ONLY: { description: 'Everything that was given is used by many people, for example info@ or a reception.' },
  PLAN_EXPIRED: { description: 'The plan is older than 15 minutes. Plan again.' },
  PLAN_NOT_OURS: { description: 'The token was not made by this gateway, or was changed, or was made before a restart without STATE_KEY.' },
  PLAN_INCOMPLETE: { description: 'A source could not be searched while planning. Plan again, or pass `acceptIncomplete`.' },
  CONTACT_CHANGED: { description: 'The contact was changed after the plan was made, and was not deleted. Plan again.' },
  CONTACT_NOT_IN_PLAN: { description: 'The contact is not in the plan. Nothing was done.' },
  SECOND_PERSON_NEEDED: {
    description: 'Another caller than the one who planned has to execute the plan (ERASURE_FOUR_EYES). Nothing was done.',
  },
  TOO_MANY_IDS: { description: 'More IDs than one mutation may take. Nothing was done.' },
} as const;

/** Why an erasure was not planned or not carried out. */
export interface ErasureErrorShape {
  readonly erasureCode: keyof typeof CODES;
  readonly message: string;
  readonly field: readonly string[] | null;
}

const ErasureErrorCode = builder.enumType('ErasureErrorCode', {
  description: 'Why something was not planned or not erased. New values may be added: treat an unknown one like PLAN_NOT_OURS.',
  values: CODES,
});

export const ErasureUserError = builder.objectRef<ErasureErrorShape>('ErasureUserError').implement({
  description: 'Why something was not planned or not erased, where the caller can correct it.',
  isAlwaysAnswered: true,
  interfaces: [UserError],
  fields: (t) => ({
    code: t.expose('erasureCode', { type: ErasureErrorCode, nullable: false, description: 'The reason, for programs.' }),
  }),
});

const ErasureAction = builder.enumType('ErasureAction', {
  description: 'What has to happen to a contact. New values may be added: treat an unknown one like DECIDE.',
  values: describedValues<Action>(ERASURE_ACTIONS, {
    DELETE: 'The gateway can delete it.',
    BY_HAND: 'A person has to delete it in the CRM, which does not let programs do it, or refuses, for example because of an invoice.',
    DECIDE: 'A person has to decide whether it is a record of this person. It is deleted only if it is named.',
  }),
});

export const ErasureStep = builder.objectRef<Step>('ErasureStep').implement({
  description: 'What erasing would do to one contact.',
  isAlwaysAnswered: true,
  fields: (t) => ({
    match: t.expose('match', {
      type: ContactMatch,
      nullable: false,
      description: 'The contact, and why it is considered a record of the person.',
    }),
    action: t.expose('action', { type: ErasureAction, nullable: false, description: 'What has to happen.' }),
    outcome: t.expose('outcome', { type: DeletionOutcome, nullable: false, description: 'As in a dry run of `deleteContact`.' }),
    url: t.exposeString('url', {
      description: "The contact's page in the CRM's web interface, where a person can delete it; http or https. Null where there is none.",
    }),
  }),
});

const ErasureVerificationStatus = builder.enumType('ErasureVerificationStatus', {
  description: 'Whether anything of a person is left. New values may be added: treat an unknown one like NOT_KNOWN.',
  values: describedValues<Status>(VERIFICATION_STATUSES, {
    CLEAN: 'Every source answered, and nothing was found.',
    REMAINS: 'Something was found: see `remaining`.',
    NOT_KNOWN: 'Nothing was found, but a source could not be searched or read, or there was nothing left to search for.',
  }),
});

export const ErasureVerification = builder.objectRef<Verification>('ErasureVerification').implement({
  description: 'What was found when the person was searched for again.',
  isAlwaysAnswered: true,
  fields: (t) => ({
    status: t.expose('status', { type: ErasureVerificationStatus, nullable: false, description: 'Whether anything is left.' }),
    checkedAt: t.expose('checkedAt', { type: 'DateTime', nullable: false, description: 'When the search ended.' }),
    coverage: t.expose('coverage', { type: SearchCoverage, nullable: false, description: 'How thorough the search was.' }),
    remaining: t.expose('remaining', { type: [ContactMatch], nullable: false, description: 'The contacts that are still there.' }),
    sourceReports: t.field({
      type: [SourceReport],
      nullable: false,
      description: 'What each source contributed: one report for each.',
      resolve: ({ reports }) => toReportShapes(reports),
    }),
  }),
});

export const ErasureReceipt = builder.objectRef<SignedDocument>('ErasureReceipt').implement({
  description:
    'Proof of what was done: who, when, what was sent, what the CRMs answered, and what is left. It names nobody: contacts by ID, phone numbers and e-mail addresses as keyed hashes. docs/erasure.md shows how to verify it with openssl.',
  isAlwaysAnswered: true,
  fields: (t) => ({
    document: t.exposeString('document', { nullable: false, description: 'The signed text: canonical JSON (RFC 8785).' }),
    sha256: t.exposeString('sha256', {
      nullable: false,
      description: 'The SHA-256 hash of `document` in hexadecimal digits. It is also in the audit log.',
    }),
    signature: t.exposeString('signature', {
      nullable: false,
      description: 'The Ed25519 signature of the bytes of `document`, in base64.',
    }),
    keyId: t.exposeString('keyId', {
      nullable: false,
      description: 'The first 16 hexadecimal digits of the SHA-256 hash of the public key in DER format.',
    }),
  }),
});
