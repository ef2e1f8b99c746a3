import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPopulation } from '../../../src/sandbox/population.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
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

  const seenAs = (name: string) => [...seen.values()].find(({ displayName }) => displayName === name);

  it('shows the characters that Kommo escapes, in names, notes, companies, leads and options', () => {
    const nadia = seenAs('Nadia "Nadi" D\'Souza');
    expect(nadia).toMatchObject({ firstName: 'Nadia "Nadi"', lastName: "D'Souza" });
    expect(nadia?.['customFields']).toContainEqual(expect.objectContaining({ text: 'Prefers calls > mail & says "hello"' }));
    expect(JSON.stringify([...seen.values()])).not.toMatch(/&(?:quot|amp|lt|gt|#0?39);/);
    expect([...seen.values()].some((contact) => JSON.stringify(contact['company']).includes(' & Partners'))).toBe(true);
    expect([...seen.values()].some((contact) => JSON.stringify(contact['leads']).includes('Deal \\"'))).toBe(true);
  });

  it('takes empty names for none, and keeps the name that Kommo shows', () => {
    expect(seenAs('Walk-in')).toMatchObject({
      firstName: null,
      lastName: null,
      isUnsorted: true,
      createdBy: null,
      updatedBy: null,
      company: null,
      customFields: [],
    });
    expect(seenAs('Cher')).toMatchObject({ firstName: 'Cher', lastName: null });
    expect(seenAs('Okonkwo')).toMatchObject({ firstName: null, lastName: 'Okonkwo' });
  });

  it('shows each type of custom field as its own kind of value', () => {
    const fields = [...seen.values()].map(
      ({ customFields }) => customFields as { field: { label: string; type: string }; text: string | null; value: object | null }[],
    );
    const full = fields.toSorted((one, other) => other.length - one.length)[0] ?? [];
    const byLabel = Object.fromEntries(full.map(({ field, text, value }) => [field.label, { type: field.type, text, value }]));
    expect(byLabel).toMatchObject({
      'Credit limit': { type: 'NUMBER', text: '1500.50', value: { __typename: 'NumberValue', number: 1500.5, text: '1500.50' } },
      'Yearly spend': { type: 'MONEY', value: { __typename: 'NumberValue', number: 12, text: '12' } },
      Segment: { type: 'SELECT', text: 'Gold', value: { options: [{ label: 'Gold', code: null }] } },
      Interests: { type: 'MULTISELECT', text: 'Hardware, Software, Support & care' },
      Consent: { type: 'CHECKBOX', value: { boolean: true } },
      Birthday: { type: 'DATE', value: { date: '1990-01-01' } },
      // 21:00 UTC of 31 March is midnight of 1 April where the account is.
      'First visit': { type: 'DATE', value: { date: '2024-04-01' } },
      'Next call': { type: 'DATE_TIME', value: { dateTime: '2025-01-03T00:00:00.000Z' } },
      Address: {
        type: 'ADDRESS',
        value: { address: { street: 'Rua Augusta 1, Apto 12', city: 'São Paulo', state: 'SP', zip: '01305-000', country: 'Brazil' } },
      },
      'Street address': { type: 'ADDRESS', value: { __typename: 'TextValue', text: 'Rua Augusta 1, São Paulo' } },
      'Legal entity': {
        type: 'LEGAL_ENTITY',
        value: { legalName: 'Prado & Filhos Ltda', vatId: '12345678000195', postalAddress: 'Rua Augusta 1, São Paulo' },
      },
      Contract: {
        type: 'FILE',
        value: { fileName: 'Contrato “2024”.pdf', sizeBytes: 482_113, idInSource: '3f1a2b6c-0d4e-4f7a-9b7e-2d1c5a8e9f00' },
      },
      Website: { type: 'URL', value: { text: 'https://prado.example/?a=1&b=2' } },
      Notes: { type: 'TEXT_AREA', value: { text: 'First line\nSecond line > first line' } },
      Equipment: { type: 'OTHER', text: null, value: null },
      Mood: { type: 'OTHER', text: null, value: null },
    });
  });

  it('knows the definition of a company field too: its place and its options', async () => {
    const [company] = gateway.kommo.data.companies;
    const value = { value: 'Logistics', enum_id: 8302, enum_code: null };
    const field = { field_id: 7108, field_name: 'Industry', field_code: null, field_type: 'select', values: [value] };
    company?.custom_fields_values?.push(field);
    const node = await readNode(gateway, globalId('kommo', 'company', company?.id ?? 0));
    company?.custom_fields_values?.pop();
    expect(node?.['customFields']).toContainEqual({
      field: expect.objectContaining({
        label: 'Industry',
        position: 12,
        options: ['Trade', 'Logistics', 'Health'].map((label) => expect.objectContaining({ label })),
      }),
      text: 'Logistics',
      value: { __typename: 'SelectValue', options: [{ id: globalId('kommo', 'option', 8302), code: null, label: 'Logistics' }] },
    });
  });

  it('reads a national phone in the country that is set', async () => {
    const environment = { KOMMO_URL: gateway.kommo.url, KOMMO_TOKEN: gateway.kommo.token, KOMMO_RATE_LIMIT: '50', DEFAULT_COUNTRY: 'ru' };
    await using russian = await startTestGateway({ onlyoffice: null, kommo: null, callgear: null, environment });
    const phones = [...(await readEveryContact(russian, 'kommo')).values()].flatMap(
      (contact) => contact['phones'] as { value: string; normalizedValue: string | null }[],
    );
    const national = phones.filter(({ value }) => value.startsWith('8 ('));
    expect(national.length).toBeGreaterThan(5);
    for (const { value, normalizedValue } of national) expect(normalizedValue).toBe(`+7${value.slice(2).replaceAll(/\D/g, '')}`);
    for (const { value, normalizedValue } of phones.filter(({ value: text }) => /^\+\d+$/.test(text))) expect(normalizedValue).toBe(value);
  });

  it('gives the look-up lists as the account stores them', async () => {
    const { contactTags, users, userGroups } = gateway.kommo.data;
    const { source } = await gateway.ask<{ source: Record<string, unknown> }>(
      '{ source(name: "kommo") { statuses { id } types { id } groups { id } users { id displayName email group { name } } tags { id name } } }',
    );
    expect(source).toEqual({
      statuses: [],
      types: [],
      groups: [],
      users: users.map(({ id, name, email, groupId }) => {
        const group = userGroups.find((candidate) => candidate.id === groupId);
        return { id: globalId('kommo', 'user', id), displayName: name, email, group: group ? { name: group.name } : null };
      }),
      tags: contactTags.map(({ id, name }) => ({ id: globalId('kommo', 'tag', id), name })),
    });
  });
});
