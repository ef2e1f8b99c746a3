import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createPopulation } from '../../../src/sandbox/population.ts';
import { encodeSourceId } from '../../../src/federation/source-id.ts';
import { startTestGateway, type TestGateway, type TestGatewayOptions } from '../../support/gateway.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const RECEIPT_KEY = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const POPULATION = { seed: 5, onlyoffice: 60, kommo: 60, callgear: 60 };
const ENVIRONMENT = { RECEIPT_KEY, DEFAULT_COUNTRY: 'RU' };

interface Step {
  readonly action: string;
  readonly outcome: string;
  readonly url: string | null;
  readonly match: { readonly confidence: string; readonly contact: { readonly id: string; readonly source: { readonly name: string } } };
}
interface UserError {
  readonly code: string;
  readonly field: readonly string[] | null;
}
interface Plan {
  readonly planErasure: {
    readonly plan: {
      readonly token: string;
      readonly steps: readonly Step[];
      readonly isComplete: boolean;
      readonly coverage: string;
      readonly notCovered: readonly { readonly what: string }[];
    } | null;
    readonly userErrors: readonly UserError[];
  };
}
interface Execution {
  readonly executeErasure: {
    readonly deletions: readonly { readonly contactId: string; readonly outcome: string }[];
    readonly byHand: readonly Step[];
    readonly verification: { readonly status: string; readonly remaining: readonly { readonly contact: { readonly id: string } }[] } | null;
    readonly receipt: { readonly document: string; readonly sha256: string; readonly signature: string; readonly keyId: string } | null;
    readonly userErrors: readonly UserError[];
  };
}

const STEP = 'action outcome url match { confidence contact { id source { name } } }';
const PLAN = `mutation ($keys: PersonKeysInput!, $reference: String) {
  planErasure(input: { keys: $keys, reference: $reference }) {
    plan { token expiresAt isComplete coverage steps { ${STEP} } notCovered { what source { name } } sourceReports { status } }
    userErrors { code field message }
  }
}`;
const EXECUTE = `mutation ($token: String!, $ids: [ID!]!, $acceptIncomplete: Boolean! = false) {
  executeErasure(input: { token: $token, contactIds: $ids, acceptIncomplete: $acceptIncomplete }) {
    deletions { contactId outcome }
    byHand { ${STEP} }
    verification { status remaining { contact { id } } sourceReports { status } }
    receipt { document sha256 signature keyId }
    userErrors { code field message }
  }
}`;

function start(options: TestGatewayOptions = {}): Promise<TestGateway> {
  return startTestGateway({ population: POPULATION, ...options, environment: { ...ENVIRONMENT, ...options.environment } });
}

/** Somebody whom ONLYOFFICE and another CRM know, by an e-mail address that both have. */
function personIn(...crms: readonly string[]) {
  const people = createPopulation(POPULATION).people.filter((person) => person.crms.join() === crms.join() && person.emails.length > 0);
  const [person] = people;
  if (person === undefined) throw new Error('nobody');
  return person;
}

async function plan(gateway: TestGateway, keys: object, reference?: string) {
  return (await gateway.ask<Plan>(PLAN, { keys, reference })).planErasure;
}
async function execute(gateway: TestGateway, token: string, ids: readonly string[], acceptIncomplete = false) {
  return (await gateway.ask<Execution>(EXECUTE, { token, ids, acceptIncomplete })).executeErasure;
}
const idsOf = (steps: readonly Step[] | undefined, action = 'DELETE') =>
  (steps ?? []).filter((step) => step.action === action).map(({ match }) => match.contact.id);

describe('a plan of erasure', () => {
  test('finds the person in every CRM, changes nothing, and holds no personal data in its token', async () => {
    await using gateway = await start();
    const person = personIn('onlyoffice', 'callgear');
    const { plan: made, userErrors } = await plan(gateway, { emails: [person.emails[0]?.toUpperCase()] }, 'case 7');

    expect(userErrors).toEqual([]);
    const sources = made?.steps.map(({ match }) => match.contact.source.name) ?? [];
    expect(new Set(sources)).toEqual(new Set(['onlyoffice', 'callgear']));
    expect(made?.isComplete).toBe(true);
    expect(made?.coverage).toBe('SEARCHED');
    expect(made?.notCovered.length).toBeGreaterThan(5);
    const content = Buffer.from(made?.token.split('.')[0] ?? '', 'base64url')
      .toString('utf8')
      .toLowerCase();
    for (const text of [...person.emails, ...person.phones, person.lastName]) expect(content).not.toContain(text.toLowerCase());
    expect([gateway.onlyoffice.writeCount, gateway.kommo.countWrites()]).toEqual([0, 0]);
  });

  test('decides nothing where only a phone was given, and Kommo is for people', async () => {
    await using gateway = await start();
    const person = createPopulation(POPULATION).people.find(({ phones, crms }) => phones.length > 0 && crms.includes('kommo'));
    const { plan: made } = await plan(gateway, { phones: [person?.phones[0]] });
    expect(made?.steps.length).toBeGreaterThan(0);
    expect(made?.steps.map(({ action }) => action)).toEqual(made?.steps.map(() => 'DECIDE'));

    const both = personIn('onlyoffice', 'kommo');
    const steps = (await plan(gateway, { emails: both.emails })).plan?.steps ?? [];
    const kommo = steps.filter(({ match }) => match.contact.source.name === 'kommo');
    expect(kommo.length).toBeGreaterThan(0);
    for (const { action, outcome, url } of kommo) expect([action, outcome, url !== null]).toEqual(['BY_HAND', 'UNSUPPORTED', true]);
  });

  test.each([
    ['a couple with one mailbox', 'Anna Weber', 'Alfred Weber', { emails: ['home@family.example'] }, 'DECIDE'],
    ['a married name', 'Anna Weber', 'Anna Schmidt', { emails: ['home@family.example'] }, 'DECIDE'],
    ['names that contradict', 'Anna Weber', 'Paul Schmidt', { emails: ['home@family.example'] }, 'DECIDE'],
    ['a misspelled name', 'Anna Weber', 'Anne Weber', { emails: ['home@family.example'] }, 'DELETE'],
    ['a phone alone', 'Anna Weber', 'Anna Weber', { phones: ['+49 151 12345678'] }, 'DECIDE'],
  ] as const)('of %s: is every step for people where it is in doubt', async (_what, one, other, keys, action) => {
    await using gateway = await start();
    for (const [index, name] of [one, other].entries()) {
      const [first_name, last_name] = name.split(' ');
      Object.assign(gateway.callgear.contacts[index] ?? {}, {
        first_name,
        last_name,
        full_name: `${last_name} ${first_name}`,
        emails: ['home@family.example'],
        phone_numbers: index === 0 || action !== 'DECIDE' || 'phones' in keys ? ['4915112345678'] : [],
      });
    }
    const { plan: made } = await plan(gateway, keys);

    expect(made?.steps.map((step) => step.action)).toEqual([action, action]);
  });

  test.each([
    [{}, 'NO_KEYS'],
    [{ name: 'Anna Weber' }, 'NO_KEYS'],
    [{ emails: ['info@company-1.example'] }, 'SHARED_KEY_ONLY'],
  ])('for %j is refused with %s', async (keys, code) => {
    await using gateway = await start();
    const { plan: made, userErrors } = await plan(gateway, keys);

    expect(made).toBeNull();
    expect(userErrors.map((error) => error.code)).toEqual([code]);
  });
});

describe('an erasure', () => {
  test('deletes what was named, finds nothing afterwards, and signs a receipt that openssl verifies', async () => {
    await using gateway = await start();
    const person = personIn('onlyoffice', 'callgear');
    const { plan: made } = await plan(gateway, { emails: person.emails }, 'case 7');
    const ids = idsOf(made?.steps);
    expect(ids.length).toBeGreaterThanOrEqual(2);

    const done = await execute(gateway, made?.token ?? '', ids);

    expect(done.userErrors).toEqual([]);
    expect(done.deletions.map(({ outcome }) => outcome)).toEqual(ids.map(() => 'DELETED'));
    expect(done.verification?.status).toBe('CLEAN');
    const { document = '', signature = '', sha256 } = done.receipt ?? {};
    expect(JSON.parse(document)).toMatchObject({ reference: 'case 7', steps: ids.map((contactId) => ({ contactId, outcome: 'DELETED' })) });
    for (const text of [...person.emails, ...person.phones, person.lastName])
      expect(document.toLowerCase()).not.toContain(text.toLowerCase());
    expect(isVerified(document, signature)).toBe(true);
    expect(isVerified(document.replace('DELETED', 'FAILED!'), signature)).toBe(false);
    const audit = gateway.log.filter(({ members }) => 'receiptSha256' in members);
    expect(audit.map(({ members }) => members)).toMatchObject([{ receiptSha256: sha256, reference: 'case 7', status: 'CLEAN' }]);
    const logged = JSON.stringify(gateway.log).toLowerCase();
    for (const text of person.emails) expect(logged).not.toContain(text.toLowerCase());

    const again = await gateway.ask<{ verifyErasure: { status: string } }>(
      'query ($receipt: String!, $keys: PersonKeysInput!) { verifyErasure(receipt: $receipt, keys: $keys) { status } }',
      { receipt: document, keys: { emails: person.emails } },
    );
    expect(again.verifyErasure.status).toBe('CLEAN');
  });

  test('sends no deletion twice, whatever is executed again', async () => {
    await using gateway = await start();
    const { plan: made } = await plan(gateway, { emails: personIn('onlyoffice', 'callgear').emails });
    const ids = idsOf(made?.steps);
    await execute(gateway, made?.token ?? '', ids);
    const deletionsOf = () =>
      gateway.requests().filter(({ route, didWrite }) => didWrite && (route.startsWith('DELETE') || route.includes('delete.contacts')));
    const sent = deletionsOf().length;

    const again = await execute(gateway, made?.token ?? '', ids);

    expect(again.deletions.map(({ outcome }) => outcome)).toEqual(ids.map(() => 'ALREADY_ABSENT'));
    expect(deletionsOf().length).toBe(sent);
  });

  test('does not delete what was edited after the plan', async () => {
    await using gateway = await start();
    const person = personIn('onlyoffice', 'callgear');
    const { plan: made } = await plan(gateway, { emails: person.emails });
    const stored = gateway.callgear.contacts.find(({ personIndex }) => personIndex === person.index);
    if (stored !== undefined) stored.last_name = 'Edited';
    const edited = encodeSourceId({ source: 'callgear', entity: 'contact', idInSource: String(stored?.id) });

    const done = await execute(gateway, made?.token ?? '', idsOf(made?.steps));

    expect(done.userErrors.map(({ code }) => code)).toEqual(['CONTACT_CHANGED']);
    expect(done.deletions.map(({ contactId }) => contactId)).not.toContain(edited);
    expect(gateway.callgear.contacts.some(({ id }) => id === stored?.id)).toBe(true);
    expect(done.verification?.status).toBe('REMAINS');
  });

  test('leaves Kommo to people: nothing is written to it, and what is left is said', async () => {
    await using gateway = await start();
    const { plan: made } = await plan(gateway, { emails: personIn('onlyoffice', 'kommo').emails });

    const done = await execute(gateway, made?.token ?? '', idsOf(made?.steps));

    expect(gateway.kommo.countWrites()).toBe(0);
    expect(done.byHand.map(({ match }) => match.contact.source.name)).toContain('kommo');
    expect(done.verification?.status).toBe('REMAINS');
  });

  test.each([
    ['a token of another gateway', (token: string) => ({ token: `${token.slice(0, -4)}AAAA`, ids: [] }), 'PLAN_NOT_OURS'],
    [
      'a contact that is not in the plan',
      (token: string) => ({ token, ids: [encodeSourceId({ source: 'kommo', entity: 'contact', idInSource: '1' })] }),
      'CONTACT_NOT_IN_PLAN',
    ],
    ['too many contacts', (token: string) => ({ token, ids: Array.from({ length: 26 }, (_, index) => `id${index}`) }), 'TOO_MANY_IDS'],
  ])('with %s is refused, and nothing is done', async (_what, change, code) => {
    await using gateway = await start();
    const { plan: made } = await plan(gateway, { emails: personIn('onlyoffice', 'callgear').emails });
    const { token, ids } = change(made?.token ?? '');

    const done = await execute(gateway, token, ids);

    expect(done.userErrors.map((error) => error.code)).toEqual([code]);
    expect([done.receipt, done.verification, gateway.onlyoffice.writeCount]).toEqual([null, null, 0]);
  });

  test('of whoever planned it is refused where four eyes are wanted', async () => {
    await using gateway = await start({ environment: { ERASURE_FOUR_EYES: 'on' } });
    const { plan: made } = await plan(gateway, { emails: personIn('onlyoffice', 'callgear').emails });

    const done = await execute(gateway, made?.token ?? '', idsOf(made?.steps));

    expect(done.userErrors.map(({ code }) => code)).toEqual(['SECOND_PERSON_NEEDED']);
  });

  test.each(['onlyoffice', 'kommo', 'callgear'] as const)('with %s down is never CLEAN, and needs acceptIncomplete', async (name) => {
    await using gateway = await start();
    const person = personIn('onlyoffice', 'callgear');
    gateway[name].setFaults([{ route: '*', effect: { kind: 'respond', status: 503, contentType: 'text/html', body: 'down' } }]);
    const { plan: made } = await plan(gateway, { emails: person.emails });
    expect(made?.isComplete).toBe(false);
    const ids = idsOf(made?.steps);

    expect((await execute(gateway, made?.token ?? '', ids)).userErrors.map(({ code }) => code)).toEqual(['PLAN_INCOMPLETE']);
    const done = await execute(gateway, made?.token ?? '', ids, true);
    expect(['NOT_KNOWN', 'REMAINS']).toContain(done.verification?.status);
  });
});

describe('a verification', () => {
  const VERIFY = 'query ($receipt: String!, $keys: PersonKeysInput!) { verifyErasure(receipt: $receipt, keys: $keys) { status } }';
  /** Erases somebody who was looked for by some of his keys, and gives what verifies it. */
  async function erased(gateway: TestGateway, keysOf: (person: ReturnType<typeof personIn>, ids: readonly string[]) => object) {
    const person = personIn('onlyoffice', 'callgear');
    const known = idsOf((await plan(gateway, { emails: person.emails })).plan?.steps);
    const keys = keysOf(person, known);
    const { plan: made } = await plan(gateway, keys);
    const { receipt } = await execute(gateway, made?.token ?? '', idsOf(made?.steps));
    const verify = async (given: object, document = receipt?.document) => {
      const { data, errors } = await gateway.query<{ verifyErasure: { status: string } | null }>(VERIFY, {
        receipt: document,
        keys: given,
      });
      const [error] = errors;
      return error === undefined
        ? data?.verifyErasure?.status
        : [error.extensions?.['code'], error.extensions?.['argument'], error.message];
    };
    return { person, keys, document: receipt?.document ?? '', verify };
  }

  test('is of the keys of the plan: others and fewer are refused in words', async () => {
    await using gateway = await start();
    const { person, keys, verify } = await erased(gateway, ({ emails }) => ({ emails: [...emails, 'second@mail.example'] }));

    expect(await verify(keys)).toBe('CLEAN');
    expect(await verify({ emails: ['SECOND@mail.example', ...person.emails.toReversed()] })).toBe('CLEAN');
    expect(await verify({ ...keys, phones: ['+49 151 99999999'] })).toEqual([
      'BAD_USER_INPUT',
      'keys.phones[0]',
      expect.stringContaining('signed for others'),
    ]);
    expect(await verify({ emails: [...person.emails, 'second@mail.example', 'stranger@mail.example'] })).toEqual([
      'BAD_USER_INPUT',
      `keys.emails[${person.emails.length + 1}]`,
      expect.stringContaining('signed for others'),
    ]);
    expect(await verify({ emails: person.emails })).toEqual(['BAD_USER_INPUT', 'keys', expect.stringContaining('1 of the')]);
    expect(await verify({})).toEqual(['BAD_USER_INPUT', 'keys', expect.stringContaining('missing')]);
  });

  test('of a plan that named contacts only takes what those contacts had, and no contact of somebody else', async () => {
    await using gateway = await start();
    const { person, verify, keys } = await erased(gateway, (_person, contactIds) => ({ contactIds }));
    const other = gateway.callgear.contacts.find(({ personIndex }) => personIndex !== person.index);
    const stranger = encodeSourceId({ source: 'callgear', entity: 'contact', idInSource: String(other?.id) });

    expect(await verify(keys)).toEqual(['BAD_USER_INPUT', 'keys', expect.stringContaining('had')]);
    expect(await verify({ ...keys, emails: [person.emails[0]] })).toBe('CLEAN');
    expect(await verify({ contactIds: [stranger], emails: [person.emails[0]] })).toEqual([
      'BAD_USER_INPUT',
      'keys.contactIds',
      expect.stringContaining('not of the person'),
    ]);
  });

  test('refuses a receipt that was changed in any place, in form only, or that another key has signed', async () => {
    await using gateway = await start();
    const { keys, document, verify } = await erased(gateway, ({ emails }) => ({ emails }));
    await using another = await start({
      environment: { RECEIPT_KEY: generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() },
    });
    const { document: foreign } = await erased(another, ({ emails }) => ({ emails }));
    const content = JSON.parse(document) as Record<string, unknown>;
    const places = Array.from({ length: 40 }, (_, index) => Math.floor((index * document.length) / 40));
    const forged = [
      foreign,
      '',
      '{}',
      'null',
      `${document} `,
      JSON.stringify(content, null, 1),
      JSON.stringify({ ...content, seal: undefined }),
      JSON.stringify({ ...content, keys: [] }),
      document.replace('{', '{"keys":[],'),
      document.replace('DELETED', 'FAILED'),
      document.slice(0, -1),
      '['.repeat(90_000),
      ...places.map((at) => document.slice(0, at) + (document[at] === 'x' ? 'y' : 'x') + document.slice(at + 1)),
    ];

    for (const text of forged)
      expect(await verify(keys, text)).toEqual(['BAD_USER_INPUT', 'receipt', expect.stringContaining('did not sign it')]);
    expect(await verify(keys)).toBe('CLEAN');
  });
});

test('a report of a person holds what the CRMs show, in canonical JSON with its digest', async () => {
  await using gateway = await start();
  const person = personIn('onlyoffice', 'callgear');
  const { personReport } = await gateway.ask<{
    personReport: { document: string; sha256: string; isComplete: boolean; contacts: { contact: { id: string } }[] };
  }>('query ($keys: PersonKeysInput!) { personReport(keys: $keys) { document sha256 isComplete contacts { contact { id } } } }', {
    keys: { emails: person.emails },
  });

  expect(personReport.isComplete).toBe(true);
  expect(personReport.contacts.length).toBeGreaterThanOrEqual(2);
  expect(personReport.document.toLowerCase()).toContain(person.emails[0]);
  expect(JSON.stringify(JSON.parse(personReport.document))).toBe(personReport.document);
});

/** As a lawyer would: runs the commands of docs/erasure.md in a folder that has the gateway's key, and nothing else. */
function isVerified(document: string, signature: string): boolean {
  const page = readFileSync(new URL('../../../docs/erasure.md', import.meta.url), 'utf8');
  const commands = /```sh\n([^`]*openssl pkeyutl[^`]*)```/.exec(page)?.[1] ?? '';
  const folder = mkdtempSync(join(tmpdir(), 'receipt-'));
  mkdirSync(join(folder, '.crm-gateway'));
  writeFileSync(join(folder, '.crm-gateway/receipt-key.pem'), RECEIPT_KEY);
  try {
    const options = { cwd: folder, stdio: 'pipe', env: { PATH: process.env['PATH'], DOCUMENT: document, SIGNATURE: signature } } as const;
    const said = execFileSync('sh', ['-ec', commands], options).toString();
    const [, inline = ''] = /`(openssl pkey [^`]*sha256sum)`/.exec(page) ?? [];
    const keyId = execFileSync('sh', ['-ec', inline], options).toString().slice(0, 16);
    return said.includes('Signature Verified Successfully') && document.includes(keyId);
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
