import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSettings } from '../../../src/config/settings.ts';
import { SOURCE_MODULES } from '../../../src/datasources/registry.ts';
import { startCardfileSandbox, type CardfileSandbox } from '../../../src/sandbox/cardfile/cardfile-sandbox.ts';
import { startGateway } from '../../../src/server/server.ts';
import { createSources } from '../../../src/sources.ts';
import { createTestLog } from '../../support/call.ts';

let crm: CardfileSandbox;
let gateway: Awaited<ReturnType<typeof startGateway>>;

beforeAll(async () => {
  crm = await startCardfileSandbox({ people: 60 });
  const settings = readSettings({ PORT: '0', LOG_LEVEL: 'silent', CARDFILE_URL: crm.url, CARDFILE_TOKEN: crm.token }, SOURCE_MODULES);
  const log = createTestLog();
  gateway = await startGateway({ settings, log, sources: createSources(settings, log), drainMs: 0 });
});
afterAll(async () => {
  await gateway.close();
  await crm.close();
});

async function ask(query: string): Promise<unknown> {
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const response = await fetch(gateway.url, { method: 'POST', headers, body: JSON.stringify({ query }) });
  return response.json();
}

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
  const answer = (await ask('{ contacts(first: 100) { totalCount nodes { displayName } } }')) as {
    data: { contacts: { totalCount: number; nodes: { displayName: string }[] } };
  };
  expect(answer.data.contacts).toMatchObject({ totalCount: 60, nodes: { length: 60 } });
});

test('the schema knows the new kind, and clients can tell it apart', async () => {
  expect(await ask('{ sources { name kind } __type(name: "SourceKind") { enumValues { name } } }')).toMatchObject({
    data: {
      sources: [{ name: 'cardfile', kind: 'CARDFILE' }],
      __type: { enumValues: expect.arrayContaining([{ name: 'CARDFILE' }]) },
    },
  });
});
