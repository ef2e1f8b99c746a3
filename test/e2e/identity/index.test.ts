import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { eventually } from '../../support/eventually.ts';

interface IndexState {
  readonly status: string;
  readonly rowsRead: number;
  readonly rowsTotal: number | null;
  readonly asOf: string | null;
  readonly nextAt: string | null;
  readonly callsPerDay: number | null;
  readonly error: { readonly code: string } | null;
}
interface Data {
  readonly sources: readonly { readonly name: string; readonly index: IndexState }[];
}
const INDEXES = `{ sources { name index { status rowsRead rowsTotal asOf nextAt callsPerDay error { code message } } } }`;

export async function indexes(gateway: TestGateway): Promise<Record<string, IndexState>> {
  const { sources } = await gateway.ask<Data>(INDEXES);
  return Object.fromEntries(sources.map(({ name, index }) => [name, index]));
}

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ environment: { CONTACT_INDEX: 'on' } });
});
afterAll(() => gateway[Symbol.asyncDispose]());

test('reads every contact of each source once, in the fewest and largest pages', async () => {
  await eventually(async () => {
    const states = await indexes(gateway);
    expect(Object.values(states).map(({ status }) => status)).toEqual(['READY', 'READY', 'READY']);
  });

  const states = await indexes(gateway);
  expect(states['onlyoffice']?.rowsRead).toBe(gateway.onlyoffice.visibleContacts().length);
  expect(states['onlyoffice']?.rowsTotal).toBe(gateway.onlyoffice.visibleContacts().length);
  expect(states['kommo']?.rowsRead).toBe(gateway.kommo.data.contacts.filter(({ isTrashed }) => !isTrashed).length);
  expect(states['callgear']?.rowsRead).toBe(gateway.callgear.contacts.length);
  for (const { asOf, nextAt, error } of Object.values(states)) {
    expect(Date.parse(nextAt ?? '')).toBeGreaterThan(Date.parse(asOf ?? ''));
    expect(error).toBeNull();
  }
  const calls = gateway.calls();
  expect(calls['kommo GET /api/v4/contacts']).toBe(Math.ceil((states['kommo']?.rowsRead ?? 0) / 250) + 1);
  expect(calls['callgear POST get.contacts']).toBe(1);
  expect(calls['onlyoffice GET /api/2.0/crm/contact/filter']).toBe(2);
});
