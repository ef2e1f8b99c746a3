import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPopulation } from '../../../src/sandbox/population.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { globalId, readEveryContact, readNode, type SeenContact } from './every-field.ts';
import { expectedFromOnlyoffice, withHeadings } from './onlyoffice-expectation.ts';

const KNOWN_PHONES = new Set(createPopulation().people.flatMap(({ phones }) => phones));

describe('fields of ONLYOFFICE contacts', () => {
  let gateway: TestGateway;
  let seen: Map<string, SeenContact>;

  beforeAll(async () => {
    gateway = await startTestGateway({ kommo: null, callgear: null });
    seen = await readEveryContact(gateway, 'onlyoffice');
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  const stored = (firstName: string, lastName: string) => {
    const contact = gateway.onlyoffice.portal.contacts.find(
      (one) => !one.isCompany && one.firstName === firstName && one.lastName === lastName,
    );
    if (contact === undefined) throw new Error(`The sandbox has no ${firstName} ${lastName}.`);
    return contact;
  };
  const seenAs = (firstName: string, lastName: string) => seen.get(String(stored(firstName, lastName).id));

  it('shows each visible contact of a list with exactly what the portal stores', () => {
    const visible = gateway.onlyoffice.visibleContacts();
    expect([...seen.keys()].toSorted()).toEqual(visible.map(({ id }) => String(id)).toSorted());
    for (const contact of visible) {
      expect(seen.get(String(contact.id))).toEqual(expectedFromOnlyoffice(gateway.onlyoffice, contact, KNOWN_PHONES));
    }
  });

  it('shows a contact read alone as in a list, with its tags, and with the headings of its custom fields', async () => {
    const some = gateway.onlyoffice.visibleContacts().filter((contact, index) => index % 29 === 0 || contact.tags.length > 3);
    expect(some.some(({ isCompany }) => isCompany)).toBe(true);
    for (const contact of some) {
      const node = await readNode(gateway, globalId('onlyoffice', 'contact', contact.id));
      const expected = expectedFromOnlyoffice(gateway.onlyoffice, contact, KNOWN_PHONES);
      expect(node).toEqual({ ...expected, customFields: withHeadings(gateway.onlyoffice, contact) });
    }
  });

  it('never shows an empty name: a nameless contact is called by its id', () => {
    const nameless = stored('', '');
    expect(seen.get(String(nameless.id))).toMatchObject({
      displayName: String(nameless.id),
      firstName: null,
      lastName: null,
      jobTitle: 'Nameless',
    });
  });

  it('names a nameless contact by its first e-mail, else its first phone', async () => {
    const { onlyoffice } = gateway;
    const phone = { type: 0, category: 1, data: '+371 2000-0001' };
    const added = [
      onlyoffice.addContact({ isCompany: false, infos: [phone, { type: 1, category: 1, data: 'who@corner.example' }] }),
      onlyoffice.addContact({ isCompany: false, infos: [phone] }),
    ];
    const nodes = await Promise.all(added.map(({ id }) => readNode(gateway, globalId('onlyoffice', 'contact', id))));
    for (const { id } of added) onlyoffice.removeContact(id);
    expect(nodes.map((node) => node?.['displayName'])).toEqual(['who@corner.example', '+371 2000-0001']);
  });

  it('trims the blank that the portal leaves behind a missing last name', () => {
    expect(seenAs('Cher', '')).toMatchObject({ displayName: 'Cher', firstName: 'Cher', lastName: null });
  });

  it('takes the year 1 for no date, and a moment with the offset of the portal for what it is in UTC', () => {
    expect(seenAs('', '')).toMatchObject({ createdAt: null });
    expect(seenAs('Mid', 'Night')).toMatchObject({ createdAt: '2024-06-30T21:00:00.000Z' });
    expect(seenAs('Multi', 'Line')).toMatchObject({ createdAt: '2024-06-30T20:59:59.000Z' });
  });

  it.each(['UTC', 'Asia/Kolkata', 'America/St_Johns'])(
    'tells when a contact was made, whatever zone the portal is in: %s',
    async (timeZone) => {
      await using elsewhere = await startTestGateway({
        kommo: null,
        callgear: null,
        onlyoffice: { timeZone },
        population: { onlyoffice: 30 },
      });
      const document = '{ contacts(first: 100) { nodes { idInSource createdAt } } }';
      const { contacts } = await elsewhere.ask<{ contacts: { nodes: { idInSource: string; createdAt: string | null }[] } }>(document);
      const stored = elsewhere.onlyoffice.visibleContacts().map(({ id, createdAtMs }) => [String(id), createdAtMs] as const);
      const read = contacts.nodes.map(
        ({ idInSource, createdAt }) => [idInSource, createdAt === null ? null : Date.parse(createdAt)] as const,
      );
      expect(new Map(read)).toEqual(new Map(stored));
    },
  );

  it('reads a category by the type of the info, and shows the primary phones first', () => {
    const contact = seenAs('Every', 'Info');
    const types = 'WEBSITE SKYPE TWITTER LINKEDIN FACEBOOK LIVEJOURNAL MYSPACE GMAIL BLOGGER YAHOO MSN ICQ JABBER AIM VK'.split(' ');
    expect(contact?.['contactInfos']).toMatchObject([
      ...types.map((type) => ({ type })),
      ...Array(6).fill({ type: 'PHONE' }),
      { type: 'EMAIL' },
    ]);
    expect(contact?.['phones']).toMatchObject([
      { category: 'HOME', isPrimary: true },
      { category: 'WORK', isPrimary: true },
      { category: 'MOBILE', isPrimary: false },
      { category: 'FAX' },
      { category: 'DIRECT' },
      { category: 'OTHER' },
    ]);
    expect(contact?.['emails']).toMatchObject([{ category: 'OTHER', value: 'every@corner.example' }]);
  });

  it('drops empty infos, keeps odd ones as they are, and normalizes only what can be read', () => {
    expect(seenAs('Odd', 'Infos')?.['contactInfos']).toMatchObject([
      { value: '112', normalizedValue: null },
      { value: '+44 7911 123456 ext. 12, ask for Mary', normalizedValue: '+447911123456' },
      { value: '(371)20000000', normalizedValue: '+37120000000', category: 'OTHER' },
      { value: '100%_sure\\@percent.example', normalizedValue: '100%_sure\\@percent.example' },
      { value: '"Quoted, Comma" <quoted@corner.example>' },
      { value: 'RENÉ@corner.example', normalizedValue: 'rené@corner.example' },
      { value: 'javascript:alert(1)' },
      { value: 'no-scheme.example' },
    ]);
  });

  it('shows what is left of a sparse address, and none of which nothing is left', () => {
    const lost = { category: 'HOME', categoryName: null, isPrimary: false };
    expect(seenAs('Sparse', 'Addresses')?.['addresses']).toEqual([
      {
        street: '18 "The" \\ Mews',
        city: 'Rīga',
        state: null,
        zip: 'LV-1021',
        country: 'Latvia',
        category: 'BILLING',
        categoryName: 'Billing',
        isPrimary: true,
        text: '18 "The" \\ Mews, Rīga, LV-1021, Latvia',
      },
      { ...lost, street: null, city: 'Jūrmala', state: null, zip: null, country: 'Latvia', text: 'Jūrmala, Latvia' },
      {
        ...lost,
        street: '18 "The" \\ Mews',
        city: 'Ventspils',
        state: null,
        zip: null,
        country: 'Latvia',
        text: '18 "The" \\ Mews, Ventspils, Latvia',
      },
    ]);
  });

  it('shows a date of a custom field as a date only when it can be read for certain', () => {
    const valueOf = (text: string) => seenAs('Date', text)?.['customFields'];
    const dated = (date: string) => [{ field: { type: 'DATE' }, value: { __typename: 'DateValue', date } }];
    const worded = (text: string) => [{ field: { type: 'DATE' }, text, value: { __typename: 'TextValue', text } }];
    expect(seenAs('Custom', 'Fields')?.['customFields']).toContainEqual(
      expect.objectContaining({ value: { __typename: 'DateValue', date: '1946-05-20' } }),
    );
    expect(valueOf('20.05.1946')).toMatchObject(dated('1946-05-20'));
    expect(valueOf('1946-05-20')).toMatchObject(dated('1946-05-20'));
    expect(valueOf('2024-02-29T00:00:00.0000000+03:00')).toMatchObject(dated('2024-02-29'));
    for (const text of ['5/6/1946', '31/31/1946', 'spring of 1946']) expect(valueOf(text)).toMatchObject(worded(text));
  });

  it('lists who may see a private contact, groups and leavers as removed profiles, and takes the first for responsible', () => {
    const contact = seenAs('Private', 'Shared');
    const [user, other] = gateway.onlyoffice.portal.users;
    const removed = { displayName: 'Profile has been removed', jobTitle: null };
    expect(contact?.['access']).toMatchObject({
      shareType: 'NONE',
      isPrivate: true,
      isShared: false,
      members: [{ displayName: other?.displayName }, { displayName: user?.displayName }, removed, removed],
    });
    expect(contact?.['responsible']).toMatchObject({
      id: globalId('onlyoffice', 'user', other?.id ?? ''),
      displayName: other?.displayName,
    });
    expect(seenAs('Read', 'Only')).toMatchObject({ responsible: null, access: { shareType: 'READ', members: [] }, viewerCanEdit: false });
    expect(seen.has(String(stored('Private', 'Invisible').id))).toBe(false);
  });

  it('shows the company of a person only where the user may see it', async () => {
    expect(seenAs('Works', 'Undercover')).toMatchObject({ company: null });
    const document = 'query ($id: ID!) { node(id: $id) { ... on Person { company { displayName about } } } }';
    const { data, errors } = await gateway.query(document, { id: globalId('onlyoffice', 'contact', stored('Works', 'Undercover').id) });
    expect({ data, errors }).toEqual({ data: { node: { company: null } }, errors: [] });
  });

  it('reads where a photo lies when it is selected, and shows none for a contact without one', async () => {
    const { onlyoffice } = gateway;
    const [pictured, plain] = [true, false].map((hasPhoto) =>
      onlyoffice.visibleContacts().find((contact) => contact.hasPhoto === hasPhoto),
    );
    const document = 'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Contact { photo { smallUrl mediumUrl } } } }';
    const ids = [pictured, plain].map((contact) => globalId('onlyoffice', 'contact', contact?.id ?? 0));
    const { nodes } = await gateway.ask<{ nodes: { photo: { smallUrl: string | null; mediumUrl: string | null } | null }[] }>(document, {
      ids,
    });
    expect(nodes[0]?.photo?.smallUrl).toMatch(
      new RegExp(`^${onlyoffice.url}/storage/crm/root/photos/.*contact_${pictured?.id}_40_40\\.jpeg`),
    );
    expect(nodes[0]?.photo?.mediumUrl).toMatch(
      new RegExp(`^${onlyoffice.url}/storage/crm/root/photos/.*contact_${pictured?.id}_82_82\\.jpeg`),
    );
    expect(nodes[1]?.photo).toBeNull();
  });

  it('gives the look-up lists as the portal stores them', async () => {
    const { portal } = gateway.onlyoffice;
    const { source } = await gateway.ask<{ source: Record<string, { readonly name: string }[]> }>(
      '{ source(name: "onlyoffice") { statuses { id name description color position } types { name position } groups { id } users { id } tags { name } customFields { idInSource label type position options { label } } } }',
    );
    expect(source['statuses']).toEqual(
      portal.statuses
        .toSorted((one, other) => one.sortOrder - other.sortOrder)
        .map(({ id, title, description, color, sortOrder }) => ({
          id: globalId('onlyoffice', 'status', id),
          name: title,
          description: description || null,
          color: color || null,
          position: sortOrder,
        })),
    );
    expect(source['types']).toEqual(portal.types.map(({ title, sortOrder }) => ({ name: title, position: sortOrder })));
    expect(source['groups']).toEqual([]);
    const titles = new Set([...portal.contacts.flatMap(({ tags }) => tags), ...portal.spareTags].map((tag) => tag.trim()));
    expect(source['tags']?.map(({ name }) => name).toSorted()).toEqual([...titles].toSorted());
    expect(source['customFields']).toMatchObject(
      portal.fields.map(({ id, label, position }) => ({ idInSource: String(id), label, position })),
    );
  });
});
