import { expect, test } from 'vitest';
import { encodeSourceId } from '../../../src/federation/source-id.ts';
import { startTestGateway } from '../../support/gateway.ts';
import { start } from '../../support/identity/erasure.ts';

const contact = (source: string) => encodeSourceId({ source, entity: 'contact', idInSource: '427' });

/** A read that nobody waits for any more would end the process when it fails; vitest fails the run for it. */
test.each([
  ['planErasure', 'mutation ($ids: [ID!]) { result: planErasure(input: { keys: { contactIds: $ids } }) { userErrors { code } } }'],
  ['personReport', 'query ($ids: [ID!]) { result: personReport(keys: { contactIds: $ids }) { isComplete } }'],
])('%s with an ID that is none among contacts that cannot be read is refused, and reads none of them', async (_name, query) => {
  await using gateway = await startTestGateway({ population: { onlyoffice: 5, kommo: 5, callgear: 5 } });
  for (const crm of [gateway.onlyoffice, gateway.kommo, gateway.callgear]) {
    crm.setFaults([{ route: '*', effect: { kind: 'respond', status: 402, body: '{}' } }]);
  }
  const ids = [contact('onlyoffice'), contact('kommo'), contact('callgear'), 'no id'];
  const { errors, extensions } = await gateway.query(query, { ids });

  expect(errors.map((error) => error.extensions?.['code'])).toEqual(['BAD_USER_INPUT']);
  expect(extensions).toMatchObject({ cost: { calls: 0 } });
  expect(gateway.requests()).toEqual([]);
});

test.each([
  [
    'planErasure',
    'mutation ($ids: [ID!]) { result: planErasure(input: { keys: { contactIds: $ids } }) { plan { steps { match { contact { id } } } } } }',
  ],
  ['personReport', 'query ($ids: [ID!]) { result: personReport(keys: { contactIds: $ids }) { contacts { contact { id } } } }'],
])('%s goes by what a contact that is named holds now, not by what is cached of it', async (_name, query) => {
  await using gateway = await start({ environment: { CACHE_TTL_MS: '600000' } });
  const [one, other] = gateway.callgear.contacts;
  const ids = [one, other].map((contact) => encodeSourceId({ source: 'callgear', entity: 'contact', idInSource: String(contact?.id) }));
  const named = { first_name: 'Anna', last_name: 'Weber', full_name: 'Weber Anna', phone_numbers: [] };
  Object.assign(one ?? {}, named, { emails: ['before@weber.example'] });
  Object.assign(other ?? {}, named, { emails: ['now@weber.example'] });
  expect(
    JSON.stringify(await gateway.ask('query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Contact { emails { value } } } }', { ids })),
  ).toContain('before@weber.example');

  Object.assign(one ?? {}, { emails: ['now@weber.example'] });

  expect(JSON.stringify(await gateway.ask(query, { ids: ids.slice(0, 1) }))).toContain(ids[1]);
});
