import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createPopulation } from '../../../src/sandbox/population.ts';
import { encodeSourceId } from '../../../src/federation/source-id.ts';
import { execute, idsOf, personIn, plan, POPULATION, RECEIPT_KEY, start } from '../../support/identity/erasure.ts';

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
  expect(personReport.sha256).toBe(createHash('sha256').update(personReport.document).digest('hex'));
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
