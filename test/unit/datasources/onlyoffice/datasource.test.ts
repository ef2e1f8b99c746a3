import { describe, expect, test } from 'vitest';
import { aCall, aPerson, errorEnvelope, listEnvelope, objectEnvelope, startStubPortal, type StubReply } from './stub-portal.ts';

const notFound: StubReply = { status: 404, body: errorEnvelope(404, 'Not found') };

describe('finding by ids', () => {
  test('leaves out ids that the portal does not know, and reads each id once', async () => {
    await using portal = await startStubPortal(({ path }) => (path.endsWith('/7') ? { body: objectEnvelope(aPerson(7)) } : notFound));

    const found = await portal.source.findByIds('contact', ['7', '8', '7'], new Set(), aCall());

    expect([...found.keys()]).toEqual(['7']);
    expect(portal.requests).toHaveLength(2);
  });

  test.each(['', '0', '-1', '007', '1e3', '99999999999', 'filter', '../contact/filter', '7/../filter', '7?x=1', '７'])(
    'asks nothing for %j, which is no id of the portal',
    async (id) => {
      await using portal = await startStubPortal(() => notFound);

      expect((await portal.source.findByIds('contact', [id], new Set(), aCall())).size).toBe(0);
      expect((await portal.source.findByIds('tags', [id], new Set(), aCall())).size).toBe(0);
      expect(portal.requests).toHaveLength(0);
    },
  );

  test('keeps the failure of one apart from the others', async () => {
    await using portal = await startStubPortal(({ path }) =>
      path.endsWith('/8') ? { body: '<html>' } : { body: objectEnvelope(aPerson(7)) },
    );

    const found = await portal.source.findByIds('contact', ['7', '8'], new Set(), aCall());

    expect(found.get('7')).toMatchObject({ displayName: 'Anna No 7' });
    expect(found.get('8')).toMatchObject({ name: 'SourceError', code: 'BAD_RESPONSE' });
  });

  test('does not take another contact for the one that was asked for', async () => {
    await using portal = await startStubPortal(() => ({ body: objectEnvelope(aPerson(9)) }));

    await expect(portal.source.findByIds('contact', ['7'], new Set(), aCall())).rejects.toMatchObject({ code: 'BAD_RESPONSE' });
  });

  test('reads the tags along when they are asked for, and only then', async () => {
    await using portal = await startStubPortal(({ path }) => ({ body: objectEnvelope(path.endsWith('/tag') ? ['vip'] : aPerson(7)) }));

    const plain = await portal.source.findByIds('contact', ['7'], new Set(), aCall());
    expect(portal.requests.map(({ path }) => path)).toEqual(['/api/2.0/crm/contact/7']);
    const detailed = await portal.source.findByIds('contact', ['7'], new Set(['tags']), aCall());

    expect(plain.get('7')).toMatchObject({ tags: undefined });
    expect(detailed.get('7')).toMatchObject({ tags: [{ idInSource: 'vip', name: 'vip' }] });
  });

  test('leaves the tags to be looked up when they cannot be read', async () => {
    await using portal = await startStubPortal(({ path }) => ({ body: path.endsWith('/tag') ? '<html>' : objectEnvelope(aPerson(7)) }));

    const found = await portal.source.findByIds('contact', ['7'], new Set(['tags']), aCall());

    expect(found.get('7')).toMatchObject({ displayName: 'Anna No 7', tags: undefined });
  });

  test('knows no users, leads or companies of other kinds, and asks for none', async () => {
    await using portal = await startStubPortal(() => notFound);

    for (const entity of ['user', 'lead', 'company', 'catalogElement'] as const) {
      expect((await portal.source.findByIds(entity, ['7'], new Set(), aCall())).size).toBe(0);
    }
    expect(portal.requests).toHaveLength(0);
  });
});

test('a record at which the portal fails does not make the portal one that is down', async () => {
  await using portal = await startStubPortal(({ path }) =>
    path.endsWith('/contact/7')
      ? { status: 500, body: errorEnvelope(500, 'Object reference') }
      : { body: listEnvelope([aPerson(1)], { total: 1 }) },
  );
  const findBroken = () => portal.source.findByIds('contact', ['7'], new Set(), aCall()).catch((error: unknown) => error);

  for (let count = 0; count < 3; count += 1) expect(await findBroken()).toMatchObject({ code: 'UNAVAILABLE' });

  expect(portal.source.health()).toMatchObject({ status: 'UNKNOWN', error: null });
});

test('a portal that is out of service says so for a record too', async () => {
  await using portal = await startStubPortal(() => ({ status: 503, body: errorEnvelope(503, 'Service unavailable') }));

  await portal.source.findByIds('contact', ['7'], new Set(), aCall()).catch(() => undefined);

  expect(portal.source.health()).toMatchObject({ status: 'DOWN', error: { code: 'UNAVAILABLE' } });
});

describe('photos', () => {
  const key = '/Products/CRM/HttpHandlers/filehandler.ashx?action=contactphotoulr&cid=7&isc=False&ps=1';

  async function findPhoto(reply: StubReply, photoKey = key) {
    await using portal = await startStubPortal(() => reply);
    const found = await portal.source.findByIds('photoUrl', [photoKey], new Set(), aCall()).catch((error: unknown) => error);
    const url = found instanceof Map ? String(found.get(photoKey) ?? 'none').replace(portal.url, 'PORTAL') : found;
    return { url, requests: portal.requests };
  }

  test.each([
    ['/storage/crm/photos/contact_7_40_40.jpeg', 'PORTAL/storage/crm/photos/contact_7_40_40.jpeg'],
    ['https://cdn.example/contact_7.jpeg?cd=1', 'https://cdn.example/contact_7.jpeg?cd=1'],
    ['/images/empty_people_logo_40_40.png', 'none'],
    ['/images/empty_company_logo_82_82.png?v=1', 'none'],
    ['/Products/CRM/HttpHandlers/filehandler.ashx?action=contactphotoulr&cid=7&isc=False&ps=2', 'none'],
    ['', 'none'],
  ])('the text %j stands for %s', async (body, url) => {
    const found = await findPhoto({ headers: { 'content-type': 'text/html' }, body });

    expect(found.url).toBe(url);
    expect(found.requests.map(({ path, query }) => `${path}?${query}`)).toEqual([key]);
  });

  test.each(['javascript:alert(1)', '<html>Sign in</html>', '\uFFFDPNG'])('the text %j is no address', async (body) => {
    expect((await findPhoto({ body })).url).toMatchObject({ code: 'BAD_RESPONSE' });
  });

  test.each(['https://evil.example/steal', '//evil.example/steal', 'javascript:alert(1)'])(
    'the key %j leads away from the portal, and the token is not sent there',
    async (photoKey) => {
      const found = await findPhoto({ body: '/x.jpeg' }, photoKey);

      expect(found.url).toBe('none');
      expect(found.requests).toHaveLength(0);
    },
  );
});

describe('look-up lists', () => {
  test('hold custom fields of persons and companies once each, by position', async () => {
    const field = (id: number, position: number, members: object = {}) => ({
      relativeItemsCount: 0,
      entityId: -1,
      label: `Field ${id}`,
      fieldValue: ' ',
      fieldType: 0,
      position,
      mask: '',
      id,
      ...members,
    });
    await using portal = await startStubPortal(({ path }) => ({
      body: listEnvelope(
        path.includes('/company/') ? [field(1, 2), field(3, 0, { fieldType: 2, mask: '["A","B"]' })] : [field(1, 2), field(2, 1)],
      ),
    }));

    const fields = await portal.source.listReferences('customFields', aCall());

    expect(fields.map(({ idInSource }) => idInSource)).toEqual(['3', '2', '1']);
    expect(fields[0]).toMatchObject({
      type: 'SELECT',
      options: [
        { idInSource: '3/A', label: 'A' },
        { idInSource: '3/B', label: 'B' },
      ],
    });
  });

  test('hold statuses, types and tags as the portal orders them', async () => {
    await using portal = await startStubPortal(({ path }) => ({
      body: listEnvelope(
        path.endsWith('/tag')
          ? [{ title: 'Lead', relativeItemsCount: 2 }, { title: 'vip' }]
          : [
              { title: 'Cold', description: '', color: '#8a98d8', id: 16 },
              { title: 'Warm', description: 'so so', color: '', sortOrder: 2, id: 17 },
              { title: 'without an id' },
            ],
      ),
    }));

    expect(await portal.source.listReferences('tags', aCall())).toMatchObject([
      { idInSource: 'lead', name: 'Lead' },
      { idInSource: 'vip' },
    ]);
    expect(await portal.source.listReferences('statuses', aCall())).toEqual([
      { idInSource: '16', name: 'Cold', description: null, color: '#8a98d8', position: 0 },
      { idInSource: '17', name: 'Warm', description: 'so so', color: null, position: 2 },
    ]);
    expect(portal.warnings).toHaveLength(1);
  });

  test('of groups and users are empty without a call', async () => {
    await using portal = await startStubPortal(() => notFound);

    expect([await portal.source.listReferences('groups', aCall()), await portal.source.listReferences('users', aCall())]).toEqual([[], []]);
    expect(portal.requests).toHaveLength(0);
  });
});

test('the page of a contact is made of its id alone, and of nothing else', async () => {
  await using portal = await startStubPortal(() => notFound);

  expect(portal.source.contactUrl('contact', '7')).toBe(`${portal.url}/Products/CRM/Default.aspx?id=7`);
  expect(portal.source.contactUrl('contact', '7&x=1')).toBeNull();
  expect(portal.source.contactUrl('company', '7')).toBeNull();
});
