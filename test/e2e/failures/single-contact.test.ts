import { expect, test } from 'vitest';
import { startTestGateway } from '../../support/gateway.ts';

const id = (source: string, idInSource: string) => Buffer.from(`${source}:contact:${idInSource}`).toString('base64url');

test.each([
  ['callgear', 'POST get.contacts', 'kommo'],
  ['kommo', 'GET /api/v4/contacts*', 'callgear'],
  ['onlyoffice', 'GET /api/2.0/crm/contact/*', 'callgear'],
] as const)('a contact that %s cannot give is null with a coded error, and its neighbours are there', async (broken, route, other) => {
  await using gateway = await startTestGateway({ [broken]: { faults: [{ route, effect: { kind: 'respond', status: 403, body: 'no' } }] } });
  const document = `query ($broken: ID!) {
    broken: contact(id: $broken) { id }
    contacts(first: 1, sources: ["${other}"]) { nodes { id } }
    source(name: "${broken}") { name }
  }`;
  const { status, data, errors } = await gateway.query<{ broken: null; contacts: { nodes: unknown[] } }>(document, {
    broken: id(broken, '1'),
  });
  expect(status).toBe(200);
  expect(data).toMatchObject({ broken: null, source: { name: broken } });
  expect(data?.contacts.nodes).toHaveLength(1);
  expect(errors).toMatchObject([{ path: ['broken'], extensions: { source: broken } }]);
  expect(['FORBIDDEN', 'BLOCKED']).toContain(errors[0]?.extensions?.['code']);
});
