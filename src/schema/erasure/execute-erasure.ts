import type { GraphQLResolveInfo } from 'graphql';
import type { ContactKey } from '../../datasources/port/identity/contact-key.ts';
import { SourceError } from '../../datasources/port/source-error.ts';
import type { ContactRecord } from '../../datasources/port/records/contact.ts';
import { deleteContacts, DELETION_IDS_MAX, type ContactDeletionRecord } from '../../federation/deletion.ts';
import { planSteps, toSealedPlan, type ErasureStep as Step, type SealedPlan } from '../../federation/erasure/erasure-plan.ts';
import {
  keysOfAll,
  receiptOf,
  rereadPlan,
  uniqueKeys,
  verifyErased,
  type ErasureVerification as Verification,
  type RereadContact,
} from '../../federation/erasure/erasure-run.ts';
import type { SignedDocument } from '../../federation/erasure/erasure-signer.ts';
import { encodeSourceId } from '../../federation/source-id.ts';
import { authorize } from '../authorize.ts';
import { builder } from '../builder.ts';
import type { RequestContext } from '../context.ts';
import { ContactDeletion, type ContactDeletionShape } from '../deletion/contact-deletion.ts';
import { ErasureReceipt, ErasureStep, ErasureUserError, ErasureVerification, type ErasureErrorShape } from './erasure-types.ts';
import { readFreshly, type FreshReads } from './person-keys.ts';

interface ExecutePayloadShape {
  readonly deletions: readonly ContactDeletionShape[];
  readonly byHand: readonly Step[];
  readonly verification: Verification | null;
  readonly receipt: SignedDocument | null;
  readonly userErrors: readonly ErasureErrorShape[];
}

const ExecuteErasureInput = builder.inputType('ExecuteErasureInput', {
  description: 'A plan, and the contacts of it to delete.',
  fields: (t) => ({
    token: t.string({ required: true, description: '`ErasurePlan.token`, at most 15 minutes old.' }),
    contactIds: t.idList({
      required: true,
      description: 'At most 25 `Contact.id` of the plan. Contacts to DECIDE about are deleted only if they are named here.',
    }),
    acceptIncomplete: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Whether to execute a plan although a source could not be searched.',
    }),
  }),
});

const ExecuteErasurePayload = builder.objectRef<ExecutePayloadShape>('ExecuteErasurePayload').implement({
  description: 'The result of `executeErasure`.',
  isAlwaysAnswered: true,
  fields: (t) => ({
    deletions: t.expose('deletions', {
      type: [ContactDeletion],
      nullable: false,
      description: 'One result for each contact that was named and had not changed since the plan.',
    }),
    byHand: t.expose('byHand', {
      type: [ErasureStep],
      nullable: false,
      description: 'The contacts of the plan that a person still has to delete in the CRM, with links.',
    }),
    verification: t.expose('verification', {
      type: ErasureVerification,
      description: 'What was found when the person was searched for again. Null when the request was refused.',
    }),
    receipt: t.expose('receipt', { type: ErasureReceipt, description: 'The signed proof. Null when the request was refused.' }),
    userErrors: t.expose('userErrors', {
      type: [ErasureUserError],
      nullable: false,
      description: 'Why the request was refused, or which contacts were not deleted because they had changed.',
    }),
  }),
});

builder.mutationField('executeErasure', (t) =>
  t.field({
    type: ExecuteErasurePayload,
    description:
      'Deletes the contacts of a plan that are named again here, searches for the person again, and returns a signed receipt. A contact that has changed since the plan is not deleted. Each deletion is sent at most once. Also needs the scope `contacts:delete`. Cost: 2 reads of each contact of the plan, 1 write per contact, and the searches of `personReport`.',
    scope: 'persons:erase',
    args: { input: t.arg({ type: ExecuteErasureInput, required: true, description: 'The plan, and the contacts to delete.' }) },
    resolve: async (_root, { input }, context, info) => {
      authorize('contacts:delete', context);
      const contactIds = [...new Set(input.contactIds.map(String))];
      const plan = toSealedPlan(context.erasure.signer.unseal(input.token));
      const refusal = refusalOf(plan, contactIds, input.acceptIncomplete, context);
      if (plan === null || refusal !== null)
        return { deletions: [], byHand: [], verification: null, receipt: null, userErrors: refusal ?? [] };
      return execute(plan, contactIds, context, info);
    },
  }),
);

/** Why nothing is done; null when nothing speaks against it. */
function refusalOf(
  plan: SealedPlan | null,
  contactIds: readonly string[],
  acceptsIncomplete: boolean,
  { erasure, caller }: RequestContext,
): readonly ErasureErrorShape[] | null {
  const refuse = (erasureCode: ErasureErrorShape['erasureCode'], message: string, ...field: string[]) => [
    { erasureCode, message, field: ['input', ...field] },
  ];
  if (plan === null) return refuse('PLAN_NOT_OURS', 'This gateway did not make this token. Plan again.', 'token');
  if (erasure.now() >= plan.expiresAt) return refuse('PLAN_EXPIRED', 'The plan is too old. Plan again.', 'token');
  if (erasure.isFourEyes && plan.caller === caller.name) {
    return refuse('SECOND_PERSON_NEEDED', 'Another caller than the one who planned has to execute the plan.', 'token');
  }
  if (contactIds.length > DELETION_IDS_MAX) {
    return refuse('TOO_MANY_IDS', `At most ${DELETION_IDS_MAX} contacts at once, not ${contactIds.length}.`, 'contactIds');
  }
  const stranger = contactIds.findIndex((id) => !plan.contacts.some((contact) => contact.id === id));
  if (stranger !== -1) return refuse('CONTACT_NOT_IN_PLAN', 'This contact is not in the plan.', 'contactIds', String(stranger));
  if (!plan.isComplete && !acceptsIncomplete) {
    return refuse('PLAN_INCOMPLETE', 'A source could not be searched. Plan again, or set acceptIncomplete.', 'acceptIncomplete');
  }
  return null;
}

async function execute(
  plan: SealedPlan,
  contactIds: readonly string[],
  context: RequestContext,
  _info: GraphQLResolveInfo,
): Promise<ExecutePayloadShape> {
  const { erasure, sources, caller, requestId } = context;
  const { signer, now } = erasure;
  const startedAt = new Date(now());
  const before = readFreshly(context);
  const reread = await rereadPlan(plan, sources, before.readAfresh, signer);
  const changed = contactIds.filter((id) => reread.get(id)?.isChanged === true);
  const unchanged = contactIds.filter((id) => !changed.includes(id));
  const deletions = await deleteThem(unchanged, reread, context);
  const after = readFreshly(context);
  const known = [...reread.values()].flatMap(({ record }) => (record === null || record instanceof SourceError ? [] : [record]));
  const toBeGone = plan.contacts.filter(({ id, action }) => contactIds.includes(id) || action !== 'DECIDE').map(({ id }) => id);
  const wanted = known.filter((record) => toBeGone.includes(encodeSourceId(record)));
  const { kit } = after.universe;
  const isOfPlan = (key: ContactKey) => plan.keys.includes(signer.fingerprint(key));
  // Besides those of the contacts that are to be gone: what the plan was made from may be on others, which it is then left on.
  const keys = uniqueKeys([...keysOfAll(wanted, kit), ...keysOfAll(known, kit).filter(isOfPlan)]);
  const isUnsearched = keys.length === 0 && plan.keys.length > 0;
  const verification = await verifyErased({ keys, isUnsearched, ids: toBeGone, ...after, now });
  const byHand = await stepsByHand(plan, deletions, wanted, before, context);
  const receipt = signer.sign(
    receiptOf(
      {
        plan,
        caller: caller.name,
        requestId,
        startedAt,
        deletions,
        changed,
        byHand: byHand.map(({ match }) => encodeSourceId(match.record)),
        verification,
      },
      signer.keyId,
    ),
  );
  erasure.audit({ reference: plan.reference, receiptSha256: receipt.sha256, status: verification.status });
  return {
    deletions: deletions.map((deletion) => ({
      deletion,
      field: ['input', 'contactIds', String(contactIds.indexOf(deletion.contactId))],
    })),
    byHand,
    verification,
    receipt,
    userErrors: changed.map((id) => ({
      erasureCode: 'CONTACT_CHANGED',
      message: 'The contact was changed after the plan was made, and was not deleted.',
      field: ['input', 'contactIds', String(contactIds.indexOf(id))],
    })),
  };
}

/** Deletes with the records that were compared with the plan, so that nothing is deleted that was not looked at. */
function deleteThem(
  ids: readonly string[],
  reread: ReadonlyMap<string, RereadContact>,
  { sources, call, meter, deadline, announceDeletion, auditDeletion }: RequestContext,
): Promise<readonly ContactDeletionRecord[]> {
  return deleteContacts(ids, {
    sources,
    dryRun: false,
    read: async ({ source, entity, idInSource }) => {
      const known = reread.get(encodeSourceId({ source: source.name, entity, idInSource }))?.record ?? null;
      if (known instanceof SourceError) throw known;
      return known;
    },
    readAround: async () => undefined,
    write: { meter, deadline, ...(call.turn && { turn: call.turn }) },
    signal: call.signal,
    announce: announceDeletion,
    audit: auditDeletion,
  });
}

/** What is left for people: contacts that no program deletes, and those whose deletion the CRM refused. */
async function stepsByHand(
  plan: SealedPlan,
  deletions: readonly ContactDeletionRecord[],
  records: readonly ContactRecord[],
  { readAfresh }: FreshReads,
  { sources }: RequestContext,
): Promise<readonly Step[]> {
  const refused = new Set(
    deletions.filter(({ outcome }) => outcome === 'REFUSED' || outcome === 'UNSUPPORTED').map(({ contactId }) => contactId),
  );
  const planned = new Set(plan.contacts.filter(({ action }) => action === 'BY_HAND').map(({ id }) => id));
  const left = records.filter((record) => refused.has(encodeSourceId(record)) || planned.has(encodeSourceId(record)));
  const matches = left.map((record) => ({ record, confidence: 'CERTAIN' as const, reasons: [] }));
  const found = {
    matches,
    coverage: 'SEARCHED' as const,
    isComplete: true,
    reports: [],
    hasContradictions: false,
    hasOnlySharedKeys: false,
    givenKeys: [],
    keys: [],
  };
  const steps = await planSteps(found, true, sources, readAfresh);
  return steps.map((step) => ({ ...step, action: 'BY_HAND' }));
}
