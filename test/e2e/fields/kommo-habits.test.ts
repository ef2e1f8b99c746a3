import { describe, expect, it } from 'vitest';
import { startTestGateway } from '../../support/gateway.ts';
import type { KommoSandboxOptions } from '../../../src/sandbox/kommo/kommo-sandbox.ts';

const OTHERS = { onlyoffice: null, callgear: null } as const;
const CONTACTS = 'kommo GET /api/v4/contacts';
const ACCOUNT = 'kommo GET /api/v4/account';

function start(kommo: KommoSandboxOptions, count = 60) {
  return startTestGateway({ ...OTHERS, kommo, population: { kommo: count } });
}

interface Page {
  contacts: {
    nodes: { idInSource: string; customFields: { field: { label: string }; value: { date?: string } | null }[] }[];
    sourceReports: { status: string; isComplete: boolean; damagedRows: number; error: { code: string } | null }[];
  };
}
const list = (selection = 'idInSource') =>
  `{ contacts(first: 100, orderBy: { field: CREATED_AT, direction: ASC }) { nodes { ${selection} } sourceReports { status isComplete damagedRows error { code } } } }`;

describe('days of a Kommo account', () => {
  it('are those of its own zone where UTC leaves two of them, and the zone is asked for once', async () => {
    await using gateway = await start({ timeZone: { name: 'Pacific/Auckland', offset: '+13:00' } });
    const rows = gateway.kommo.data.contacts.filter(({ isTrashed }) => !isTrashed);
    const fields = [
      { field_id: 7023, field_name: 'First visit', field_code: null, field_type: 'date', values: [{ value: 1_768_388_400 }] },
    ];
    for (const row of rows) Object.assign(row, { custom_fields_values: fields });
    for (let request = 0; request < 3; request += 1) {
      const { contacts } = await gateway.ask<Page>(list('idInSource customFields { field { label } value { ... on DateValue { date } } }'));
      expect(new Set(contacts.nodes.map(({ customFields }) => customFields[0]?.value?.date))).toEqual(new Set(['2026-01-15']));
    }
    expect(gateway.calls()[ACCOUNT]).toBe(1);
  });

  it('cost no call where there is no doubt', async () => {
    await using gateway = await start({});
    await gateway.ask<Page>(list('customFields { text }'));
    expect(gateway.calls()[ACCOUNT]).toBeUndefined();
  });

  it('are shown as well as can be where the account does not tell its zone', async () => {
    const fault = { route: 'GET /api/v4/account', effect: { kind: 'respond', status: 403, body: '{"status":403}' } } as const;
    await using gateway = await start({ faults: [fault] });
    const [row] = gateway.kommo.data.contacts;
    Object.assign(row ?? {}, {
      custom_fields_values: [
        { field_id: 7023, field_name: 'Day', field_code: null, field_type: 'date', values: [{ value: 1_768_388_400 }] },
      ],
    });
    const { data, errors } = await gateway.query<Page>(list('idInSource customFields { text }'));
    expect(errors).toEqual([]);
    expect(data?.contacts.sourceReports).toMatchObject([{ status: 'OK', isComplete: true }]);
  });
});

describe.each(['empty body', '{}', '[]', 'embedded []'] as const)('a Kommo that says "nothing" with %s', (emptiness) => {
  it('has an empty list, and does not know an unknown id', async () => {
    await using gateway = await start({ emptiness }, 5);
    const none = '{ contacts(filter: { lastName: "Nobody-has-this-name" }) { nodes { id } isComplete sourceReports { status } } }';
    expect(await gateway.ask(none)).toMatchObject({ contacts: { nodes: [], sourceReports: [{ status: 'OK' }] } });
    const id = Buffer.from('kommo:contact:999999').toString('base64url');
    const company = Buffer.from('kommo:company:999999').toString('base64url');
    const { data, errors } = await gateway.query(`{ contact(id: "${id}") { id } nodes(ids: ["${id}", "${company}"]) { id } }`);
    expect([data, errors]).toEqual([{ contact: null, nodes: [null, null] }, []]);
  });

  it('ends its list with it', async () => {
    await using gateway = await start({ emptiness, hasPhantomNext: true }, 120);
    const living = gateway.kommo.data.contacts.filter(({ isTrashed }) => !isTrashed);
    const seen: string[] = [];
    for (let after: string | null = null, hasNextPage = true; hasNextPage;) {
      const document =
        'query ($after: String) { contacts(first: 50, after: $after) { nodes { idInSource } isComplete pageInfo { hasNextPage endCursor } } }';
      const {
        contacts,
      }: { contacts: { nodes: { idInSource: string }[]; isComplete: boolean; pageInfo: { hasNextPage: boolean; endCursor: string } } } =
        await gateway.ask(document, { after });
      seen.push(...contacts.nodes.map(({ idInSource }) => idInSource));
      expect(contacts.isComplete).toBe(true);
      ({ hasNextPage, endCursor: after } = contacts.pageInfo);
    }
    expect(seen.toSorted()).toEqual(living.map(({ id }) => String(id)).toSorted());
  });
});

describe('a Kommo that fails for one row of a page', () => {
  it.each([0, 17, 41, 59])('gives all the others (row %i of 60)', async (place) => {
    await using probe = await start({}, 40);
    const { contacts: whole } = await probe.ask<Page>(list());
    const ids = whole.nodes.map(({ idInSource }) => idInSource);
    const broken = ids[Math.min(place, ids.length - 1)] ?? '';
    await using gateway = await start({ unwritableIds: [Number(broken)] }, 40);
    const { contacts } = await gateway.ask<Page>(list());
    expect(contacts.nodes.map(({ idInSource }) => idInSource)).toEqual(ids.filter((id) => id !== broken));
    expect(contacts.sourceReports).toEqual([{ status: 'PARTIAL', isComplete: false, damagedRows: 1, error: { code: 'BAD_RESPONSE' } }]);
    expect(gateway.calls()[CONTACTS]).toBeLessThanOrEqual(3 + 16);
  });

  it('is down where every part of a page fails, which costs six calls more', async () => {
    await using gateway = await start({ faults: [{ route: 'GET /api/v4/contacts', effect: { kind: 'respond', status: 500, body: 'x' } }] });
    const { contacts } = await gateway.ask<Page>(list());
    expect(contacts).toMatchObject({ nodes: [], sourceReports: [{ status: 'FAILED', error: { code: 'UNAVAILABLE' } }] });
    expect(gateway.calls()[CONTACTS]).toBe(3 + 6);
  });
});

describe('an option that a row gives by its id alone', () => {
  const DEFINITIONS = 'kommo GET /api/v4/contacts/custom_fields';
  interface Options {
    contacts: { nodes: { customFields: { text: string; value: { options: { label: string }[] } }[] }[] };
  }
  const valueSelection = 'text value { ... on SelectValue { options { label } } }';
  async function read(selection: string) {
    await using gateway = await start({}, 30);
    const values = [{ enum_id: 8201 }, { value: null, enum_id: 8202 }, { value: 'As typed', enum_id: 8203 }, { enum_id: 99 }];
    const fields = [{ field_id: 7011, field_name: 'Segment', field_code: null, field_type: 'multiselect', values }];
    for (const row of gateway.kommo.data.contacts) Object.assign(row, { custom_fields_values: fields });
    const names = gateway.kommo.data.contactFields.find(({ id }) => id === 7011)?.enums?.map(({ value }) => value) ?? [];
    const { contacts } = await gateway.ask<Options>(list(`customFields { ${selection} }`));
    const shown = contacts.nodes.flatMap(({ customFields }) =>
      customFields.map(({ text, value }) => [text, value.options.map(({ label }) => label)]),
    );
    return { shown: new Set(shown.map((one) => JSON.stringify(one))), names, calls: gateway.calls()[DEFINITIONS] };
  }

  it.each([`${valueSelection} field { options { label } }`, `field { position } ${valueSelection}`])(
    'has its name where the definitions are read anyhow: %s',
    async (selection) => {
      const { shown, names, calls } = await read(selection);
      const labels = [names[0] ?? '', names[1] ?? '', 'As typed', '99'];
      expect(names.length).toBeGreaterThan(1);
      expect(shown).toEqual(new Set([JSON.stringify([labels.join(', '), labels])]));
      expect(calls).toBe(1);
    },
  );

  it('is shown by its id where they are not, which costs no call', async () => {
    const { shown, calls } = await read(valueSelection);
    const labels = ['8201', '8202', 'As typed', '99'];
    expect([shown, calls]).toEqual([new Set([JSON.stringify([labels.join(', '), labels])]), undefined]);
  });
});

describe('a catalogue that was deleted', () => {
  it('leaves its elements without names, and is no failure', async () => {
    await using gateway = await start({});
    const gone = gateway.kommo.data.catalogs[0]?.id;
    gateway.kommo.data.catalogs.splice(0, 1);
    const { data, errors } = await gateway.query<{
      contacts: { nodes: { catalogElements: { element: { catalogId: string; name: string | null } }[] }[] };
    }>(list('catalogElements { element { catalogId name } }'));
    expect(errors).toEqual([]);
    const elements = (data?.contacts.nodes ?? []).flatMap(({ catalogElements }) => catalogElements.map(({ element }) => element));
    expect(elements.some(({ catalogId }) => catalogId === String(gone))).toBe(true);
    for (const { catalogId, name } of elements) if (catalogId === String(gone)) expect(name).toBeNull();
    const { source } = await gateway.ask<{ source: { health: { status: string } } }>('{ source(name: "kommo") { health { status } } }');
    expect(source.health.status).toBe('OK');
  });
});
