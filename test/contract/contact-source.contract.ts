import { describe, expect, it } from 'vitest';
import type { ContactSource } from '../../src/datasources/port/contact-source.ts';
import type { Block, RunnablePlan } from '../../src/datasources/port/list-plan.ts';
import { CONTACT_ORDER_FIELDS } from '../../src/datasources/port/list-query.ts';
import type { ContactRecord } from '../../src/datasources/port/records/contact.ts';
import type { ReferenceKind } from '../../src/datasources/port/records/entity.ts';
import { SourceError } from '../../src/datasources/port/source-error.ts';
import { emptyContact } from '../../src/datasources/port/records/empty-contact.ts';
import { decodeAnswer, encodeAnswer } from '../../src/replicas/answer-code.ts';
import { createCall } from '../support/call.ts';
import { whole } from '../support/read-record.ts';
import { describeFailures } from './failures.contract.ts';
import { present, queryBy, startSubject, type Caller } from './subject.ts';

const NO_DETAILS: ReadonlySet<never> = new Set();
const CONTACT_MEMBERS = Object.keys(
  emptyContact({ source: '', entity: 'contact', kind: 'PERSON', idInSource: '' }),
) as (keyof ContactRecord)[];
const ENTITIES = ['contact', 'company'] as const;
const REFERENCE_KINDS: readonly ReferenceKind[] = ['statuses', 'types', 'groups', 'users', 'tags', 'customFields'];

/** What every source promises to the layers above it, against its CRM's imitation. */
export function describeContactSource(caller: Caller): void {
  describe(`a list of ${caller.kind}`, () => {
    it.each(CONTACT_ORDER_FIELDS)('by %s is either walked to its end, each contact once, or refused without a call', async (field) => {
      await using subject = await startSubject(caller);
      const { source, crm } = subject;
      for (const direction of ['ASC', 'DESC'] as const) {
        if (!source.capabilities.orderFields.includes(field)) {
          expect(source.planList(queryBy({ field, direction }))).toEqual({ outcome: 'impossible', code: 'ORDER_UNSUPPORTED', members: [] });
          continue;
        }
        const plan = subject.plan({ field, direction });
        const blocks = await readBlocks(source, plan);
        const ids = blocks.flatMap(({ rows }) => present(rows).map(({ idInSource }) => idInSource));
        expect(ids.toSorted()).toEqual(crm.contactIds().toSorted());
        expect(blocks.length).toBeGreaterThan(2);
        expect(blocks.every(({ rows }) => rows.length <= plan.blockSize)).toBe(true);
        expect(blocks.map(({ isLast }) => isLast)).toEqual(blocks.map((_block, index) => index === blocks.length - 1));
      }
      if (!source.capabilities.orderFields.includes(field)) expect(crm.requests).toEqual([]);
    });

    it('has full blocks but for the last, overlaps that are the rows before, and counts only where it says so', async () => {
      await using subject = await startSubject(caller);
      const { source, crm } = subject;
      const plan = subject.plan();
      const blocks = await readBlocks(source, plan);
      for (const [index, block] of blocks.entries()) {
        const before = blocks.slice(0, index).flatMap(({ rows }) => present(rows).map(({ idInSource }) => idInSource));
        expect(block.overlap).toEqual(block.overlap.length === 0 ? [] : before.slice(-block.overlap.length));
        expect(block).toMatchObject({ droppedRows: 0, isWhole: true });
        expect(block.totalCount).toBe(source.capabilities.canCount ? crm.contactIds().length : null);
        if (!block.isLast) expect(present(block.rows)).toHaveLength(plan.blockSize);
      }
    });

    it('is empty and at its end behind the last block', async () => {
      await using subject = await startSubject(caller);
      const plan = subject.plan();
      const { length } = await readBlocks(subject.source, plan);
      for (const index of [length, length + 7]) {
        expect(await subject.source.readBlock(plan, index, createCall())).toMatchObject({ rows: [], isLast: true, droppedRows: 0 });
      }
    });

    it('can be entered at any block, and reads the same there', async () => {
      await using subject = await startSubject(caller);
      const plan = subject.plan();
      const blocks = await readBlocks(subject.source, plan);
      const second = await subject.source.readBlock(plan, 1, createCall());
      expect({ ...second, asOf: null }).toEqual({ ...blocks[1], asOf: null });
    });

    it('reads records that other replicas read back as they were, with what is damaged in them', async () => {
      await using subject = await startSubject(caller);
      const { source, crm } = subject;
      const plan = subject.plan();
      const good = await readBlocks(source, plan);
      // Another member of each row is spoilt.
      const alter = (body: unknown) => {
        for (const [index, row] of caller.rowsOf(body).entries()) {
          const members = row as Record<string, unknown>;
          const names = Object.keys(members);
          members[names[index % names.length] ?? ''] = [{ odd: {} }];
        }
        return body;
      };
      crm.setFaults([{ route: caller.listRoute, effect: { kind: 'alter', alter } }]);
      const blocks = [...good, await source.readBlock(plan, 0, createCall())];
      for (const block of blocks) {
        const read = decodeAnswer(encodeAnswer(block)) as Block;
        expect({ ...read, rows: null }).toEqual({ ...block, rows: null });
        expect(read.rows).toHaveLength(block.rows.length);
        for (const [index, row] of block.rows.entries()) {
          const again = read.rows[index];
          expect(again === null).toBe(row === null);
          for (const member of CONTACT_MEMBERS) expect(whole(again?.[member])).toEqual(whole(row?.[member]));
        }
      }
      expect(blocks.at(-1)?.rows.some((row) => (row?.damaged.size ?? 0) > 0)).toBe(true);
    });

    it('costs one call for each block, all of them on the meter, and none to plan', async () => {
      await using subject = await startSubject(caller);
      const plan = subject.plan();
      expect(subject.plan().key).toBe(plan.key);
      expect(subject.plan({ direction: 'DESC' }).key).not.toBe(plan.key);
      expect(subject.crm.requests).toEqual([]);
      const call = createCall();
      await subject.source.readBlock(plan, 0, call);
      await subject.source.readBlock(plan, 1, call);
      expect(subject.crm.requests.map(({ route }) => route)).toEqual([caller.listRoute, caller.listRoute]);
      expect(call.counted).toEqual([subject.source.name, subject.source.name]);
    });

    it.each(Object.keys(caller.oddRows))(
      'leaves out a row that is %s, in its place, counts it and tells the log its place',
      async (oddity) => {
        await using subject = await startSubject(caller);
        const good = await subject.source.readBlock(subject.plan(), 0, createCall());
        const alter = (body: unknown) => {
          const rows = caller.rowsOf(body);
          rows[5] = caller.oddRows[oddity]?.(rows[5] as Record<string, unknown>);
          return body;
        };
        subject.crm.setFaults([{ route: caller.listRoute, effect: { kind: 'alter', alter } }]);
        const block = await subject.source.readBlock(subject.plan(), 0, createCall());
        expect(block.droppedRows).toBe(1);
        expect(block.rows).toEqual(good.rows.map((row, index) => (index === 5 ? null : row)));
        expect(subject.log.lines).toMatchObject([
          { level: 'warn', members: { source: subject.source.name, droppedRows: 1, paths: [expect.stringMatching(/^\$\..*\[5\]/)] } },
        ]);
      },
    );

    it('with nothing but odd rows is nobody, and all are counted', async () => {
      await using subject = await startSubject(caller);
      const alter = (body: unknown) => {
        const rows = caller.rowsOf(body);
        rows.splice(0, rows.length, ...rows.map(() => 'odd'));
        return body;
      };
      subject.crm.setFaults([{ route: caller.listRoute, effect: { kind: 'alter', alter } }]);
      const block = await subject.source.readBlock(subject.plan(), 0, createCall());
      expect(present(block.rows)).toEqual([]);
      expect(block.droppedRows).toBe(block.rows.length);
      expect(subject.log.lines).toMatchObject([{ members: { droppedRows: block.droppedRows, paths: { length: 5 } } }]);
    });
  });

  describe(`records of ${caller.kind}`, () => {
    it.each(ENTITIES)('are found by id, of the kind %s: those that exist, once each, and no stranger', async (entity) => {
      await using subject = await startSubject(caller);
      const { source, crm } = subject;
      const ids = crm.idsOf(entity).slice(0, 20);
      const unknown = caller.unknownIds[entity];
      const found = await source.findByIds(entity, [...ids, ...unknown, ...ids], NO_DETAILS, createCall());
      expect([...found.keys()].toSorted()).toEqual([...ids].toSorted());
      for (const [id, record] of found) expect(record).toMatchObject({ idInSource: id, entity, source: source.name });
    });

    it('are the same by id as in the list, but for what only one of the two ways shows', async () => {
      await using subject = await startSubject(caller);
      const block = await subject.source.readBlock(subject.plan(), 0, createCall());
      const listed = present(block.rows).slice(0, 20);
      const ids = listed.map(({ idInSource }) => idInSource);
      const found = await subject.source.findByIds('contact', ids, NO_DETAILS, createCall());
      for (const { tags, customFields, ...record } of listed) {
        const same = found.get(record.idInSource);
        expect(same).toMatchObject(record);
        expect(same).toMatchObject({ customFields: expect.arrayContaining([...customFields]) });
        if (same !== undefined && !(same instanceof SourceError) && same.tags !== undefined) expect(same.tags).toEqual(tags);
      }
    });

    it('are none when nobody has the ids, and cost nothing when none are asked for', async () => {
      await using subject = await startSubject(caller);
      for (const entity of ENTITIES) {
        expect(await subject.source.findByIds(entity, caller.unknownIds[entity], NO_DETAILS, createCall())).toEqual(new Map());
      }
      const sent = subject.crm.requests.length;
      for (const entity of ENTITIES) expect(await subject.source.findByIds(entity, [], NO_DETAILS, createCall())).toEqual(new Map());
      expect(subject.crm.requests).toHaveLength(sent);
    });

    it('cost no call for what cannot be an id, and spoil none of the others', async () => {
      await using subject = await startSubject(caller);
      const { source, crm } = subject;
      for (const entity of ['contact', 'company', 'user', 'lead', 'catalogElement', 'tags'] as const) {
        expect(await source.findByIds(entity, HOSTILE_IDS, NO_DETAILS, createCall())).toEqual(new Map());
      }
      expect(crm.requests.filter(({ route }) => !isUserLookUp(route))).toEqual([]);
      const [id = ''] = crm.contactIds();
      const found = await source.findByIds('contact', [...HOSTILE_IDS, id], NO_DETAILS, createCall());
      expect([...found.keys()]).toEqual([id]);
      for (const { url, body } of crm.requests) {
        for (const hostile of HOSTILE_IDS.filter((text) => /[^\w. ]/.test(text) && text.length > 2))
          expect(`${url} ${JSON.stringify(body)}`).not.toContain(hostile);
      }
    });
  });

  describe(`look-up lists of ${caller.kind}`, () => {
    it.each(REFERENCE_KINDS)('hold all %s that the CRM has; [] and no call where it has no such thing', async (kind) => {
      await using subject = await startSubject(caller);
      const expected = subject.crm.references()[kind];
      const list = await subject.source.listReferences(kind, createCall());
      expect(list.map(({ idInSource }) => idInSource).toSorted()).toEqual([...(expected ?? [])].toSorted());
      if (expected === undefined) expect(subject.crm.requests).toEqual([]);
    });
  });

  describe(`health of ${caller.kind}`, () => {
    it('is unknown before the first call, then OK with a latency; telling it calls nobody', async () => {
      await using subject = await startSubject(caller);
      expect(subject.source.health()).toMatchObject({ status: 'UNKNOWN', checkedAt: null, latencyMs: null, error: null });
      await subject.source.readBlock(subject.plan(), 0, createCall());
      expect(subject.source.health()).toMatchObject({
        status: 'OK',
        checkedAt: expect.any(Date),
        latencyMs: expect.any(Number),
        error: null,
      });
      expect(subject.crm.requests).toHaveLength(1);
    });
  });

  describeFailures(caller);
}

/** No id of any of the CRMs, and none may get into a call. */
const HOSTILE_IDS = [
  '',
  ' ',
  '-1',
  '1.5',
  '1e3',
  '0x10',
  '٣٤٥',
  '../users',
  'filter',
  '12/../filter',
  '12?with=leads',
  '1&filter[id][]=2',
  '1,2',
  "1' OR '1'='1",
  '{"$ne":1}',
  '# = "x"',
  '%2e%2e',
  '1\r\nx-injected: 1',
  '9'.repeat(40),
  '__proto__',
];

/** Where users have no address of their own, all are read whatever the id. */
function isUserLookUp(route: string): boolean {
  return route === 'GET /api/v4/users';
}

async function readBlocks(source: ContactSource, plan: RunnablePlan): Promise<Block[]> {
  const blocks: Block[] = [];
  do blocks.push(await source.readBlock(plan, blocks.length, createCall()));
  while (blocks.at(-1)?.isLast !== true && blocks.length < 100);
  return blocks;
}
