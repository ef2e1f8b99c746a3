import { describe, expect, test } from 'vitest';
import type { ContactSource } from '../../../../../src/datasources/port/contact-source.ts';
import type { SourceFilter } from '../../../../../src/datasources/port/list-query.ts';
import { valueOr } from '../../../../../src/datasources/port/member.ts';
import { aCall, aPerson, errorEnvelope, listEnvelope, objectEnvelope, startStubPortal, type StubRequest } from '../stub-portal.ts';

function planOf(source: ContactSource, filter: SourceFilter) {
  const plan = source.planList({ filter, order: { field: 'DISPLAY_NAME', direction: 'ASC' }, details: new Set() });
  if (plan.outcome !== 'runnable') throw new Error(plan.outcome);
  return plan;
}

/** Answers as the portal does for a list of `size` persons with the ids 1, 2, 3 … */
function page(size: number, { query }: StubRequest) {
  const startIndex = Number(query.get('startIndex'));
  const count = Number(query.get('count'));
  const ids = Array.from({ length: size }, (_, index) => index + 1).slice(startIndex, startIndex + count);
  const hasMore = startIndex + count < size;
  const rows = ids.map((id) => aPerson(id));
  return { body: listEnvelope(rows, { startIndex, total: hasMore ? size : startIndex + ids.length, hasMore }) };
}

const email = { type: 'EMAIL', value: 'anna@baltic.example', match: 'EXACT' } as const;

describe('a block of contact/filter', () => {
  test('is addressed by its position, overlaps the block before by three rows, and never follows nextIndex', async () => {
    await using portal = await startStubPortal((request) => page(120, request));
    const plan = planOf(portal.source, {});

    const blocks = await Promise.all([0, 1, 2].map((index) => portal.source.readBlock(plan, index, aCall())));

    expect(portal.requests.map(({ query }) => `${query.get('startIndex')}+${query.get('count')}`).toSorted()).toEqual([
      '0+50',
      '47+53',
      '97+53',
    ]);
    expect(blocks.flatMap(({ rows }) => rows.map((row) => Number(row?.idInSource)))).toEqual(
      Array.from({ length: 120 }, (_, index) => index + 1),
    );
    expect(blocks.map(({ overlap }) => overlap)).toEqual([[], ['48', '49', '50'], ['98', '99', '100']]);
    expect(blocks.map(({ isLast }) => isLast)).toEqual([false, false, true]);
    expect(blocks.map(({ totalCount }) => totalCount)).toEqual([120, 120, 120]);
  });

  test.each([1, 20, 25])('is read to its end where the portal gives no more than %d rows at once', async (rowsMax) => {
    await using portal = await startStubPortal(({ query }) => {
      const startIndex = Number(query.get('startIndex'));
      const ids = Array.from({ length: 70 }, (_, index) => index + 1).slice(startIndex, startIndex + rowsMax);
      const hasMore = startIndex + ids.length < 70;
      return {
        body: listEnvelope(
          ids.map((id) => aPerson(id)),
          { startIndex, total: 70, hasMore },
        ),
      };
    });
    const plan = planOf(portal.source, {});

    const blocks = await Promise.all([0, 1].map((index) => portal.source.readBlock(plan, index, aCall())));

    expect(blocks.flatMap(({ rows }) => rows.map((row) => Number(row?.idInSource)))).toEqual(
      Array.from({ length: 70 }, (_, index) => index + 1),
    );
    expect(blocks.map(({ isLast, totalCount, overlap }) => [isLast, totalCount, overlap])).toEqual([
      [false, 70, []],
      [true, 70, ['48', '49', '50']],
    ]);
  });

  test('is given up where every page is the same, though the portal tells of more', async () => {
    await using portal = await startStubPortal(() => ({ body: listEnvelope([aPerson(1), aPerson(2)], { total: 500, hasMore: true }) }));

    const block = portal.source.readBlock(planOf(portal.source, {}), 0, aCall());

    await expect(block).rejects.toMatchObject({ code: 'BAD_RESPONSE' });
    expect(portal.requests).toHaveLength(2);
  });

  test('that ends with the list is known to be the last one', async () => {
    await using portal = await startStubPortal((request) => page(50, request));

    const block = await portal.source.readBlock(planOf(portal.source, {}), 0, aCall());

    expect(block).toMatchObject({ isLast: true, totalCount: 50 });
  });

  test('past the end has no count: the portal gives the start index for one', async () => {
    await using portal = await startStubPortal((request) => page(30, request));

    const block = await portal.source.readBlock(planOf(portal.source, {}), 2, aCall());

    expect(block).toMatchObject({ rows: [], isLast: true, totalCount: null });
  });

  test('has a hole for each odd row, which is counted and logged by its path', async () => {
    const rows = [aPerson(1), aPerson(2, { id: 'canary' }), aPerson(3)];
    await using portal = await startStubPortal(() => ({ body: listEnvelope(rows, { total: 3 }) }));

    const block = await portal.source.readBlock(planOf(portal.source, {}), 0, aCall());

    expect(block.rows.map((row) => row?.idInSource ?? null)).toEqual(['1', null, '3']);
    expect(block.droppedRows).toBe(1);
    expect(portal.warnings).toEqual([{ source: 'onlyoffice', droppedRows: 1, paths: ['$.response[1].id'] }]);
  });

  test('tells only the ids just before it, up to the last odd row', async () => {
    const rows = [aPerson(1), aPerson(2, { id: null }), aPerson(3), aPerson(4)];
    await using portal = await startStubPortal(() => ({ body: listEnvelope(rows, { startIndex: 47, total: 51 }) }));

    const block = await portal.source.readBlock(planOf(portal.source, {}), 1, aCall());

    expect(block.overlap).toEqual(['3']);
    expect(block.rows.map((row) => row?.idInSource)).toEqual(['4']);
  });

  test.each<[string, SourceFilter]>([
    ['kind', { kind: 'COMPANY' }],
    ['sharing', { isShared: false }],
    ['status', { statusIds: ['17'] }],
  ])('names the contacts that show another %s, where the portal ignores what is asked', async (_, filter) => {
    const other = aPerson(2, { contactStatus: { id: 18, title: 'Warm' } });
    const right = aPerson(3, {
      isCompany: true,
      companyName: 'Acme',
      isPrivate: true,
      isShared: false,
      shareType: 0,
      contactStatus: { id: 17, title: 'Cold' },
    });
    const portalWith = (rows: readonly unknown[]) => startStubPortal(() => ({ body: listEnvelope(rows, { total: rows.length }) }));
    const read = async ({ source }: { readonly source: ContactSource }) => source.readBlock(planOf(source, filter), 0, aCall());
    await using deaf = await portalWith([other, right]);
    await using good = await portalWith([right]);
    const [heard, ignored] = [await read(good), await read(deaf)];
    expect(ignored).toMatchObject({ rows: [{}, {}], totalCount: null, droppedRows: 0 });
    expect([ignored, heard].map(({ strangers }) => [...(strangers?.verdicts ?? [])])).toEqual([[['2', 'no']], []]);
    expect(heard).toMatchObject({ rows: [{ idInSource: '3' }], totalCount: 1 });
  });

  test('keeps a contact whose status was deleted, or whose sharing cannot be read: the portal knows them', async () => {
    const rows = [aPerson(1), aPerson(2, { isShared: {}, isPrivate: {}, shareType: 'abc' })];
    await using portal = await startStubPortal(() => ({ body: listEnvelope(rows, { total: 2 }) }));
    const ids = async (filter: SourceFilter) =>
      (await portal.source.readBlock(planOf(portal.source, filter), 0, aCall())).rows.map((row) => row?.idInSource);

    expect(await ids({ statusIds: ['17'] })).toEqual(['1', '2']);
    expect(await ids({ isShared: true })).toEqual(['1', '2']);
  });

  test.each(['<html><h1>Server Error in / Application</h1></html>', ''])(
    'has the rows around one at which the portal fails with the page %j',
    async (body) => {
      await using portal = await startStubPortal((request) => {
        const { startIndex, count } = Object.fromEntries(request.query);
        const holdsBad = Number(startIndex) <= 4 && 4 < Number(startIndex) + Number(count);
        return holdsBad ? { status: 500, headers: { 'content-type': 'text/html' }, body } : page(20, request);
      });

      const { rows, droppedRows } = await portal.source.readBlock(planOf(portal.source, {}), 0, aCall());

      expect(rows.map((row) => Number(row?.idInSource ?? 0))).toEqual(
        Array.from({ length: 20 }, (_, index) => (index === 4 ? 0 : index + 1)),
      );
      expect(droppedRows).toBe(1);
    },
  );

  test('of a list that the portal cannot find is a failure, never empty', async () => {
    await using portal = await startStubPortal(() => ({ status: 404, body: errorEnvelope(404, 'Not found') }));

    await expect(portal.source.readBlock(planOf(portal.source, {}), 0, aCall())).rejects.toMatchObject({ code: 'BAD_RESPONSE' });
  });

  test('sends hostile values as values', async () => {
    await using portal = await startStubPortal((request) => page(0, request));
    const plan = planOf(portal.source, { tags: ['a&contactListView=Company', 'b[]=#?'], search: 'x&isShared=true' });

    await portal.source.readBlock(plan, 0, aCall());

    const { query } = portal.requests[0]!;
    expect(query.getAll('tags')).toEqual(['a&contactlistview=company', 'b[]=#?']);
    expect([query.get('filterValue'), query.get('contactListView'), query.get('isShared')]).toEqual(['x&isShared=true', null, null]);
  });
});

describe('a collected list', () => {
  test('reads bycontactinfo to its end and leaves tags to be looked up', async () => {
    await using portal = await startStubPortal(() => ({ body: listEnvelope([aPerson(1), aPerson(2)]) }));

    const block = await portal.source.readBlock(planOf(portal.source, { contactInfos: [email] }), 0, aCall());

    expect(portal.requests.map(({ path, query }) => `${path}?${query}`)).toEqual([
      '/api/2.0/crm/contact/bycontactinfo?infoType=1&data=anna%40baltic.example&startIndex=0&count=1000',
    ]);
    expect(block).toMatchObject({ isLast: true, isWhole: true, overlap: [], totalCount: null });
    expect(block.rows.map((row) => row?.tags)).toEqual([undefined, undefined]);
  });

  test('has each contact once, whichever conditions found it', async () => {
    await using portal = await startStubPortal(({ query }) => ({
      body: listEnvelope(query.get('infoType') === '1' ? [aPerson(1), aPerson(2)] : [aPerson(2), aPerson(3)]),
    }));
    const plan = planOf(portal.source, { contactInfos: [email, { ...email, type: 'SKYPE' }] });

    const block = await portal.source.readBlock(plan, 0, aCall());

    expect(block.rows.map((row) => row?.idInSource)).toEqual(['1', '2', '3']);
  });

  test('tries a phone as typed only when its digits find nothing', async () => {
    await using portal = await startStubPortal(({ query }) => ({
      body: listEnvelope(query.get('data') === '+371 2000-0000' ? [aPerson(1)] : []),
    }));
    const plan = planOf(portal.source, { contactInfos: [{ type: 'PHONE', value: '+371 2000-0000', match: 'EXACT' }] });

    const block = await portal.source.readBlock(plan, 0, aCall());

    expect(portal.requests.map(({ query }) => query.get('data'))).toEqual(['2%0%0%0%0%0%0%0', '+371 2000-0000']);
    expect(block.rows.map((row) => row?.idInSource)).toEqual(['1']);
  });

  test('that one deleted status spoils is a failure, never empty', async () => {
    await using portal = await startStubPortal(() => ({ status: 404, body: errorEnvelope(404, 'Not found') }));

    await expect(portal.source.readBlock(planOf(portal.source, { contactInfos: [email] }), 0, aCall())).rejects.toMatchObject({
      code: 'BAD_RESPONSE',
      httpStatus: 404,
    });
  });

  test('goes on beyond the scan budget with the next block', async () => {
    await using portal = await startStubPortal((request) => page(30, request), { scanBudget: 20 });
    const plan = planOf(portal.source, { contactInfos: [email] });

    const blocks = [await portal.source.readBlock(plan, 0, aCall()), await portal.source.readBlock(plan, 1, aCall())];

    expect(blocks.map(({ rows, isLast, isWhole }) => [rows.length, isLast, isWhole])).toEqual([
      [20, false, true],
      [10, true, true],
    ]);
    expect(portal.requests.map(({ query }) => [query.get('startIndex'), query.get('count')])).toEqual([
      ['0', '20'],
      ['20', '20'],
    ]);
  });

  test('of several conditions gives no contact in two blocks', async () => {
    // The second list is the first one, ten places on.
    await using portal = await startStubPortal(
      (request) => {
        const { query } = request;
        const skipped = query.get('infoType') === '1' ? 0 : 10;
        const from = Number(query.get('startIndex')) + skipped;
        const rows = Array.from({ length: Math.min(Number(query.get('count')), 30 - from) }, (_, index) => aPerson(from + index + 1));
        return { body: listEnvelope(rows, { startIndex: Number(query.get('startIndex')), total: 30 - skipped }) };
      },
      { scanBudget: 10 },
    );
    const plan = planOf(portal.source, { contactInfos: [email, { ...email, type: 'SKYPE' }] });

    const ids: (string | undefined)[] = [];
    for (let index = 0, isLast = false; !isLast && index < 9; index += 1) {
      const block = await portal.source.readBlock(plan, index, aCall());
      ids.push(...block.rows.map((row) => row?.idInSource));
      isLast = block.isLast;
    }

    expect(ids).toHaveLength(30);
    expect(new Set(ids).size).toBe(30);
  });

  test('reads the tags of each row when the filter asks for some', async () => {
    await using portal = await startStubPortal(({ path }) =>
      path.endsWith('/tag')
        ? { body: objectEnvelope(path.includes('/2/') ? ['vip'] : []) }
        : { body: listEnvelope([aPerson(1), aPerson(2)]) },
    );

    const block = await portal.source.readBlock(planOf(portal.source, { contactInfos: [email], tags: ['vip'] }), 0, aCall());

    expect(block.rows.map((row) => valueOr(row?.tags, null)?.map(({ name }) => name))).toEqual([[], ['vip']]);
  });

  test('leaves out a company that the portal does not know, and not the others', async () => {
    await using portal = await startStubPortal(({ path }) =>
      path.includes('/11/')
        ? { status: 404, body: errorEnvelope(404, 'Not found') }
        : { body: listEnvelope([aPerson(5, { tags: ['vip'] })]) },
    );

    const block = await portal.source.readBlock(planOf(portal.source, { companyIds: ['11', '12'] }), 0, aCall());

    expect(portal.requests.map(({ path }) => path).toSorted()).toEqual([
      '/api/2.0/crm/contact/company/11/person',
      '/api/2.0/crm/contact/company/12/person',
    ]);
    expect(block.rows.map((row) => [row?.idInSource, valueOr(row?.tags, null)?.length])).toEqual([['5', 1]]);
    expect(block).toMatchObject({ isWhole: true, totalCount: 1 });
  });
});
