import { describe, expect, it } from 'vitest';
import { startTestGateway } from '../../support/gateway.ts';
import { globalId } from '../fields/every-field.ts';

const OPTIONS = { population: { onlyoffice: 20, kommo: 60, callgear: 30 }, environment: { CACHE_TTL_MS: '600000' } };

describe('what was read lately', () => {
  it.each([
    [
      'a page with all that hangs on it',
      '{ contacts(first: 50) { nodes { displayName leads { nodes { name } } catalogElements { element { name } } responsible { displayName email group { name } } ... on Person { company { displayName url } } customFields { field { position } } } } }',
    ],
    [
      'photos, those that are not there included',
      '{ contacts(first: 20, sources: ["onlyoffice"]) { nodes { photo { smallUrl mediumUrl } } } }',
    ],
    ['look-up lists', '{ sources { statuses { id } types { id } groups { id } users { id } tags { id } customFields { id } } }'],
    [
      'single contacts with their tags, and ids that nobody has',
      `{ nodes(ids: ["${globalId('onlyoffice', 'contact', 14)}", "${globalId('onlyoffice', 'contact', 2_000_000)}", "${globalId('kommo', 'contact', 1)}", "${globalId('callgear', 'company', 3_100_000_001)}"]) { id ... on Contact { tags { name } } } }`,
    ],
  ])('costs no call again: %s', async (_name, document) => {
    await using gateway = await startTestGateway(OPTIONS);
    const first = await gateway.query(document);
    expect(first.errors).toEqual([]);
    expect(Object.keys(gateway.calls()).length).toBeGreaterThan(0);
    gateway.clearCalls();
    const second = await gateway.query(document);
    expect(second.data).toEqual(first.data);
    expect(gateway.calls()).toEqual({});
    expect(second.extensions).toMatchObject({ cost: { calls: 0 } });
  });

  it('serves the next page of the same block', async () => {
    await using gateway = await startTestGateway(OPTIONS);
    const document =
      'query ($after: String) { contacts(first: 10, after: $after, sources: ["kommo"]) { pageInfo { endCursor } nodes { id } } }';
    const { contacts } = await gateway.ask<{ contacts: { pageInfo: { endCursor: string } } }>(document);
    gateway.clearCalls();
    await gateway.ask(document, { after: contacts.pageInfo.endCursor });
    expect(gateway.calls()).toEqual({});
  });

  it('is not a failure: what could not be read is asked for again', async () => {
    await using gateway = await startTestGateway(OPTIONS);
    gateway.kommo.setFaults([{ route: 'GET /api/v4/companies', times: 1, effect: { kind: 'respond', status: 401, body: '{}' } }]);
    const document = '{ contacts(first: 25, sources: ["kommo"]) { nodes { ... on Person { company { displayName } } } } }';
    expect((await gateway.query(document)).errors.length).toBeGreaterThan(0);
    expect((await gateway.query(document)).errors).toEqual([]);
  });

  it('is shared by the same read of two requests at once', async () => {
    await using gateway = await startTestGateway({ ...OPTIONS, environment: { CACHE_TTL_MS: '0' } });
    gateway.kommo.setFaults([{ route: 'GET /api/v4/contacts', effect: { kind: 'delay', delayMs: 2_000 } }]);
    const document = '{ contacts(first: 5, sources: ["kommo"]) { nodes { displayName } } }';
    const answers = await Promise.all([gateway.query(document), gateway.query(document), gateway.query(document)]);
    expect(answers.map(({ data }) => data)).toEqual(answers.map(() => answers[0]?.data));
    expect(gateway.calls()).toEqual({ 'kommo GET /api/v4/contacts': 1 });
  });
});
