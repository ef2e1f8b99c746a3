import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { encodeSourceId } from '../../../src/federation/source-id.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';

let gateway: TestGateway;
/** The same with room for 200 values. */
let poor: TestGateway;

const POPULATION = { onlyoffice: 60, kommo: 120, callgear: 10 };

beforeAll(async () => {
  gateway = await startTestGateway({ population: POPULATION });
  poor = await startTestGateway({ population: POPULATION, environment: { VALUE_BUDGET: '200' } });
  for (const { kommo } of [gateway, poor]) {
    for (let id = 1_000; id < 2_000; id += 1) kommo.data.contactTags.push({ id, name: `tag ${id}`, color: null });
  }
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await poor[Symbol.asyncDispose]();
});
beforeEach(() => {
  gateway.clearCalls();
  poor.clearCalls();
});

const repeated = (count: number, make: (index: number) => string) => Array.from({ length: count }, (_, index) => make(index)).join(' ');
const TAG_BOMB = `{ contacts(first: 100, sources: ["kommo"]) { nodes { ${repeated(28, (index) => `a${index}: source { tags { id name color } }`)} } } }`;
const callsOf = (of: TestGateway) => Object.values(of.calls()).reduce((sum, count) => sum + count, 0);

describe('a query over its budget of values', () => {
  test('is answered with data: null and one COST_EXCEEDED, as soon as one list goes over', async () => {
    const { status, data, errors, extensions } = await gateway.query(TAG_BOMB);

    expect({ status, data }).toEqual({ status: 200, data: null });
    expect(errors).toMatchObject([{ extensions: { code: 'COST_EXCEEDED' } }]);
    expect(errors[0]?.message).toContain('50000 values');
    const { cost } = extensions as { cost: { values: number; valueLimit: number } };
    expect(cost.valueLimit).toBe(50_000);
    expect(cost.values).toBeGreaterThan(50_000);
    expect(cost.values).toBeLessThanOrEqual(50_000 + 1_010 * 3);
  });

  test('costs no call where the length of its lists is known', async () => {
    await gateway.ask('{ source(name: "kommo") { tags { id } } }');
    gateway.clearCalls();

    const { data, errors, extensions } = await gateway.query(TAG_BOMB);

    expect(data).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'COST_EXCEEDED' } }]);
    expect(extensions).toMatchObject({ cost: { calls: 0 } });
    expect(callsOf(gateway)).toBe(0);
  });

  test.each<[string, string]>([
    ['full pages of many fields', '{ contacts(first: 100) { nodes { id displayName about } } }'],
    ['the same by variable', 'query ($first: Int = 100) { contacts(first: $first) { nodes { id displayName about } } }'],
    ['the same through fragments', '{ contacts(first: 100) { nodes { ...F } } } fragment F on Contact { id displayName about }'],
    ['the same by aliases', `{ ${repeated(4, (index) => `a${index}: contacts(first: 60) { nodes { id } }`)} }`],
    ['introspection', '{ __schema { types { fields { name type { fields { name } } } } } }'],
  ])('is refused before any call where it is sure: %s', async (_name, document) => {
    const { data, errors } = await poor.query(document);

    expect(data).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'COST_EXCEEDED' } }]);
    expect(callsOf(poor)).toBe(0);
  });

  test('leaves an answer that fits as it is, and says what it cost', async () => {
    const { data, errors, extensions } = await poor.query<{ contacts: { nodes: object[] } }>(
      '{ contacts(first: 100, sources: ["onlyoffice"]) { nodes { id } } }',
    );

    expect(errors).toEqual([]);
    expect(extensions).toEqual({
      cost: { calls: callsOf(poor), limit: 100, values: 1 + (data?.contacts.nodes.length ?? 0), valueLimit: 200 },
    });
  });

  test('has room for the introspection of tools', async () => {
    expect((await gateway.query(getIntrospectionQuery({ descriptions: true, inputValueDeprecation: true }))).errors).toEqual([]);
  });
});

describe('lists of contacts', () => {
  const lists = (count: number, selection: string) => `{ ${repeated(count, (index) => `a${index}: ${selection}`)} }`;

  test('are ten at most in one operation, fragments and directives obeyed', async () => {
    const list = 'contacts(first: 1) { totalCount }';
    const { data, errors } = await gateway.query(lists(11, list));

    expect(data).toBeNull();
    expect(errors).toMatchObject([{ message: expect.stringContaining('10 lists'), extensions: { code: 'COST_EXCEEDED' } }]);
    expect((await gateway.query(`{ ...F b: ${list} } fragment F on Query ${lists(10, list)}`)).data).toBeNull();
    expect(callsOf(gateway)).toBe(0);
    expect((await gateway.query(lists(10, list))).errors).toEqual([]);
    expect(
      (await gateway.query(lists(11, 'contacts(first: 1) @skip(if: true) { totalCount }').replace('{', '{ __typename'))).errors,
    ).toEqual([]);
  });
});

describe('a query over its bytes', () => {
  test.each([
    ['long texts', 'Ж'.repeat(20_000)],
    ['texts that JSON makes six times as long', '\u0001'.repeat(4_000)],
  ])('is refused, not built: %s', async (_what, about) => {
    for (const contact of gateway.onlyoffice.portal.contacts) contact.about = about;
    const texts = repeated(25, (index) => `a${index}: about`);

    const { data, errors } = await gateway.query(`{ contacts(first: 50, sources: ["onlyoffice"]) { nodes { ${texts} } } }`);

    expect(data).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'COST_EXCEEDED' } }]);
    expect(errors[0]?.message).toContain('bytes');
  });
});

describe('a mutation', () => {
  const idsOf = (of: TestGateway, count: number) =>
    of.onlyoffice
      .visibleContacts()
      .slice(0, count)
      .map(({ id }) => encodeSourceId({ source: 'onlyoffice', entity: 'contact', idInSource: String(id) }));

  test('that is surely over the budget is refused before anything is sent', async () => {
    const outcomes = repeated(10, (index) => `d${index}: deletions { contactId outcome url }`);

    const { data, errors } = await poor.query(`mutation ($ids: [ID!]!) { deleteContacts(input: { ids: $ids }) { ${outcomes} } }`, {
      ids: idsOf(poor, 20),
    });

    expect(data).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'COST_EXCEEDED' } }]);
    expect(callsOf(poor)).toBe(0);
  });

  test('answers its outcomes, and leaves out only the contacts that are too much', async () => {
    const ids = idsOf(poor, 5);
    const fields = repeated(20, (index) => `a${index}: displayName source { name kind }`);

    const { data, errors } = await poor.query<{ deleteContacts: { deletedContactIds: string[]; deletions: { contact: object | null }[] } }>(
      `mutation ($ids: [ID!]!) { deleteContacts(input: { ids: $ids }) {
        deletedContactIds deletions { contactId outcome contact { ${fields} ${repeated(8, (index) => `b${index}: emails { value }`)} phones { value type } } } } }`,
      { ids },
    );

    expect(data?.deleteContacts.deletedContactIds).toEqual(ids);
    expect(data?.deleteContacts.deletions).toMatchObject(ids.map((contactId) => ({ contactId, outcome: 'DELETED' })));
    const cut = data?.deleteContacts.deletions.flatMap(({ contact }, index) => (contact === null ? [index] : []));
    expect(cut).not.toEqual([]);
    expect(cut).not.toContain(0);
    expect(errors.map(({ path, extensions }) => [path, extensions?.['code']])).toEqual(
      cut?.map((index) => [['deleteContacts', 'deletions', index, 'contact'], 'COST_EXCEEDED']),
    );
  });
});
