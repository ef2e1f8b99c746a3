import { describe, expect, it } from 'vitest';
import type { Fault, FaultEffect } from '../../../src/sandbox/fault.ts';
import { createRandom, shuffled } from '../../../src/sandbox/seeded-random.ts';
import { addToAddressBook, addToPortal, deleteMany, deleteOne, isStored, type SeenDeletion } from '../../support/deletions.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';

type Crm = 'onlyoffice' | 'callgear';

/** A way in which the answer to a deletion goes wrong. */
interface Spoiling {
  readonly name: string;
  readonly effect: FaultEffect;
  /** What is to be said when nothing was deleted, and the contact can be looked at afterwards. */
  readonly whenNotDone: 'INDETERMINATE' | 'FAILED' | 'REFUSED';
  /** What is to be said when it was deleted all the same; DELETED when left out. */
  readonly whenDone?: 'ALREADY_ABSENT';
  /** The CRM's own clear word that nothing was done: where that can be checked it is, and else it is believed. */
  readonly isBelieved?: boolean;
}

const json = (status: number, body: unknown): FaultEffect => ({
  kind: 'respond',
  status,
  contentType: 'application/json',
  body: JSON.stringify(body),
});
const apiError = (status: number, message: string) =>
  json(status, { status: 1, statusCode: status, error: { message, hresult: -1, data: {} } });
const rpcError = (mnemonic: string, code = -32602) =>
  json(200, {
    jsonrpc: '2.0',
    id: null,
    error: { code, message: mnemonic, data: { mnemonic, field: null, value: null, params: {}, extended_helper: null } },
  });
const html = (status: number): FaultEffect => ({
  kind: 'respond',
  status,
  contentType: 'text/html',
  body: `<html><title>${status}</title></html>`,
});

/** Of the network, and of whatever stands between. */
const ON_THE_WAY: readonly Spoiling[] = [
  { name: 'reset', effect: { kind: 'reset' }, whenNotDone: 'INDETERMINATE' },
  { name: 'hang', effect: { kind: 'hang' }, whenNotDone: 'INDETERMINATE' },
  { name: '500', effect: { kind: 'respond', status: 500 }, whenNotDone: 'INDETERMINATE' },
  { name: '502 in HTML', effect: html(502), whenNotDone: 'INDETERMINATE' },
  { name: '504 in HTML', effect: html(504), whenNotDone: 'INDETERMINATE' },
  {
    name: 'truncated JSON',
    effect: { kind: 'respond', status: 200, contentType: 'application/json', body: '{"status":0,"statusCode":200,"respon' },
    whenNotDone: 'INDETERMINATE',
  },
  { name: 'an empty body', effect: { kind: 'respond', status: 200, contentType: 'application/json' }, whenNotDone: 'INDETERMINATE' },
  { name: 'a redirect', effect: { ...html(302), headers: { location: '/login' } } as FaultEffect, whenNotDone: 'INDETERMINATE' },
];

const SPOILINGS: Readonly<Record<Crm, readonly Spoiling[]>> = {
  onlyoffice: [
    ...ON_THE_WAY,
    { name: '500 of the API', effect: apiError(500, 'Object reference not set'), whenNotDone: 'FAILED' },
    { name: '401', effect: { kind: 'respond', status: 401, body: 'Unauthorized' }, whenNotDone: 'FAILED', isBelieved: true },
    { name: '403 of the API', effect: apiError(403, 'Access Denied'), whenNotDone: 'REFUSED', isBelieved: true },
    { name: '403 in HTML', effect: html(403), whenNotDone: 'FAILED' },
    { name: '400 of the API', effect: apiError(400, 'bad path'), whenNotDone: 'FAILED' },
    { name: '403 of a transaction', effect: apiError(403, 'Transaction already open.'), whenNotDone: 'FAILED' },
    { name: '404 of the API', effect: apiError(404, 'Not found'), whenNotDone: 'FAILED', whenDone: 'ALREADY_ABSENT' },
    { name: '404 in HTML', effect: html(404), whenNotDone: 'FAILED' },
    { name: '503', effect: html(503), whenNotDone: 'FAILED' },
  ],
  callgear: [
    ...ON_THE_WAY,
    { name: '401', effect: html(401), whenNotDone: 'FAILED' },
    { name: '403', effect: html(403), whenNotDone: 'FAILED' },
    { name: '404', effect: html(404), whenNotDone: 'FAILED' },
    { name: 'internal_error', effect: rpcError('internal_error', -32603), whenNotDone: 'FAILED' },
    { name: 'access_token_invalid', effect: rpcError('access_token_invalid', -32001), whenNotDone: 'FAILED', isBelieved: true },
    { name: 'account_inactive', effect: rpcError('account_inactive', -32009), whenNotDone: 'FAILED', isBelieved: true },
    { name: 'dependency_error', effect: rpcError('dependency_error'), whenNotDone: 'REFUSED', isBelieved: true },
    { name: 'forbidden', effect: rpcError('forbidden', -32003), whenNotDone: 'REFUSED', isBelieved: true },
    { name: 'entity_not_found', effect: rpcError('entity_not_found'), whenNotDone: 'FAILED', whenDone: 'ALREADY_ABSENT' },
    { name: 'unexpected_parameters', effect: rpcError('unexpected_parameters'), whenNotDone: 'FAILED', isBelieved: true },
    { name: 'data_type_error', effect: rpcError('data_type_error'), whenNotDone: 'FAILED', isBelieved: true },
  ],
};

/** Whether the contact can be looked at after its deletion. */
type LookingBack = 'works' | 'fails' | 'hangs';

interface Run {
  readonly crm: Crm;
  readonly spoiling: Spoiling;
  /** Whether the CRM carries the deletion out before it spoils the answer. */
  readonly when: 'before' | 'after';
  readonly lookingBack: LookingBack;
  readonly isBulk: boolean;
}

const CONTACTS_PER_RUN = 4;
const SEED = 20_240_229;

/** Every spoiling at every CRM, carried out and not, with the rest by lot. */
function runsOf(seed: number): readonly Run[] {
  const random = createRandom(seed);
  const crms: readonly Crm[] = ['onlyoffice', 'callgear'];
  const runs = crms.flatMap((crm) =>
    SPOILINGS[crm].flatMap((spoiling) =>
      (['before', 'after'] as const).map((when): Run => {
        const canLie = spoiling.isBelieved !== true || when === 'before';
        const lot = canLie ? random() : 0;
        // Reads that hang cost the most time.
        const lookingBack = lot < 0.6 ? 'works' : lot < 0.95 ? 'fails' : 'hangs';
        // CallGear's reads are told apart by their number alone, and only those of one request come in a known order.
        const isBulk = random() < 0.5 || (crm === 'callgear' && lookingBack !== 'works');
        return { crm, spoiling, when, lookingBack, isBulk };
      }),
    ),
  );
  return shuffled(runs, random);
}

const RUNS = runsOf(SEED);

describe(`${RUNS.length * CONTACTS_PER_RUN} deletions whose answers are spoilt (seed ${SEED})`, () => {
  it.concurrent.each(
    RUNS.map((run) => [run.crm, run.spoiling.name, run.when, run.isBulk ? 'together' : 'singly', run.lookingBack, run] as const),
  )(
    '%s, %s, %s it is done, %s, looking back %s: never sent twice, never said to be what it is not',
    async (_crm, _name, _when, _isBulk, _lookingBack, run) => {
      await using gateway = await startGatewayFor(run);
      const contacts = Array.from({ length: CONTACTS_PER_RUN }, () =>
        run.crm === 'onlyoffice' ? addToPortal(gateway) : addToAddressBook(gateway),
      );
      const ids = contacts.map(({ contactId }) => contactId);
      gateway[run.crm].setFaults(
        faultsOf(
          run,
          contacts.map(({ id }) => id),
        ),
      );

      const deletions = run.isBulk
        ? (await deleteMany(gateway, ids)).deletions
        : (await Promise.all(ids.map((id) => deleteOne(gateway, id)))).map(({ deletion }) => deletion);

      for (const [index, { id }] of contacts.entries()) {
        const deletion = deletions[index];
        expectTruth(deletion, isStored(gateway, run.crm, id));
        expectSentOnce(gateway, run, id);
        if (run.lookingBack === 'works') expectSettled(deletion, run);
      }
    },
  );
});

async function startGatewayFor({ crm, spoiling }: Run): Promise<TestGateway> {
  return startTestGateway({
    population: { onlyoffice: 1, kommo: 1, callgear: 1 },
    kommo: null,
    ...(crm === 'onlyoffice' ? { callgear: null } : { onlyoffice: null }),
    // Ample, so that a busy machine is not taken for a CRM that hangs.
    environment: { SOURCE_TIMEOUT_MS: '10000', WRITE_TIMEOUT_MS: spoiling.name === 'hang' ? '1500' : '25000' },
  });
}

/** The first read of each contact is left alone: it is the one before the deletion. */
function faultsOf({ crm, spoiling, when, lookingBack }: Run, ids: readonly number[]): Fault[] {
  const deletion = crm === 'onlyoffice' ? 'DELETE /api/2.0/crm/contact/*' : 'POST delete.contacts';
  const reads = crm === 'onlyoffice' ? ids.map((id) => `GET /api/2.0/crm/contact/${id}`) : ['POST get.contacts'];
  const effect = LOOKING_BACK[lookingBack];
  return [
    { route: deletion, when, effect: spoiling.effect },
    ...(effect === null ? [] : reads.map((route) => ({ route, skip: 1, effect }))),
  ];
}

const LOOKING_BACK: Readonly<Record<LookingBack, FaultEffect | null>> = {
  works: null,
  fails: { kind: 'respond', status: 500 },
  hangs: { kind: 'hang' },
};

function expectTruth(deletion: SeenDeletion | undefined, isThere: boolean): void {
  const claim = { DELETED: false, ALREADY_ABSENT: false, FAILED: true, REFUSED: true }[deletion?.outcome ?? ''];
  if (claim === undefined) expect(deletion?.outcome).toBe('INDETERMINATE');
  else expect({ outcome: deletion?.outcome, isThere }).toEqual({ outcome: deletion?.outcome, isThere: claim });
}

/** A contact may be named once more, alone, when CallGear has clearly refused it together with others. */
function expectSentOnce(gateway: TestGateway, { crm, spoiling, isBulk }: Run, id: number): void {
  const sent = gateway
    .requests(crm)
    .filter(({ method, url, body }) => (crm === 'onlyoffice' ? method === 'DELETE' && url.endsWith(`/${id}`) : names(body, id)));
  const isRefusedTogether = isBulk && crm === 'callgear' && REFUSALS_OF_ONE_CALL.has(spoiling.name);
  expect(sent.length).toBeLessThanOrEqual(isRefusedTogether ? 2 : 1);
  expect(sent.filter(({ didWrite }) => didWrite).length).toBeLessThanOrEqual(1);
  expect(sent.every(({ wasAborted }) => !wasAborted || spoiling.name === 'hang')).toBe(true);
}

const REFUSALS_OF_ONE_CALL = new Set(['dependency_error', 'forbidden', 'entity_not_found', 'unexpected_parameters', 'data_type_error']);

function names(body: unknown, id: number): boolean {
  const { method, params } = body as { method: string; params: { id?: number; ids?: readonly number[] } };
  return method === 'delete.contacts' && (params.id === id || params.ids?.includes(id) === true);
}

function expectSettled(deletion: SeenDeletion | undefined, { crm, spoiling, when, isBulk }: Run): void {
  // A batch that CallGear refuses is looked into first, and what is gone by then was deleted by it.
  const isLookedInto = isBulk && crm === 'callgear' && spoiling.whenDone !== undefined;
  const whenDone = isLookedInto ? 'DELETED' : (spoiling.whenDone ?? 'DELETED');
  expect(deletion?.outcome).toBe(when === 'after' ? whenDone : spoiling.whenNotDone);
}
