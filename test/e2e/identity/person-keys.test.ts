import { expect, test } from 'vitest';
import { encodeSourceId } from '../../../src/federation/source-id.ts';
import { startTestGateway } from '../../support/gateway.ts';

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
