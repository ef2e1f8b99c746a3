import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isAskedFor, type AskedFilter } from '../../support/filters/filter-truth.ts';
import { startTestGateway, type SourceName, type TestGateway } from '../../support/gateway.ts';
import { shapeOf } from '../../support/filters/request-shape.ts';
import { storedContacts } from '../../support/filters/stored-contacts.ts';
import { ALL } from '../../support/sources.ts';

const WILDCARDS = ['%', '_', '_%_', '*', '?', '.*', '^.*$', '[a-z]+', '(', ']', '{1,9}', '|', 'A%a', 'A__a', 'A.*a'];
const QUOTES = ["'", '"', '\\', '\\%', "' OR '1'='1", '") OR (# = "x', '" OR # = "', '$ && ["a"]', '\\"', '$)'];
const SEPARATORS = [',', ';', 'a,b', ':', '&', '#', '&filter[id][]=1', '?limit=250&x', '&isShared=true', 'a+b', '%26', '../..', '[0]'];
const CONTROLS = ['\u0000', 'a\u0000b', 'a\nb', '\r\nX-Injected: 1', '\t', '\u202e', '\ufeff', '\ud800', '   '];
const TEXTS = ['🙂', 'Anna 🙂', 'İ', 'e\u0301', '<script>', '&amp;', '&quot;', 'null', '0', '-1', '1e999', '{{x}}', '@'];
const LONG = ['x'.repeat(500), '漢'.repeat(500), '%'.repeat(500), '('.repeat(500), '1'.repeat(500), 'x'.repeat(501)];
const HOSTILE = [...WILDCARDS, ...QUOTES, ...SEPARATORS, ...CONTROLS, ...TEXTS, ...LONG];
const HARMLESS = ['Anna', 'no one', '+371 2000 0000', 'anna@example.com', 'Riga', '112', 'Vip'];

const MEMBERS: Readonly<Record<string, (value: string) => AskedFilter>> = {
  search: (search) => ({ search }),
  firstName: (firstName) => ({ firstName }),
  lastName: (lastName) => ({ lastName }),
  tags: (tag) => ({ tags: [tag] }),
  ...Object.fromEntries(
    ['PHONE_EXACT', 'PHONE_CONTAINS', 'EMAIL_EXACT', 'EMAIL_CONTAINS', 'ADDRESS_EXACT', 'SKYPE_CONTAINS'].map((name) => {
      const [type = '', match] = name.split('_');
      return [name, (value: string): AskedFilter => ({ contactInfos: [{ type, value, match: match === 'EXACT' ? 'EXACT' : 'CONTAINS' }] })];
    }),
  ),
};

const LIST = '{ nodes { source { name } idInSource } pageInfo { hasNextPage } sourceReports { source { name } status error { code } } }';
const NAMES = Object.keys(MEMBERS);
const DOCUMENT = `query (${NAMES.map((name) => `$${name}: ContactFilter`).join(', ')}) { ${NAMES.map((name) => `${name}: contacts(filter: $${name}, first: 100) ${LIST}`).join(' ')} }`;

interface List {
  readonly nodes: readonly { readonly source: { readonly name: SourceName }; readonly idInSource: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean };
  readonly sourceReports: readonly {
    readonly source: { readonly name: SourceName };
    readonly status: string;
    readonly error: { readonly code: string } | null;
  }[];
}

let gateway: TestGateway;
const harmlessShapes = new Set<string>();
beforeAll(async () => {
  gateway = await startTestGateway({
    population: { seed: 37, onlyoffice: 4, kommo: 12, callgear: 5 },
    environment: { CALL_BUDGET: '1000', CACHE_TTL_MS: '600000' },
  });
  for (const [index, value] of [
    ...HOSTILE.filter((each) => each.length < 50 && each.trim() === each && each.isWellFormed()),
    'A1a',
    'AxxA',
    'A11a',
    'b',
  ].entries())
    addContact(value, index);
  for (const value of ['', ...HARMLESS]) await ask(value);
  for (const request of gateway.requests()) harmlessShapes.add(`${request.source} ${shapeOf(request)}`);
});
afterAll(() => gateway[Symbol.asyncDispose]());

/** A contact in each CRM that has the value wherever one fits. PostgreSQL, which is below CallGear, stores no NUL. */
function addContact(value: string, index: number): void {
  const { onlyoffice, kommo, callgear } = gateway;
  onlyoffice.addContact({
    isCompany: false,
    firstName: value,
    lastName: `Last ${index}`,
    tags: [value],
    infos: [0, 1, 3]
      .map((type) => ({ type, category: 1, data: value }))
      .concat([{ type: 7, category: 0, data: JSON.stringify({ city: value, country: '', state: '', street: '', zip: '' }) }]),
  });
  const field = (id: number, code: string, type: string, enumCode: string) => ({
    field_id: id,
    field_name: code,
    field_code: code,
    field_type: type,
    values: [{ value, enum_id: 3, enum_code: enumCode }],
  });
  kommo.data.contacts.push({
    ...structuredClone(kommo.data.contacts[0]!),
    id: 800_001 + index,
    name: `Last ${index}`,
    first_name: value,
    last_name: `Last ${index}`,
    tags: [{ id: 8_000 + index, name: value, color: null }],
    isTrashed: false,
    custom_fields_values: [
      field(7001, 'PHONE', 'multitext', 'WORK'),
      field(7003, 'EMAIL', 'multitext', 'WORK'),
      field(7005, 'IM', 'multitext', 'SKYPE'),
      field(7019, 'ADDRESS_1', 'smart_address', 'city'),
    ],
  });
  if (value.includes('\u0000')) return;
  callgear.contacts.push({
    ...structuredClone(callgear.contacts[0]!),
    id: 8_000_001 + index,
    first_name: value,
    last_name: `Last ${index}`,
    emails: [value],
    phone_numbers: /\d/.test(value) ? [value] : [],
  });
}

async function ask(value: string) {
  const variables = Object.fromEntries(NAMES.map((name) => [name, MEMBERS[name]?.(value)]));
  return gateway.query<Record<string, List | null>>(DOCUMENT, variables);
}

const LABELLED = HOSTILE.map((value) => [JSON.stringify(value).slice(0, 30), value] as const);

describe('a hostile value finds whoever has it and nobody else, and changes no request', () => {
  test.each(LABELLED)('%s', async (_label, value) => {
    gateway.clearCalls();
    const { data, errors } = await ask(value);

    const isBlank = value.trim() === '';
    const isTooLong = value.length > 500;
    expect(new Set(errors.map(({ extensions }) => extensions?.['code']))).toEqual(new Set(isBlank || isTooLong ? ['BAD_USER_INPUT'] : []));
    expect(errors).toHaveLength(isTooLong ? NAMES.length : isBlank ? NAMES.length - 1 : 0);
    const shapes = new Set(gateway.requests().map((request) => `${request.source} ${shapeOf(request)}`));
    expect([...shapes].filter((shape) => !harmlessShapes.has(shape))).toEqual([]);
    const searchedFor = gateway.requests('onlyoffice').map(({ url }) => new URL(url, 'http://crm.invalid').searchParams.get('data'));
    expect(searchedFor.filter((sent) => sent?.trim() === '')).toEqual([]);
    expect(NAMES.flatMap((name) => faultsOf(name, value, data?.[name] ?? null))).toEqual([]);
  });
});

/** What is wrong with a list; nothing, if it was refused. */
function faultsOf(name: string, value: string, list: List | null): string[] {
  return (list === null ? [] : ALL).flatMap((source) => {
    const report = list?.sourceReports.find((each) => each.source.name === source);
    const ids = list?.nodes.flatMap((node) => (node.source.name === source ? [node.idInSource] : [])) ?? [];
    const stored = storedContacts(gateway, [source]);
    if (report?.status === 'SKIPPED')
      return ids.length === 0 && report.error?.code === 'FILTER_UNSUPPORTED' ? [] : [`${source} ${name} is skipped with rows`];
    if (report?.status !== 'OK' && report?.status !== 'PARTIAL') return [`${source} ${name} is ${report?.status}: ${report?.error?.code}`];
    // Blank is no search; what else is found is the CRM's own affair, but it is never everyone.
    if (name === 'search')
      return value.trim() === '' || /\w/.test(value) || ids.length < stored.length / 2 ? [] : [`${source} finds everyone by a search`];
    const asked = stored.filter((contact) => isAskedFor(contact, MEMBERS[name]?.(value) ?? {}, phoneKey)).map(({ id }) => id);
    const mayMiss = list?.pageInfo.hasNextPage || source === 'kommo' || (source === 'callgear' && /EMAIL|PHONE/.test(name));
    const wrong = ids.filter((id) => !asked.includes(id)).map((id) => `${source} ${name} gives ${id}`);
    return mayMiss ? wrong : [...wrong, ...asked.filter((id) => !ids.includes(id)).map((id) => `${source} ${name} misses ${id}`)];
  });
}

/** A text without digits is compared as it is. */
function phoneKey(phone: string): string {
  return /\d/.test(phone) ? phone.replace(/\D/g, '').replace(/^00/, '') : phone.toLowerCase();
}

test('tags that are too long for one URL are answered all the same', async () => {
  const tags = Array.from({ length: 90 }, (_, index) => `${index}${'漢'.repeat(300)}`);
  const addressee = gateway.onlyoffice.addContact({ isCompany: false, firstName: 'Tagged', lastName: 'Often', tags });
  const document = `query ($filter: ContactFilter) { list: contacts(filter: $filter) ${LIST} }`;
  const { data, errors } = await gateway.query<Record<string, List>>(document, { filter: { tags } });
  expect(errors).toEqual([]);
  expect(data?.['list']?.sourceReports.map(({ status }) => status)).toEqual(['OK', 'OK', 'SKIPPED']);
  expect(data?.['list']?.nodes).toEqual([{ source: { name: 'onlyoffice' }, idInSource: String(addressee.id) }]);
});
