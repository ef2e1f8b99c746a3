import { describe, expect, it } from 'vitest';
import { startTestGateway } from '../../support/gateway.ts';

interface Page {
  contacts: {
    nodes: { idInSource: string }[];
    isComplete: boolean;
    sourceReports: { status: string; isComplete: boolean; damagedRows: number; error: { code: string } | null }[];
  };
}
const LIST = `query ($filter: ContactFilter) {
  contacts(first: 100, filter: $filter) { nodes { idInSource } isComplete sourceReports { status isComplete damagedRows error { code } } }
}`;

describe('a filter by tags that ONLYOFFICE has in an answer of their own', () => {
  const filter = { tags: ['vip'], contactInfos: [{ type: 'EMAIL', value: 'tagged@here.example' }] };

  async function ask(reply: (body: { response: unknown }) => unknown, status?: number) {
    await using gateway = await startTestGateway({ kommo: null, callgear: null, population: { onlyoffice: 5 } });
    const infos = [{ data: 'tagged@here.example' }];
    const { onlyoffice } = gateway;
    const [damaged, whole] = ['Damaged', 'Whole'].map((companyName) =>
      onlyoffice.addContact({ isCompany: true, companyName, infos, tags: ['VIP', 'other'] }),
    );
    const route = `GET /api/2.0/crm/contact/${damaged?.id}/tag`;
    onlyoffice.setFaults([
      {
        route,
        effect:
          status === undefined
            ? { kind: 'alter', alter: (body) => reply(body as { response: unknown }) }
            : {
                kind: 'respond',
                status,
                contentType: 'application/json',
                body: JSON.stringify({ status: 1, error: { message: 'Server error' } }),
              },
      },
    ]);
    const { contacts } = await gateway.ask<Page>(LIST, { filter });
    return { contacts, ids: contacts.nodes.map(({ idInSource }) => Number(idInSource)), damaged: damaged?.id, whole: whole?.id };
  }

  it.each([
    ['null', null],
    ['an object', {}],
    ['an object whose title is one', { title: {} }],
    ['a list', [['VIP']]],
  ])('is unknown where a tag is %s, and another contact is found', async (_, tag) => {
    const { contacts, ids, whole } = await ask((body) => ({ ...body, response: ['other', tag] }));
    expect(ids).toEqual([whole]);
    expect(contacts).toMatchObject({ isComplete: false, sourceReports: [{ isComplete: false, damagedRows: 1 }] });
  });

  it('is met where the tag itself can be read beside a damaged one', async () => {
    const { ids, damaged, whole } = await ask((body) => ({ ...body, response: ['VIP', {}] }));
    expect(new Set(ids)).toEqual(new Set([damaged, whole]));
  });

  it.each([500])('is unknown where the portal fails at the tags of one contact (%i)', async (status) => {
    const { contacts, ids, whole } = await ask((body) => body, status);
    expect(ids).toEqual([whole]);
    expect(contacts).toMatchObject({ isComplete: false, sourceReports: [{ isComplete: false }] });
  });
});

describe('the contacts of a Kommo company', () => {
  it.each([
    ['one of its links', (links: unknown[]) => [...links, { id: {} }, null]],
    ['none of its links', () => 'contacts'],
  ])('are not complete where %s can be read', async (_, spoil) => {
    await using gateway = await startTestGateway({ onlyoffice: null, callgear: null, population: { kommo: 40 } });
    const [link] = gateway.kommo.data.contacts.filter(({ isTrashed, companyId }) => !isTrashed && companyId !== null);
    const filter = { companyIds: [Buffer.from(`kommo:company:${link?.companyId}`).toString('base64url')] };
    const whole = await gateway.ask<Page>(LIST, { filter });
    expect(whole.contacts).toMatchObject({ isComplete: true, sourceReports: [{ status: 'OK', damagedRows: 0 }] });
    const alter = (body: unknown) => {
      const { _embedded: embedded } = body as { _embedded: { contacts: unknown[] } };
      Object.assign(embedded, { contacts: spoil(embedded.contacts) });
      return body;
    };
    gateway.kommo.setFaults([{ route: `GET /api/v4/companies/${link?.companyId}`, effect: { kind: 'alter', alter } }]);
    const { contacts } = await gateway.ask<Page>(LIST, { filter });
    expect(contacts).toMatchObject({ isComplete: false, sourceReports: [{ isComplete: false }] });
  });
});

it('a Kommo that says "Not enough rights" in a 400 is FORBIDDEN', async () => {
  await using gateway = await startTestGateway({ onlyoffice: null, callgear: null, population: { kommo: 5 } });
  const body = JSON.stringify({ title: 'Bad Request', status: 400, detail: 'Not enough rights' });
  gateway.kommo.setFaults([
    { route: 'GET /api/v4/contacts', effect: { kind: 'respond', status: 400, contentType: 'application/problem+json', body } },
  ]);
  const { contacts } = await gateway.ask<Page>(LIST);
  expect(contacts).toMatchObject({ nodes: [], sourceReports: [{ status: 'FAILED', error: { code: 'FORBIDDEN' } }] });
});

it('a tag with a name of 10,000 characters has an id that is read as that of any tag is', async () => {
  await using gateway = await startTestGateway({ kommo: null, callgear: null, population: { onlyoffice: 3 } });
  const tag = 'ж'.repeat(10_000);
  gateway.onlyoffice.addContact({ isCompany: true, companyName: 'Long', tags: [tag, 'short'] });
  const { contacts } = await gateway.ask<{ contacts: { nodes: { tags: { id: string; name: string }[] }[] } }>(
    '{ contacts(first: 100) { nodes { tags { id name } } } }',
  );
  const answerTo = async (name: string) => {
    const id = contacts.nodes.flatMap(({ tags }) => tags).find((one) => one.name === name)?.id;
    expect(id).toBeDefined();
    const { data, errors } = await gateway.query('query ($id: ID!) { node(id: $id) { id } }', { id });
    return [data, errors];
  };
  const [long, short] = [await answerTo(tag), await answerTo('short')];
  expect(long).toEqual(short);
  // What cannot be read is answered otherwise.
  const { data, errors } = await gateway.query('{ node(id: "no-id") { id } }');
  expect([data, errors]).not.toEqual(short);
});
