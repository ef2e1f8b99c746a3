import { describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway, type TestGatewayOptions } from '../../support/gateway.ts';
import { LIST_ROUTES } from '../../support/sources.ts';

interface Page {
  contacts: {
    nodes: { idInSource: string }[];
    isComplete: boolean;
    pageInfo: { hasNextPage: boolean; endCursor: string };
    sourceReports: {
      status: string;
      isOrdered: boolean;
      isComplete: boolean;
      unsupportedFilters: string[];
      error: { code: string; message: string } | null;
    }[];
  };
}
const LIST = `query ($filter: ContactFilter, $after: String, $orderBy: ContactOrder) {
  contacts(first: 100, after: $after, filter: $filter, orderBy: $orderBy) {
    nodes { idInSource } isComplete pageInfo { hasNextPage endCursor }
    sourceReports { status isOrdered isComplete unsupportedFilters error { code message } }
  }
}`;

function start(onlyoffice: TestGatewayOptions['onlyoffice'] = {}, environment: Record<string, string> = {}) {
  return startTestGateway({ kommo: null, callgear: null, population: { onlyoffice: 40 }, onlyoffice, environment });
}

const idOf = (kind: string, id: string | number) => Buffer.from(`onlyoffice:${kind}:${id}`).toString('base64url');
const idsOf = ({ contacts }: Page) => contacts.nodes.map(({ idInSource }) => idInSource).toSorted();
const lists = (gateway: TestGateway) => gateway.requests('onlyoffice').map(({ url }) => decodeURIComponent(url));

/** What a portal that heeds everything answers. */
async function truth(filter: object): Promise<string[]> {
  await using gateway = await start();
  return idsOf(await gateway.ask<Page>(LIST, { filter }));
}

const SHOWN: readonly (readonly [string, string, object])[] = [
  ['KIND', 'contactlistview', { kind: 'COMPANY' }],
  ['TAGS', 'tags', { tags: ['customer'] }],
  ['IS_SHARED', 'isshared', { isShared: true }],
  ['CREATED_AT', 'fromdate', { createdAt: { from: '2024-01-01T00:00:00Z' } }],
];

describe.each(SHOWN)('a filter by %s', (member, parameter, filter) => {
  it('that the portal refuses is checked on the rows, and not sent again', async () => {
    const expected = await truth(filter);
    await using gateway = await start({ refusedParameters: [parameter] });
    for (let time = 0; time < 2; time += 1) {
      const page = await gateway.ask<Page>(LIST, { filter });
      expect(idsOf(page)).toEqual(expected);
      expect(page.contacts.sourceReports).toMatchObject([{ status: 'OK', error: null }]);
    }
    expect(lists(gateway).filter((url) => url.toLowerCase().includes(`${parameter}=`))).toHaveLength(1);
    expect(expected.length).toBeGreaterThan(0);
    expect(member).toBeTruthy();
  });

  it('that the portal ignores is checked on the rows', async () => {
    const expected = await truth(filter);
    await using gateway = await start({ ignoredParameters: [parameter] });
    const page = await gateway.ask<Page>(LIST, { filter });
    expect(idsOf(page)).toEqual(expected);
    expect(page.contacts.sourceReports).toMatchObject([{ status: 'OK', error: null }]);
  });
});

describe('a filter that rows do not show', () => {
  it.each([
    ['SEARCH', 'filtervalue', { search: 'an' }],
    ['HAS_LEADS', 'contactlistview', { hasLeads: true }],
    ['TYPE', 'contacttype', { typeIds: [idOf('type', 3)] }],
    ['RESPONSIBLE', 'responsibleid', { responsibleIds: [idOf('user', 'c0ffee00-0000-4000-8000-000000000001')] }],
  ])('makes the portal that refuses it SKIPPED, and names %s', async (member, parameter, filter) => {
    await using gateway = await start({ refusedParameters: [parameter] });
    for (let time = 0; time < 2; time += 1) {
      const { contacts } = await gateway.ask<Page>(LIST, { filter });
      expect(contacts).toMatchObject({
        nodes: [],
        sourceReports: [{ status: 'SKIPPED', unsupportedFilters: [member], error: { code: 'FILTER_UNSUPPORTED' } }],
      });
    }
    expect(lists(gateway)).toHaveLength(1);
  });

  it('is taken for none where private contacts show that the portal ignores it', async () => {
    await using gateway = await start({ ignoredParameters: ['responsibleid'] });
    const { onlyoffice } = gateway;
    const [own = '', other = ''] = [
      onlyoffice.portal.users.find(({ isAdmin }) => !isAdmin)?.id,
      onlyoffice.portal.users.find(({ isAdmin }) => isAdmin)?.id,
    ];
    onlyoffice.portal.contacts.splice(0);
    const shared = { isCompany: true, shareType: 2 } as const;
    onlyoffice.addContact({ ...shared, companyName: 'A shared one', accessList: [own] });
    for (const name of ['B', 'C', 'D']) onlyoffice.addContact({ isCompany: true, companyName: name, shareType: 0, accessList: [own] });
    const { contacts } = await gateway.ask<Page>(LIST, { filter: { responsibleIds: [idOf('user', other)] } });
    expect(contacts).toMatchObject({ nodes: [], isComplete: false, sourceReports: [{ isComplete: false }] });
  });
});

describe('a refusal without words', () => {
  const body = JSON.stringify({
    status: 1,
    statusCode: 400,
    error: { message: 'Value does not fall within the expected range.', hresult: -1, data: {} },
  });
  const effect = { kind: 'respond', status: 400, contentType: 'application/json', body } as const;

  it('is put down to what can be checked, and kept for that one list', async () => {
    const expected = await truth({ tags: ['customer'] });
    await using gateway = await start();
    gateway.onlyoffice.setFaults([{ route: LIST_ROUTES.onlyoffice, effect, times: 1 }]);
    for (let time = 0; time < 2; time += 1)
      expect(idsOf(await gateway.ask<Page>(LIST, { filter: { tags: ['customer'] } }))).toEqual(expected);
    expect(lists(gateway).filter((url) => url.includes('tags='))).toHaveLength(1);
    await gateway.ask<Page>(LIST, { filter: { tags: ['lead'] } });
    expect(lists(gateway).filter((url) => url.includes('tags='))).toHaveLength(2);
  });

  it('of a list without a filter is put down to its order, and after that to the portal', async () => {
    const expected = await truth({});
    await using gateway = await start();
    gateway.onlyoffice.setFaults([{ route: LIST_ROUTES.onlyoffice, effect, times: 1 }]);
    const orderBy = { field: 'LAST_NAME', direction: 'ASC' };
    const page = await gateway.ask<Page>(LIST, { orderBy });
    expect(idsOf(page)).toEqual(expected);
    expect(page.contacts.sourceReports).toMatchObject([{ status: 'OK', isOrdered: false }]);
    gateway.onlyoffice.setFaults([{ route: LIST_ROUTES.onlyoffice, effect }]);
    const failed = await gateway.ask<Page>(LIST, { orderBy: { field: 'FIRST_NAME', direction: 'ASC' } });
    expect(failed.contacts.sourceReports).toMatchObject([{ status: 'FAILED', error: { code: 'BAD_RESPONSE' } }]);
  });
});

it('contact infos are looked for in the whole list where the portal does not take their kind', async () => {
  await using gateway = await start({ refusedParameters: ['infotype'] });
  const { id } = gateway.onlyoffice.addContact({ isCompany: true, companyName: 'Acme', infos: [{ data: 'desk@acme.example' }] });
  const filter = { contactInfos: [{ type: 'EMAIL', value: 'desk@acme.example' }] };
  for (let time = 0; time < 2; time += 1) expect(idsOf(await gateway.ask<Page>(LIST, { filter }))).toEqual([String(id)]);
  expect(lists(gateway).filter((url) => url.includes('bycontactinfo'))).toHaveLength(1);
});

it('a portal that ignores a filter for hundreds of rows is read page by page, and says why', async () => {
  await using gateway = await start({ ignoredParameters: ['contactlistview'] }, { SCAN_BUDGET: '300' });
  const { onlyoffice } = gateway;
  onlyoffice.portal.contacts.splice(0);
  for (let index = 0; index < 700; index += 1)
    onlyoffice.addContact({ isCompany: false, firstName: 'P', lastName: String(index).padStart(4, '0') });
  const wanted = ['Aa', 'Zz'].map((companyName) => String(onlyoffice.addContact({ isCompany: true, companyName }).id));
  const seen: string[] = [];
  const pages: Page['contacts'][] = [];
  for (let after: string | null = null; pages.length < 9;) {
    const { contacts }: Page = await gateway.ask<Page>(LIST, { filter: { kind: 'COMPANY' }, after });
    pages.push(contacts);
    seen.push(...contacts.nodes.map(({ idInSource }) => idInSource));
    if (!contacts.pageInfo.hasNextPage) break;
    after = contacts.pageInfo.endCursor;
  }
  expect(seen).toEqual(wanted);
  expect(pages.length).toBeLessThan(6);
  expect(pages[0]?.sourceReports).toMatchObject([
    { status: 'PARTIAL', isComplete: false, unsupportedFilters: ['KIND'], error: { code: 'FILTER_UNSUPPORTED' } },
  ]);
  expect(pages.at(-1)?.sourceReports).toMatchObject([{ status: 'OK', error: null }]);
});
