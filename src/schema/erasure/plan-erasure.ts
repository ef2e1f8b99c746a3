import {
  PLAN_LIFE_MS,
  plannedContacts,
  planSteps,
  type ErasureStep as Step,
  type SealedPlan,
} from '../../federation/erasure/erasure-plan.ts';
import type { FoundPerson } from '../../federation/erasure/find-person.ts';
import { notCoveredBy, type UncoveredData as Uncovered } from '../../federation/erasure/not-covered.ts';
import { badUserInput } from '../bad-user-input.ts';
import { builder } from '../builder.ts';
import type { RequestContext } from '../context.ts';
import { toReportShapes } from '../identity/match.ts';
import { SourceReport } from '../source/source-report.ts';
import { SearchCoverage, UncoveredData } from './coverage.ts';
import { ErasureStep, ErasureUserError, type ErasureErrorShape } from './erasure-types.ts';
import { findByKeys, hasMoreThanPhones, hasNoKeys, PersonKeysInput, readFreshly, type PersonKeysShape } from './person-keys.ts';

const REFERENCE_LENGTH_MAX = 100;

interface ErasurePlanShape {
  readonly token: string;
  readonly expiresAt: Date;
  readonly steps: readonly Step[];
  readonly found: FoundPerson;
  readonly notCovered: readonly Uncovered[];
}
interface PlanPayloadShape {
  readonly plan: ErasurePlanShape | null;
  readonly userErrors: readonly ErasureErrorShape[];
}

const ErasurePlan = builder.objectRef<ErasurePlanShape>('ErasurePlan').implement({
  description: 'What erasing a person would do. Nothing was changed.',
  fields: (t) => ({
    token: t.exposeString('token', {
      nullable: false,
      description: 'Pass it to `executeErasure`. It is signed, and contains IDs and keyed hashes, and no personal data.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: false,
      description: 'When the token stops being valid: 15 minutes after the plan.',
    }),
    steps: t.expose('steps', {
      type: [ErasureStep],
      nullable: false,
      description: 'One step for each contact that was found, the surest first.',
    }),
    coverage: t.field({
      type: SearchCoverage,
      nullable: false,
      description: 'How thorough the search was.',
      resolve: ({ found }) => found.coverage,
    }),
    isComplete: t.boolean({
      nullable: false,
      description: 'Whether every source answered every search. A plan that is not complete is executed only with `acceptIncomplete`.',
      resolve: ({ found }) => found.isComplete,
    }),
    sourceReports: t.field({
      type: [SourceReport],
      nullable: false,
      description: 'What each source contributed: one report for each.',
      resolve: ({ found }) => toReportShapes(found.reports),
    }),
    notCovered: t.expose('notCovered', {
      type: [UncoveredData],
      nullable: false,
      description: 'What the CRMs may store about people and this gateway cannot see or erase.',
    }),
  }),
});

const PlanErasureInput = builder.inputType('PlanErasureInput', {
  description: 'Whom to erase.',
  fields: (t) => ({
    keys: t.field({ type: PersonKeysInput, required: true, description: 'Whom to look for.' }),
    reference: t.string({
      description:
        'Your case number, at most 100 characters. It is in the receipt and in the audit log, so it must not contain personal data.',
    }),
  }),
});

const PlanErasurePayload = builder.objectRef<PlanPayloadShape>('PlanErasurePayload').implement({
  description: 'The result of `planErasure`.',
  fields: (t) => ({
    plan: t.expose('plan', { type: ErasurePlan, description: 'Null when the request was refused: see `userErrors`.' }),
    userErrors: t.expose('userErrors', {
      type: [ErasureUserError],
      nullable: false,
      description: 'Why nothing was planned. Otherwise empty.',
    }),
  }),
});

builder.mutationField('planErasure', (t) =>
  t.field({
    type: PlanErasurePayload,
    description:
      'Finds a person in every source, and reports what erasing would do. Changes nothing. Cost: as `personReport`, and a read of each contact that was found.',
    scope: 'persons:erase',
    args: { input: t.arg({ type: PlanErasureInput, required: true, description: 'Whom to erase.' }) },
    resolve: (_root, { input }, context) => plan(input.keys, input.reference ?? null, context),
  }),
);

async function plan(keys: PersonKeysShape, reference: string | null, context: RequestContext): Promise<PlanPayloadShape> {
  if (hasNoKeys(keys)) return refused('NO_KEYS', 'Name at least one contact, phone number or e-mail address.', ['input', 'keys']);
  if (reference !== null && reference.length > REFERENCE_LENGTH_MAX) {
    throw badUserInput('input.reference', `at most ${REFERENCE_LENGTH_MAX} characters.`);
  }
  const { erasure, sources, caller } = context;
  const { signer } = erasure;
  const reads = readFreshly(context);
  const found = await findByKeys(keys, reads);
  if (found.hasOnlySharedKeys && (keys.contactIds ?? []).length === 0) {
    return refused('SHARED_KEY_ONLY', 'Many people use what was given: name a contact, or a phone number or e-mail address of their own.', [
      'input',
      'keys',
    ]);
  }
  const steps = await planSteps(found, hasMoreThanPhones(keys), sources, reads.readAfresh);
  const plannedAt = erasure.now();
  const expiresAt = plannedAt + PLAN_LIFE_MS;
  const sealed = {
    version: 1,
    caller: caller.name,
    reference: reference?.toWellFormed() ?? null,
    plannedAt,
    expiresAt,
    isComplete: found.isComplete,
    coverage: found.coverage,
    givenKeys: found.givenKeys.map((key) => signer.fingerprint(key)),
    keys: found.keys.map((key) => signer.fingerprint(key)),
    contacts: plannedContacts(steps, signer).map((contact) => ({ ...contact })),
  } satisfies SealedPlan;
  const token = signer.seal(sealed);
  return {
    plan: { token, expiresAt: new Date(expiresAt), steps, found, notCovered: notCoveredBy([...sources.values()]) },
    userErrors: [],
  };
}

function refused(erasureCode: ErasureErrorShape['erasureCode'], message: string, field: readonly string[]): PlanPayloadShape {
  return { plan: null, userErrors: [{ erasureCode, message, field }] };
}
