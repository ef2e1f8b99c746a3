import { describe, expect, it } from 'vitest';
import { startTestGateway, type SourceName, type TestGateway, type TestGatewayOptions } from '../../support/gateway.ts';
import { ALL, LIST_ROUTES, rowsOf } from '../../support/sources.ts';

interface Page {
  contacts: {
    nodes: { idInSource: string }[];
    isComplete: boolean;
    sourceReports: { status: string; isComplete: boolean; damagedRows: number; error: { code: string } | null }[];
  };
}

const LIST = `query ($filter: ContactFilter) {
  contacts(first: 100, filter: $filter, orderBy: { field: DISPLAY_NAME, direction: ASC }) {
    nodes { idInSource } isComplete sourceReports { status isComplete damagedRows error { code } }
  }
}`;

/** A gateway in front of one CRM. */
function startOf(source: SourceName, options: TestGatewayOptions = {}): Promise<TestGateway> {
  const none = Object.fromEntries(ALL.filter((other) => other !== source).map((other) => [other, null]));
  return startTestGateway({ population: { onlyoffice: 20, kommo: 50, callgear: 50 }, ...none, ...options });
}

/** A gateway in front of one CRM that fails at these rows. */
async function startFailingAt(source: SourceName, ids: readonly string[]): Promise<TestGateway> {
  const unwritableIds = ids.map(Number);
  const gateway = await startOf(source, source === 'onlyoffice' ? {} : { [source]: { unwritableIds } });
  if (source === 'onlyoffice') {
    for (const contact of gateway.onlyoffice.portal.contacts) if (unwritableIds.includes(contact.id)) contact.currency = 'XXX';
  }
  return gateway;
}

describe.each(ALL)('a page of %s', (source) => {
  const idsOf = ({ contacts }: Page) => contacts.nodes.map(({ idInSource }) => idInSource);
  const listed = async () => {
    await using gateway = await startOf(source);
    return idsOf(await gateway.ask<Page>(LIST));
  };

  it.each([[[0]], [[17]], [[5, 45]], [[5, 20, 35, 48]]])('that fails for rows %j gives all the others, and counts them', async (places) => {
    const whole = await listed();
    const broken = places.map((place) => whole[place] ?? '');
    await using gateway = await startFailingAt(source, broken);
    const page = await gateway.ask<Page>(LIST);
    expect(idsOf(page)).toEqual(whole.filter((id) => !broken.includes(id)));
    expect(page.contacts).toMatchObject({
      isComplete: false,
      sourceReports: [{ status: 'PARTIAL', isComplete: false, damagedRows: broken.length, error: { code: 'BAD_RESPONSE' } }],
    });
    // The page is tried three times before its parts are.
    expect(gateway.calls()[`${source} ${LIST_ROUTES[source]}`]).toBeLessThanOrEqual(3 + 2 + places.length * 16);
  });

  it('that fails for more rows than a few has failed', async () => {
    const whole = await listed();
    await using gateway = await startFailingAt(
      source,
      whole.filter((_, index) => index % 5 === 0),
    );
    const { contacts } = await gateway.ask<Page>(LIST);
    expect(contacts).toMatchObject({ nodes: [], sourceReports: [{ status: 'FAILED', error: { code: 'UNAVAILABLE' } }] });
  });

  it('that is beyond the size that is read is read again in smaller ones', async () => {
    await using gateway = await startOf(source);
    const whole = idsOf(await gateway.ask<Page>(LIST));
    // 50 rows of 200 kilobytes are more than is read at once.
    const alter = (body: unknown) => {
      for (const row of rowsOf(source, body)) row['padding'] = 'x'.repeat(200_000);
      return body;
    };
    gateway[source].setFaults([{ route: LIST_ROUTES[source], effect: { kind: 'alter', alter } }]);
    const page = await gateway.ask<Page>(LIST);
    expect(idsOf(page)).toEqual(whole);
    expect(page.contacts).toMatchObject({ isComplete: true, sourceReports: [{ status: 'OK', damagedRows: 0 }] });
  });
});

const LOST: Readonly<Record<string, readonly [SourceName, (body: unknown) => unknown]>> = {
  'a CallGear whose rows are null': ['callgear', (body) => with_(body, 'result', { data: null, metadata: { total_items: 50 } })],
  'a CallGear whose rows are {}': ['callgear', (body) => with_(body, 'result', { data: {}, metadata: { total_items: 1 } })],
  'a CallGear whose rows are an empty list': ['callgear', (body) => with_(body, 'result', { data: [], metadata: { total_items: 50 } })],
  'a Kommo without _embedded': ['kommo', (body) => with_(with_(body, '_embedded', undefined), '_links', NEXT)],
  'a Kommo whose _embedded is []': ['kommo', (body) => with_(with_(body, '_embedded', []), '_links', NEXT)],
  'a Kommo whose contacts are null': ['kommo', (body) => with_(with_(body, '_embedded', { contacts: null }), '_links', NEXT)],
  'an ONLYOFFICE whose rows are null': ['onlyoffice', (body) => with_(with_(body, 'response', null), 'total', 50)],
  'an ONLYOFFICE whose rows are an empty list': ['onlyoffice', (body) => with_(with_(body, 'response', []), 'total', 50)],
};
const NEXT = { next: { href: 'http://127.0.0.1/api/v4/contacts?page=2' } };

function with_(body: unknown, name: string, value: unknown): unknown {
  return { ...(body as object), [name]: value };
}

describe('an empty answer that counts rows', () => {
  it.each(Object.keys(LOST))('is never "nobody" (%s)', async (name) => {
    const [source, alter] = LOST[name] ?? ['kommo', (body: unknown) => body];
    await using gateway = await startOf(source);
    gateway[source].setFaults([{ route: LIST_ROUTES[source], effect: { kind: 'alter', alter } }]);
    const { contacts } = await gateway.ask<Page>(LIST);
    expect(contacts).toMatchObject({
      nodes: [],
      isComplete: false,
      sourceReports: [{ status: 'FAILED', error: { code: 'BAD_RESPONSE' } }],
    });
  });
});

describe.each(['kommo', 'callgear'] as const)('contacts of %s that are read by id', (source) => {
  it('cost themselves where the CRM fails at two of them, and no others', async () => {
    await using probe = await startOf(source);
    const ids = (await probe.ask<Page>(LIST)).contacts.nodes.map(({ idInSource }) => idInSource);
    const broken = [ids[3] ?? '', ids[30] ?? ''];
    await using gateway = await startFailingAt(source, broken);
    const { data, errors } = await gateway.query<{ nodes: ({ idInSource: string } | null)[] }>(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Person { idInSource } ... on Company { idInSource } } }',
      { ids: ids.map((id) => Buffer.from(`${source}:contact:${id}`).toString('base64url')) },
    );
    expect(data?.nodes.map((node) => node?.idInSource ?? null)).toEqual(ids.map((id) => (broken.includes(id) ? null : id)));
    expect(errors).toHaveLength(2);
  });
});
