import { describe, expect, it } from 'vitest';
import type { CallgearListPlan } from '../../../../src/datasources/callgear/planning/plan.ts';
import { newCall, page, scriptedCallgear, type RpcRequest, type ScriptedCallgear } from './scripted-callgear.ts';

const NO_DETAILS = new Set<never>();
const TWELVE_FIELDS = 12;

function planOf({ datasource }: ScriptedCallgear): CallgearListPlan {
  const plan = datasource.planList({ filter: {}, order: { field: 'DISPLAY_NAME', direction: 'ASC' }, details: NO_DETAILS });
  if (plan.outcome !== 'runnable') throw new Error('not runnable');
  return plan;
}

/** Answers with rows whose id is their place in the list, counted from 1. */
function list(length: number, total: number | null = length) {
  return ({ params }: RpcRequest) => {
    const offset = Number(params['offset']);
    const size = Math.max(0, Math.min(Number(params['limit']), length - offset));
    return page(
      Array.from({ length: size }, (_, index) => ({ id: offset + index + 1 })),
      total ?? undefined,
    );
  };
}

describe('a block', () => {
  it('asks for all fields in an explicit order, and does not count', async () => {
    const callgear = scriptedCallgear(list(3));
    const block = await callgear.datasource.readBlock(planOf(callgear), 0, newCall());

    expect(callgear.requests).toHaveLength(1);
    expect(callgear.requests[0]?.params).toMatchObject({ limit: 250, offset: 0, sort: [{ field: 'full_name', order: 'asc' }, {}, {}] });
    expect(callgear.requests[0]?.params['fields']).toHaveLength(TWELVE_FIELDS);
    expect(block).toMatchObject({ overlap: [], isLast: true, totalCount: null, isWhole: true });
    expect(block.rows.map((row) => row?.idInSource)).toEqual(['1', '2', '3']);
  });

  it('after the first reads three rows along that lie before it', async () => {
    const callgear = scriptedCallgear(list(1000));
    const block = await callgear.datasource.readBlock(planOf(callgear), 2, newCall());

    expect(callgear.requests[0]?.params).toMatchObject({ limit: 253, offset: 497 });
    expect(block.overlap).toEqual(['498', '499', '500']);
    expect([block.rows.length, block.rows[0]?.idInSource, block.isLast]).toEqual([250, '501', false]);
  });

  it('that begins at the end of the list is empty and the last', async () => {
    const callgear = scriptedCallgear(list(250, 260));
    const block = await callgear.datasource.readBlock(planOf(callgear), 1, newCall());
    expect(block).toMatchObject({ rows: [], overlap: ['248', '249', '250'], isLast: true });
  });

  it('leaves a hole for a row without a usable id, counted and logged by its path, and for a repeat', async () => {
    const rows = [{ id: 1 }, { id: 'secret@example.com' }, { id: 1 }, { full_name: 'No Id' }, { id: 3 }];
    const callgear = scriptedCallgear(() => page(rows, rows.length));
    const block = await callgear.datasource.readBlock(planOf(callgear), 0, newCall());

    expect(block.rows.map((row) => row?.idInSource)).toEqual(['1', undefined, undefined, undefined, '3']);
    expect(block.droppedRows).toBe(2);
    expect(callgear.warnings).toMatchObject([{ droppedRows: 2, paths: ['$.result.data[1].id', '$.result.data[3].id'] }]);
    expect(JSON.stringify(callgear.warnings)).not.toContain('secret');
  });

  it('at the largest offset is the last, and not whole, as the list goes on out of reach', async () => {
    const callgear = scriptedCallgear(list(120_000));
    const plan = planOf(callgear);
    const last = await callgear.datasource.readBlock(plan, 400, newCall());
    expect(callgear.requests[0]?.params['offset']).toBe(99_997);
    expect([last.rows.length, last.isLast, last.isWhole]).toEqual([250, true, false]);

    expect(await callgear.datasource.readBlock(plan, 401, newCall())).toMatchObject({ rows: [], isLast: true, isWhole: false });
    expect(callgear.requests).toHaveLength(1);
  });
});

describe('reads by id', () => {
  it('are one call, leave out ids that CallGear does not know, and never send what is no id', async () => {
    const callgear = scriptedCallgear(() => page([{ id: 6152759362, full_name: 'Anna' }], 1));
    const found = await callgear.datasource.findByIds('contact', ['6152759362', '6', '007', "1'", '6152759362'], NO_DETAILS, newCall());

    expect([...found.keys()]).toEqual(['6152759362']);
    expect(callgear.requests[0]?.params['filter']).toEqual({ field: 'id', operator: 'in', value: [6152759362, 6] });
  });

  it('give a row of which a member is odd', async () => {
    const callgear = scriptedCallgear(() => page([{ id: 5, full_name: 'Anna', groups: 'odd' }], 1));
    const found = await callgear.datasource.findByIds('contact', ['5'], NO_DETAILS, newCall());
    expect(found.get('5')).toMatchObject({ displayName: 'Anna', groups: [] });
    await Promise.resolve();
    expect(callgear.warnings).toMatchObject([{ damagedValues: 1, paths: ['$.result.data[0].groups'] }]);
  });

  it.each(['999999999999999', '1000000000000000', '9007199254740991', '9007199254740993', '9223372036854775807'])(
    'send and find the id %s by its very digits',
    async (id) => {
      const callgear = scriptedCallgear(() => ({
        status: 200,
        text: `{"id":null,"result":{"data":[{"id":${id}}],"metadata":{"total_items":1}}}`,
      }));
      const found = await callgear.datasource.findByIds('contact', [id, '6'], NO_DETAILS, newCall());
      expect([...found.keys()]).toEqual([id]);
      expect(JSON.stringify(callgear.requests[0]?.params['filter'])).toBe(`{"field":"id","operator":"in","value":[${id},6]}`);
    },
  );

  it.each(['9223372036854775808', '90071992547409930000', '1e3', '-5', '0x10'])('never send %s, which is no id', async (id) => {
    const callgear = scriptedCallgear(() => page([]));
    expect(await callgear.datasource.findByIds('contact', [id], NO_DETAILS, newCall())).toEqual(new Map());
    expect([callgear.requests, callgear.datasource.isContactId('contact', id)]).toEqual([[], false]);
  });

  it.each([
    ['of another id', { id: 99 }],
    ['without an id', { id: null, full_name: 'Anna' }],
  ])('take no contact for absent when a row %s came', async (_name, row) => {
    const callgear = scriptedCallgear(() => page([{ id: 5 }, row], 2));
    const found = await callgear.datasource.findByIds('contact', ['5', '6'], NO_DETAILS, newCall());
    expect(found.get('5')).toMatchObject({ idInSource: '5' });
    expect(found.get('6')).toMatchObject({ code: 'BAD_RESPONSE' });
    expect(found.size).toBe(2);
  });

  it('go out in batches of 250, and one that fails leaves the others', async () => {
    const ids = Array.from({ length: 300 }, (_, index) => String(index + 1));
    const callgear = scriptedCallgear(({ params }) => {
      const { value } = params['filter'] as { value: number[] };
      return value.length === 250 ? page(value.map((id) => ({ id }))) : { mnemonic: 'internal_error' };
    });
    const found = await callgear.datasource.findByIds('contact', ids, NO_DETAILS, newCall());
    // A batch that fails may do so for one of its rows.
    expect(callgear.requests).toHaveLength(2 + 6);
    expect(found.get('250')).toMatchObject({ idInSource: '250' });
    expect(found.get('251')).toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('find companies among the organizations, and nothing of what CallGear does not have', async () => {
    const callgear = scriptedCallgear(() => page([{ id: 5, name: 'Northwind' }], 1));
    const found = await callgear.datasource.findByIds('company', ['5'], NO_DETAILS, newCall());
    expect(found.get('5')).toMatchObject({ kind: 'COMPANY', entity: 'company', displayName: 'Northwind' });
    expect(callgear.methods()).toEqual(['get.contact_organizations']);
    expect(await callgear.datasource.findByIds('lead', ['5'], NO_DETAILS, newCall())).toEqual(new Map());
  });

  it('are users without a name where the right is missing, which is one limitation and not an error each', async () => {
    const callgear = scriptedCallgear(() => ({ mnemonic: 'forbidden' }));
    const read = () => callgear.datasource.findByIds('user', ['7', '8'], NO_DETAILS, newCall());
    expect([...(await read()).values()]).toMatchObject([
      { idInSource: '7', displayName: null },
      { idInSource: '8', displayName: null },
    ]);
    expect(callgear.requests).toHaveLength(1);
    expect(callgear.limitations).toMatchObject([{ code: 'FORBIDDEN' }]);
  });
});

describe('look-up lists', () => {
  it('are read to the end', async () => {
    const callgear = scriptedCallgear(list(1500, null));
    expect(await callgear.datasource.listReferences('groups', newCall())).toHaveLength(1500);
    expect(callgear.requests.map(({ method, params }) => [method, params['offset'], params['limit']])).toEqual([
      ['get.group_contacts', 0, 1000],
      ['get.group_contacts', 1000, 1000],
      ['get.group_contacts', 1500, 1000],
    ]);
  });

  it('leave out what has no id, or a name that cannot be read', async () => {
    const callgear = scriptedCallgear(() =>
      page([{ id: 1, name: 'VIP' }, { name: 'x' }, { id: 2, name: {} }, null, { id: 3, name: null }], 5),
    );
    expect(await callgear.datasource.listReferences('groups', newCall())).toEqual([
      { idInSource: '1', name: 'VIP' },
      { idInSource: '3', name: '3' },
    ]);
  });

  it.each([null, {}, false, ''])('are empty where CallGear sends %j for no rows', async (data) => {
    const callgear = scriptedCallgear(() => ({ result: { data } }));
    expect(await callgear.datasource.listReferences('groups', newCall())).toEqual([]);
  });

  it('are read where CallGear sends them as a map', async () => {
    const callgear = scriptedCallgear(() => ({ result: { data: { 0: { id: 1 }, 1: { id: 2 } }, metadata: { total_items: 2 } } }));
    expect(await callgear.datasource.listReferences('groups', newCall())).toHaveLength(2);
  });

  it('are empty without a call where CallGear has no such thing', async () => {
    const callgear = scriptedCallgear(list(1));
    for (const kind of ['tags', 'statuses', 'types', 'customFields'] as const) {
      expect(await callgear.datasource.listReferences(kind, newCall())).toEqual([]);
    }
    expect(callgear.requests).toEqual([]);
  });
});
