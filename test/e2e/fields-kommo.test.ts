import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPopulation } from '../../src/sandbox/population.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { globalId, readEveryContact, readNode, type SeenContact } from './every-field.ts';
import { expectedCompany, expectedFromKommo } from './kommo-expectation.ts';

const KNOWN_PHONES = new Set(createPopulation().people.flatMap(({ phones }) => phones));

describe('fields of Kommo contacts', () => {
  let gateway: TestGateway;
  let seen: Map<string, SeenContact>;

  beforeAll(async () => {
    gateway = await startTestGateway({ onlyoffice: null, callgear: null });
    seen = await readEveryContact(gateway, 'kommo');
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  const living = () => gateway.kommo.data.contacts.filter(({ isTrashed }) => !isTrashed);

  it('shows each contact of a list with exactly what the account stores', () => {
    expect([...seen.keys()].toSorted()).toEqual(living().map(({ id }) => String(id)));
    for (const row of living()) expect(seen.get(String(row.id))).toEqual(expectedFromKommo(gateway.kommo, row, KNOWN_PHONES));
  });

  it('shows a contact read alone exactly as in a list', async () => {
    for (const row of living().filter((_row, index) => index % 67 === 0)) {
      expect(await readNode(gateway, globalId('kommo', 'contact', row.id))).toEqual(seen.get(String(row.id)));
    }
  });

  it('shows each company with exactly what the account stores, and none from the trash', async () => {
    const [trashed] = gateway.kommo.data.companies.filter(({ isTrashed }) => isTrashed);
    for (const row of gateway.kommo.data.companies.filter(({ id, isTrashed }, index) => !isTrashed && (index < 6 || id % 10 === 1))) {
      expect(await readNode(gateway, globalId('kommo', 'company', row.id))).toEqual(expectedCompany(gateway.kommo, row, KNOWN_PHONES));
    }
    expect(await readNode(gateway, globalId('kommo', 'company', trashed?.id ?? 0))).toBeNull();
  });
});
