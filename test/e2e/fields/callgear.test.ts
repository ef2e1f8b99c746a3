import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallgearContact } from '../../../src/sandbox/callgear/callgear-data.ts';
import { createPopulation } from '../../../src/sandbox/population.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { globalId, NOTHING, normalizedPhone, readEveryContact, readNode, type SeenContact } from './every-field.ts';

const KNOWN_PHONES = new Set(createPopulation().people.flatMap(({ phones }) => phones));

describe('fields of CallGear contacts', () => {
  let gateway: TestGateway;
  let seen: Map<string, SeenContact>;

  beforeAll(async () => {
    gateway = await startTestGateway({ onlyoffice: null, kommo: null });
    seen = await readEveryContact(gateway, 'callgear');
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  function seenPhone(value: string): string | null {
    if (value === '112') return null;
    return /^3712000000\d$/.test(value) ? `+${value}` : normalizedPhone(value, KNOWN_PHONES);
  }

  function seenManager(id: number | null): object | null {
    if (id === null) return null;
    const { employees, formerEmployees } = gateway.callgear.data;
    const employee = employees.find((candidate) => candidate.id === id);
    const former = formerEmployees.find((candidate) => candidate.id === id);
    return {
      id: globalId('callgear', 'user', id),
      displayName: employee ? `${employee.last_name} ${employee.first_name}`.trim() : (former?.full_name ?? null),
      jobTitle: null,
      email: employee?.email ?? null,
      avatarUrl: null,
      profileUrl: null,
      group: null,
    };
  }

  function expected(contact: CallgearContact): object {
    const { organizations, groups } = gateway.callgear.data;
    const bare = { idInSource: null, category: null, categoryName: null, isPrimary: null };
    const phones = contact.phone_numbers.map((value) => ({ ...bare, type: 'PHONE', value, normalizedValue: seenPhone(value) }));
    const emails = contact.emails.map((value) => ({ ...bare, type: 'EMAIL', value, normalizedValue: value.toLowerCase() }));
    const { first_name: firstName, last_name: lastName, patronymic } = contact;
    const organization = organizations.find(({ id }) => id === contact.organization_id);
    return {
      ...NOTHING,
      __typename: 'Person',
      id: globalId('callgear', 'contact', contact.id),
      source: { name: 'callgear' },
      idInSource: String(contact.id),
      displayName: [lastName, firstName, patronymic].filter(Boolean).join(' '),
      firstName: firstName || null,
      lastName,
      patronymic,
      jobTitle: null,
      phones,
      emails,
      contactInfos: [...phones, ...emails],
      groups: contact.group_ids.map((id) => ({
        id: globalId('callgear', 'group', id),
        name: groups.find((group) => group.id === id)?.name,
      })),
      responsible: seenManager(contact.personal_manager_id),
      company: organization
        ? { id: globalId('callgear', 'company', organization.id), idInSource: String(organization.id), displayName: organization.name }
        : null,
    };
  }

  it('shows each contact of a list with exactly what the account stores', () => {
    const { contacts } = gateway.callgear;
    expect([...seen.keys()].toSorted()).toEqual(contacts.map(({ id }) => String(id)).toSorted());
    for (const contact of contacts) expect(seen.get(String(contact.id))).toEqual(expected(contact));
  });

  it('meets every corner case of the contract among them', () => {
    const { contacts } = gateway.callgear;
    expect(contacts.some(({ id }) => id > 2 ** 32)).toBe(true);
    expect(contacts.some(({ phone_numbers }) => phone_numbers.length === 10)).toBe(true);
    expect(contacts.some(({ emails, phone_numbers }) => emails.length + phone_numbers.length === 0)).toBe(true);
    expect(contacts.some(({ first_name }) => first_name === '')).toBe(true);
    expect(contacts.some(({ personal_manager_id }) => personal_manager_id === null)).toBe(true);
    expect(contacts.some(({ personal_manager_id }) => personal_manager_id === 2_999_000_002)).toBe(true);
  });

  it('shows a contact read alone exactly as in a list', async () => {
    for (const contact of gateway.callgear.contacts.filter((_contact, index) => index % 61 === 0)) {
      expect(await readNode(gateway, globalId('callgear', 'contact', contact.id))).toEqual(seen.get(String(contact.id)));
    }
  });

  it('shows each organization as a company with a name and nothing else', async () => {
    for (const { id, name } of gateway.callgear.data.organizations.slice(0, 5)) {
      expect(await readNode(gateway, globalId('callgear', 'company', id))).toEqual({
        ...NOTHING,
        __typename: 'Company',
        id: globalId('callgear', 'company', id),
        source: { name: 'callgear' },
        idInSource: String(id),
        displayName: name,
        phones: [],
        emails: [],
        contactInfos: [],
        personCount: null,
      });
    }
  });

  it('shows phones that are stored with their plus just the same', async () => {
    await using other = await startTestGateway({ onlyoffice: null, kommo: null, callgear: { phoneFormat: 'e164' } });
    const document = '{ contacts(first: 25) { nodes { phones { value normalizedValue } } } }';
    const { contacts } = await other.ask<{ contacts: { nodes: { phones: { value: string; normalizedValue: string | null }[] }[] } }>(
      document,
    );
    const phones = contacts.nodes.flatMap((node) => node.phones);
    expect(phones.length).toBeGreaterThan(10);
    for (const { value, normalizedValue } of phones) expect(normalizedValue).toBe(value === '112' ? null : value);
  });

  it('gives the look-up lists as the account stores them', async () => {
    const { groups, employees } = gateway.callgear.data;
    const { source } = await gateway.ask<{ source: Record<string, { readonly id: string }[]> }>(
      '{ source(name: "callgear") { statuses { id } types { id } groups { id name } users { id displayName email } tags { id } customFields { id } } }',
    );
    expect(source).toMatchObject({ statuses: [], types: [], tags: [], customFields: [] });
    const byId = (one: { readonly id: string }, other: { readonly id: string }) => one.id.localeCompare(other.id);
    expect(source['groups']?.toSorted(byId)).toEqual(
      groups.map(({ id, name }) => ({ id: globalId('callgear', 'group', id), name })).toSorted(byId),
    );
    expect(source['users']?.toSorted(byId)).toEqual(
      employees
        .map(({ id, first_name, last_name, email }) => ({
          id: globalId('callgear', 'user', id),
          displayName: `${last_name} ${first_name}`.trim(),
          email,
        }))
        .toSorted(byId),
    );
  });
});
