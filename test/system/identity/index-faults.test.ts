import { describe, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { eventually } from '../../support/eventually.ts';

interface Data {
  readonly source: {
    readonly index: { readonly status: string; readonly rowsRead: number; readonly error: { readonly code: string } | null };
  };
}
const ON = { CONTACT_INDEX: 'on' };

async function indexOf(gateway: TestGateway, name: string) {
  return (await gateway.ask<Data>('query ($name: String!) { source(name: $name) { index { status rowsRead error { code } } } }', { name }))
    .source.index;
}

describe('an index', () => {
  test('is OFF where it is not wanted, and costs nothing', async () => {
    await using gateway = await startTestGateway({});

    expect(await indexOf(gateway, 'kommo')).toEqual({ status: 'OFF', rowsRead: 0, error: null });
    expect(gateway.requests()).toEqual([]);
  });

  test.each([
    ['onlyoffice', 'GET /api/2.0/crm/contact/filter'],
    ['kommo', 'GET /api/v4/contacts'],
    ['callgear', 'POST get.contacts'],
  ] as const)('of %s is FAILED, with the reason, when the first reading fails for good', async (name, route) => {
    const faults = [{ route, effect: { kind: 'respond' as const, status: 200, contentType: 'application/json', body: 'no JSON' } }];
    await using gateway = await startTestGateway({ environment: ON, [name]: { faults } });

    const index = await eventually(async () => {
      const state = await indexOf(gateway, name);
      expect(state.status).toBe('FAILED');
      return state;
    });
    expect(index.error?.code).toBe('BAD_RESPONSE');
  });

  test('of CallGear is read in ranges of ids where it does not fit on one page', async () => {
    await using gateway = await startTestGateway({
      environment: ON,
      population: { onlyoffice: 1, kommo: 1, callgear: 12_000 },
      onlyoffice: null,
      kommo: null,
    });

    // Each look is a request, to which the reading of an index gives way.
    await eventually(async () => expect((await indexOf(gateway, 'callgear')).status).toBe('READY'), 500);
    expect((await indexOf(gateway, 'callgear')).rowsRead).toBe(gateway.callgear.contacts.length);
    // One that is too long, and two halves of it.
    expect(gateway.calls()['callgear POST get.contacts']).toBeLessThanOrEqual(4);
  });

  test('no longer has a contact that the gateway has deleted', async () => {
    await using gateway = await startTestGateway({ environment: ON, kommo: null, onlyoffice: null });
    await eventually(async () => expect((await indexOf(gateway, 'callgear')).status).toBe('READY'));
    const before = (await indexOf(gateway, 'callgear')).rowsRead;
    const deletable = await gateway.ask<{ contacts: { nodes: { id: string }[] } }>('{ contacts(first: 25) { nodes { id } } }');

    const { deleteContacts } = await gateway.ask<{ deleteContacts: { deletedContactIds: string[] } }>(
      'mutation ($ids: [ID!]!) { deleteContacts(input: { ids: $ids }) { deletedContactIds } }',
      { ids: deletable.contacts.nodes.map(({ id }) => id) },
    );

    expect(deleteContacts.deletedContactIds.length).toBeGreaterThan(0);
    expect((await indexOf(gateway, 'callgear')).rowsRead).toBe(before - deleteContacts.deletedContactIds.length);
  });
});
