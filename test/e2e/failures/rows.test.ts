import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTestGateway, type SourceName, type TestGateway } from '../../support/gateway.ts';
import { ALL, LIST_ROUTES, rowsOf, type WireRow } from '../../support/sources.ts';

const LIST = `
  query ($first: Int, $after: String) {
    contacts(first: $first, after: $after) {
      nodes { __typename id displayName phones { value } emails { value } createdAt source { name } }
      pageInfo { endCursor hasNextPage }
      sourceReports { source { name } status error { code message } isComplete }
    }
  }`;

interface Row {
  readonly id: string;
  readonly source: { readonly name: SourceName };
}
interface Page {
  readonly contacts: {
    readonly nodes: readonly Row[];
    readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
    readonly sourceReports: readonly { readonly source: { readonly name: string }; readonly status: string }[];
  };
}

let gateway: TestGateway;
let well: readonly Row[];

beforeAll(async () => {
  gateway = await startTestGateway({ population: { onlyoffice: 6, kommo: 6, callgear: 6 } });
  well = (await gateway.ask<Page>(LIST, { first: 100 })).contacts.nodes;
});
afterAll(() => gateway[Symbol.asyncDispose]());
beforeEach(() => {
  for (const source of ALL) gateway[source].setFaults([]);
  gateway.log.length = 0;
});

const isOf = (source: SourceName) => (row: Row) => row.source.name === source;

/** Changes the list of rows in every answer to the source's list. */
function alterRows(source: SourceName, change: (rows: WireRow[]) => unknown[]): void {
  const alter = (body: unknown): unknown => {
    const rows: unknown[] = rowsOf(source, body);
    rows.splice(0, rows.length, ...change(rowsOf(source, body)));
    return body;
  };
  gateway[source].setFaults([{ route: LIST_ROUTES[source], effect: { kind: 'alter', alter } }]);
}

const SPOILT: Readonly<Record<string, (row: WireRow) => unknown>> = {
  'without its id': ({ id: _id, ...rest }) => rest,
  'with an id of another type': (row) => ({ ...row, id: { value: 12 } }),
  'with an id that is no id': (row) => ({ ...row, id: '../../etc/passwd' }),
  'that is null': () => null,
  'that is a text': () => 'secret-of-a-row',
  'that is a list': () => [1, 2, 3],
};

describe.each(ALL)('a row of %s', (source) => {
  test.each(Object.keys(SPOILT))('%s is left out, counted and logged, and no other row with it', async (kind) => {
    const spoil = SPOILT[kind] ?? ((row) => row);
    alterRows(source, (rows) => rows.map((row, index) => (index === 1 ? spoil(row) : row)));
    const { nodes, sourceReports } = (await gateway.ask<Page>(LIST, { first: 100 })).contacts;
    const leftOut = well.filter(({ id }) => !nodes.some((row) => row.id === id));
    expect(leftOut).toMatchObject([{ source: { name: source } }]);
    const survivors = well.filter((row) => !leftOut.includes(row));
    // Each source's own order is kept; how they interleave may change with a row.
    for (const name of ALL) expect(nodes.filter(isOf(name))).toEqual(survivors.filter(isOf(name)));
    for (const report of sourceReports) {
      expect(report).toMatchObject(
        report.source.name === source
          ? { status: 'PARTIAL', isComplete: false, error: { code: 'BAD_RESPONSE', message: expect.stringContaining('One row') } }
          : { status: 'OK', isComplete: true, error: null },
      );
    }
    const warnings = gateway.log.filter(({ level }) => level === 'warn');
    expect(warnings).toMatchObject([{ members: { source, droppedRows: 1, paths: [expect.stringMatching(/^\$\..*\[\d+\]/)] } }]);
    expect(JSON.stringify(gateway.log)).not.toContain('secret-of-a-row');
  });

  test('with members of other types shows what can be read and invents nothing', async () => {
    const odd = {
      displayName: 42,
      name: 42,
      first_name: {},
      last_name: [],
      emails: 'none',
      phone_numbers: 7,
      commonData: 'x',
      created: 'soon',
      created_at: 'soon',
    };
    alterRows(source, (rows) => rows.map((row) => ({ ...row, ...Object.fromEntries(Object.entries(odd).filter(([key]) => key in row)) })));
    const { data, errors } = await gateway.query<Page>(LIST, { first: 100 });
    // An error at the member that cannot be read is honest; at anything above it, it would cost more than that.
    for (const { path, extensions } of errors) {
      expect([path?.at(-1), extensions]).toMatchObject(['createdAt', { code: 'BAD_RESPONSE', source }]);
    }
    const known = new Set(well.map(({ id }) => id));
    for (const row of data?.contacts.nodes ?? []) {
      expect(known).toContain(row.id);
      if (row.source.name === source) expect(row).toMatchObject({ createdAt: null });
    }
    for (const name of ALL.filter((other) => other !== source)) {
      expect(data?.contacts.nodes.filter(isOf(name))).toEqual(well.filter(isOf(name)));
    }
  });

  test('that comes twice is given once', async () => {
    alterRows(source, (rows) => [...rows.slice(0, 1), ...rows]);
    const { nodes } = (await gateway.ask<Page>(LIST, { first: 100 })).contacts;
    expect(new Set(nodes.map(({ id }) => id))).toEqual(new Set(well.map(({ id }) => id)));
    expect(nodes).toHaveLength(new Set(nodes.map(({ id }) => id)).size);
  });

  test('that comes on every page is given once, and the list ends', async () => {
    let firstRows: unknown[] | undefined;
    alterRows(source, (rows) => (firstRows ??= rows));
    const seen: string[] = [];
    let after: string | null = null;
    for (let page = 0; page < 30; page += 1) {
      const { nodes, pageInfo }: Page['contacts'] = (await gateway.ask<Page>(LIST, { first: 7, after })).contacts;
      seen.push(...nodes.map(({ id }) => id));
      if (!pageInfo.hasNextPage) break;
      after = pageInfo.endCursor;
    }
    expect(new Set(seen)).toEqual(new Set(well.map(({ id }) => id)));
    expect(gateway.requests(source).length).toBeLessThan(100);
  });
});
