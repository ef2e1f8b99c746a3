import { describe, expect, it } from 'vitest';
import { startTestGateway, type TestGatewayOptions } from '../../support/gateway.ts';
import { LIST_ROUTES } from '../../support/sources.ts';

interface Page {
  contacts: {
    nodes: { idInSource: string }[];
    isComplete: boolean;
    sourceReports: { status: string; damagedRows: number; error: { code: string; message: string } | null }[];
  };
}

const LIST = `query($filter: ContactFilter) {
  contacts(first: 100, filter: $filter) { nodes { idInSource } isComplete sourceReports { status damagedRows error { code message } } }
}`;

function start(onlyoffice: TestGatewayOptions['onlyoffice'] = {}, environment: Record<string, string> = {}) {
  return startTestGateway({ kommo: null, callgear: null, population: { onlyoffice: 12 }, onlyoffice, environment });
}

describe('tags of ONLYOFFICE', () => {
  it.each(['en', 'tr'])('are asked for once each, in lower case, so that they are found on a portal in %s', async (culture) => {
    await using gateway = await start({ culture });
    const { id } = gateway.onlyoffice.addContact({ isCompany: true, companyName: 'Tagged', tags: ['VIP', 'Istanbul'] });
    for (const tags of [['VIP'], ['VIP', 'vip'], ['vip', 'ISTANBUL', 'Vip']]) {
      const { contacts } = await gateway.ask<Page>(LIST, { filter: { tags } });
      expect(contacts.nodes.map(({ idInSource }) => idInSource)).toContain(String(id));
      expect(contacts.isComplete).toBe(true);
    }
  });
});

describe('a search among the contacts of one user', () => {
  it('leaves out persons of companies that show that they are not, or do not show it, and says that it is not complete', async () => {
    await using gateway = await start();
    const { onlyoffice } = gateway;
    const [own, other] = onlyoffice.portal.users.map(({ id }) => id);
    const [mine, strangers] = [{ accessList: [own ?? ''] }, { accessList: [other ?? ''] }];
    const company = onlyoffice.addContact({ isCompany: true, companyName: 'Zanzibar Ltd', ...mine });
    const person = { isCompany: false, companyId: company.id };
    const lone = onlyoffice.addContact({ isCompany: false, firstName: 'Zanzibar', ...mine });
    const shown = onlyoffice.addContact({ ...person, firstName: 'Zanzibar', lastName: 'Private', shareType: 0, ...mine });
    onlyoffice.addContact({ ...person, firstName: 'Ada', lastName: 'Public', ...strangers });
    onlyoffice.addContact({ ...person, firstName: 'Bob', lastName: 'Private', shareType: 0, ...strangers });
    const filter = { search: 'zanzibar', responsibleIds: [Buffer.from(`onlyoffice:user:${own}`).toString('base64url')] };
    const all = await gateway.ask<Page>(LIST, { filter });
    const companies = await gateway.ask<Page>(LIST, { filter: { ...filter, kind: 'COMPANY' } });
    const idsOf = ({ contacts }: Page) => contacts.nodes.map(({ idInSource }) => Number(idInSource)).toSorted((one, two) => one - two);
    expect(idsOf(all)).toEqual([company.id, lone.id, ...(onlyoffice.visibleContacts().includes(shown) ? [shown.id] : [])]);
    expect(all.contacts.isComplete).toBe(false);
    expect(idsOf(companies)).toEqual([company.id]);
    expect(companies.contacts.isComplete).toBe(true);
  });
});

describe('a row at which ONLYOFFICE fails', () => {
  it('costs itself, and not the page that it is on', async () => {
    await using gateway = await start();
    const broken = gateway.onlyoffice.visibleContacts()[17];
    const whole = (await gateway.ask<Page>(LIST)).contacts.nodes.map(({ idInSource }) => idInSource);
    if (broken) broken.currency = 'XXX';
    const { contacts } = await gateway.ask<Page>(LIST);
    expect(contacts.nodes.map(({ idInSource }) => idInSource)).toEqual(whole.filter((id) => id !== String(broken?.id)));
    expect(contacts).toMatchObject({
      isComplete: false,
      sourceReports: [{ status: 'PARTIAL', damagedRows: 1, error: { code: 'BAD_RESPONSE' } }],
    });
  });
});

describe('an answer beyond the size that is read', () => {
  it('is read again in smaller pages', async () => {
    await using gateway = await start();
    const about = 'x'.repeat(90_000);
    const ids = Array.from({ length: 100 }, (_, index) =>
      String(gateway.onlyoffice.addContact({ isCompany: true, companyName: 'Big', about, infos: [{ data: `no${index}@big.example` }] }).id),
    );
    const filter = { contactInfos: [{ type: 'EMAIL', value: '@big.example', match: 'CONTAINS' }] };
    const { contacts } = await gateway.ask<Page>(LIST, { filter });
    expect(new Set(contacts.nodes.map(({ idInSource }) => idInSource))).toEqual(new Set(ids));
    expect(contacts).toMatchObject({ isComplete: true, sourceReports: [{ status: 'OK', damagedRows: 0 }] });
  });
});

describe('a portal that lets nobody in from the address of the gateway', () => {
  it.each([true, false])('is FORBIDDEN and names the IP restrictions, whether one has to log in (%s)', async (logsIn) => {
    const login = { ONLYOFFICE_TOKEN: '', ONLYOFFICE_USERNAME: 'ada@example.com', ONLYOFFICE_PASSWORD: 'sandbox-password' };
    await using gateway = await start({ refusesAddress: true }, logsIn ? login : {});
    const { data } = await gateway.query<Page>(LIST);
    expect(data?.contacts.sourceReports).toMatchObject([
      { status: 'FAILED', error: { code: 'FORBIDDEN', message: expect.stringContaining('IP restrictions') } },
    ]);
  });
});

describe('a fault behind a deletion in ONLYOFFICE', () => {
  it.each(['files', 'transaction'] as const)('(%s) does not make a failure of it', async (deletionFault) => {
    await using gateway = await start({ deletionFault });
    const id = gateway.onlyoffice.addContact({ isCompany: true, companyName: 'Gone' }).id;
    const { deleteContact } = await gateway.ask<{ deleteContact: { deletion: { outcome: string } } }>(
      'mutation($id: ID!) { deleteContact(input: { id: $id }) { deletion { outcome } } }',
      { id: Buffer.from(`onlyoffice:contact:${id}`).toString('base64url') },
    );
    expect(deleteContact.deletion.outcome).toBe('DELETED');
    expect(gateway.onlyoffice.findContact(id)).toBeUndefined();
    expect(gateway.requests().filter(({ route }) => route.startsWith('DELETE'))).toHaveLength(1);
  });
});

it('a 403 for a fault is repeated', async () => {
  await using gateway = await start();
  const body = JSON.stringify({ status: 1, statusCode: 403, error: { message: 'Transaction already open.', hresult: -1, data: {} } });
  gateway.onlyoffice.setFaults([
    { route: LIST_ROUTES.onlyoffice, effect: { kind: 'respond', status: 403, body, contentType: 'application/json' }, times: 1 },
  ]);
  const { contacts } = await gateway.ask<Page>(LIST);
  expect(contacts).toMatchObject({ isComplete: true, sourceReports: [{ status: 'OK' }] });
});
