import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { encodeSourceId } from '../../../src/federation/source-id.ts';
import { execute, idsOf, personIn, plan, start } from '../../support/identity/erasure.ts';
import type { TestGateway } from '../../support/gateway.ts';

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

  test('is never CLEAN while a contact that people left has the e-mail address of the plan', async () => {
    await using gateway = await start();
    const person = personIn('onlyoffice', 'callgear');
    const [row] = gateway.callgear.contacts.filter(({ personIndex }) => personIndex === person.index);
    if (row === undefined) throw new Error('nobody');
    Object.assign(row, { first_name: 'Chidi', last_name: 'Okonkwo', full_name: 'Chidi Okonkwo' });
    const { plan: made } = await plan(gateway, { emails: person.emails });
    const decisions = idsOf(made?.steps, 'DECIDE');
    expect(decisions).toHaveLength(2);

    const nothing = await execute(gateway, made?.token ?? '', []);
    expect(nothing.verification?.status).toBe('REMAINS');
    expect(nothing.verification?.remaining.map(({ contact }) => contact.id).toSorted()).toEqual(decisions.toSorted());
    const one = await execute(gateway, made?.token ?? '', decisions.slice(0, 1));
    expect(one.verification?.remaining.map(({ contact }) => contact.id)).toEqual(decisions.slice(1));
    expect(one.verification?.status).toBe('REMAINS');
  });

  test('is NOT_KNOWN where nothing is left to say what to search for', async () => {
    await using gateway = await start();
    const { plan: made } = await plan(gateway, { emails: ['nobody@mail.example'] });
    const { verification, receipt } = await execute(gateway, made?.token ?? '', []);
    expect(made?.steps).toEqual([]);
    expect(verification).toMatchObject({ status: 'NOT_KNOWN', remaining: [] });
    expect(JSON.parse(receipt?.document ?? '')).toMatchObject({ verification: { status: 'NOT_KNOWN' } });
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
