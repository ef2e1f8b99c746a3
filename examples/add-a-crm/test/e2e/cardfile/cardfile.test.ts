import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCardfileSandbox, type CardfileSandbox } from '../../../src/sandbox/cardfile/cardfile-sandbox.ts';
import { serve } from '../../support/gateway.ts';

let crm: CardfileSandbox;
let gateway: Awaited<ReturnType<typeof serve>>;

beforeAll(async () => {
  crm = await startCardfileSandbox({ people: 60 });
  gateway = await serve({ CARDFILE_URL: crm.url, CARDFILE_TOKEN: crm.token });
});
afterAll(async () => {
  await gateway.close();
  await crm.close();
});

const ask = (document: string) => gateway.query<{ contacts: { totalCount: number; nodes: { displayName: string }[] } }>(document);

test('contacts of Cardfile come with what it has, and say what it cannot filter', async () => {
  const phones = '{ contacts(first: 100, filter: {contactInfos: {type: PHONE, value: "+371 2000 0007"}}) ';
  expect(
    await ask(`${phones} { nodes { displayName phones { normalizedValue } tags { name } } sourceReports { status } } }`),
  ).toMatchObject({
    data: {
      contacts: {
        nodes: [{ displayName: 'Bela Lovelace', phones: [{ normalizedValue: '+37120000007' }], tags: [] }],
        sourceReports: [{ status: 'OK' }],
      },
    },
  });
  expect(await ask('{ contacts(filter: {tags: ["vip"]}) { nodes { id } sourceReports { status unsupportedFilters } } }')).toMatchObject({
    data: { contacts: { nodes: [], sourceReports: [{ status: 'SKIPPED', unsupportedFilters: ['TAGS'] }] } },
  });
});

test('the list has every contact once, by name', async () => {
  const { data } = await ask('{ contacts(first: 100) { totalCount nodes { displayName } } }');
  expect(data?.contacts).toMatchObject({ totalCount: 60, nodes: { length: 60 } });
  const names = data?.contacts.nodes.map(({ displayName }) => displayName.toLowerCase()) ?? [];
  expect(names).toEqual(names.toSorted((one, other) => (one < other ? -1 : 1)));
});

test('the schema knows the new kind, and clients can tell it apart', async () => {
  expect(await ask('{ sources { name kind } __type(name: "SourceKind") { enumValues { name } } }')).toMatchObject({
    data: {
      sources: [{ name: 'cardfile', kind: 'CARDFILE' }],
      __type: { enumValues: expect.arrayContaining([{ name: 'CARDFILE' }]) },
    },
  });
});
