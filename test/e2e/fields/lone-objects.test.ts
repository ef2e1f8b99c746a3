import { expect, it } from 'vitest';
import { startTestGateway, type SourceName } from '../../support/gateway.ts';
import { LIST_ROUTES } from '../../support/sources.ts';

type Row = Readonly<Record<string, unknown>>;
interface Page {
  contacts: { nodes: Row[]; isComplete: boolean; sourceReports: { status: string; damagedRows: number }[] };
}
const LIST = `{
  contacts(first: 5) {
    isComplete
    sourceReports { status damagedRows }
    nodes {
      idInSource tags { name } leads { nodes { idInSource } } phones { value } emails { value } contactInfos { type value }
      customFields { text } catalogElements { quantity } groups { name } status { name } currency { code }
    }
  }
}`;

const alone = (value: unknown): unknown => (Array.isArray(value) && value.length === 1 ? value[0] : value);
const listed = (value: unknown): unknown => (typeof value === 'object' && value !== null && !Array.isArray(value) ? [value] : value);
const changed = (row: Row, keys: readonly string[], change: (value: unknown) => unknown): Row =>
  Object.fromEntries(Object.entries(row).map(([key, value]) => [key, keys.includes(key) ? change(value) : value]));

function alterKommo(row: Row): Row {
  const embedded = changed(row['_embedded'] as Row, ['tags', 'leads', 'companies', 'catalog_elements'], alone);
  const fields = row['custom_fields_values'];
  const values = Array.isArray(fields) ? fields.map((field: Row) => changed(field, ['values'], alone)) : fields;
  return { ...row, custom_fields_values: alone(values), _embedded: embedded };
}
const alterOnlyoffice = (row: Row) =>
  changed(
    changed(row, ['commonData', 'addresses', 'customFields', 'accessList'], alone),
    ['contactStatus', 'currency', 'company', 'createBy'],
    listed,
  );
const alterCallgear = (row: Row) => changed(row, ['groups'], alone);

const rowsIn: Readonly<Record<SourceName, (body: unknown) => { rows: Row[]; put: (rows: unknown) => void }>> = {
  kommo(body) {
    const page = (body as { _embedded: { contacts: Row[] } })._embedded;
    return { rows: page.contacts, put: (rows) => Object.assign(page, { contacts: rows }) };
  },
  onlyoffice(body) {
    const page = body as { response: Row[] };
    return { rows: page.response, put: (rows) => Object.assign(page, { response: rows }) };
  },
  callgear(body) {
    const page = (body as { result: { data: Row[] } }).result;
    return { rows: page.data, put: (rows) => Object.assign(page, { data: rows }) };
  },
};

it.each<[SourceName, (row: Row) => Row]>([
  ['kommo', alterKommo],
  ['onlyoffice', alterOnlyoffice],
  ['callgear', alterCallgear],
])(
  'lone objects in the place of lists, and lists of one in the place of objects, are read as what they mean in %s',
  async (source, change) => {
    await using gateway = await startTestGateway({
      onlyoffice: null,
      kommo: null,
      callgear: null,
      [source]: {},
      environment: { CACHE_TTL_MS: '0' },
    });
    const whole = await gateway.ask<Page>(LIST);
    let alteredRows = 0;
    const alter = (body: unknown): unknown => {
      const { rows, put } = rowsIn[source](body);
      const altered = rows.map(change);
      alteredRows += altered.filter((row, index) => JSON.stringify(row) !== JSON.stringify(rows[index])).length;
      put(altered);
      return body;
    };
    gateway[source].setFaults([{ route: LIST_ROUTES[source], effect: { kind: 'alter', alter } }]);
    expect(await gateway.ask<Page>(LIST)).toEqual(whole);
    expect(alteredRows).toBeGreaterThan(5);
    expect(whole.contacts).toMatchObject({ isComplete: true, sourceReports: [{ status: 'OK', damagedRows: 0 }] });
  },
);
