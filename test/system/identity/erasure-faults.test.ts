import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { createPopulation } from '../../../src/sandbox/population.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { ALL } from '../../support/sources.ts';
import { storedContacts } from '../../support/filters/stored-contacts.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const POPULATION = { seed: 11, onlyoffice: 220, kommo: 150, callgear: 220 };
/** What befalls a CRM between the plan and the end: nothing, or its first answers to deletions or to all calls. */
const FAULTS = [
  { name: 'nothing', route: 'NONE /', effect: { kind: 'cut' } },
  { name: 'deletions fail', route: 'DELETE *', effect: { kind: 'respond', status: 500, contentType: 'text/html', body: 'down' } },
  { name: 'deletions are done and their answers lost', route: 'DELETE *', effect: { kind: 'cut' }, when: 'after' },
  { name: 'calls fail', route: '*', effect: { kind: 'respond', status: 503, contentType: 'text/html', body: 'down' } },
  { name: 'connections break', route: '*', effect: { kind: 'reset' } },
] as const;
/** Kommo's limit sets the pace, some two people a second: 200 for a longer look, as docs/erasure.md says. */
const PEOPLE = Number(process.env['ERASURE_PEOPLE'] ?? 50);

interface Plan {
  readonly planErasure: {
    readonly plan: { readonly token: string; readonly steps: readonly { action: string; match: { contact: { id: string } } }[] } | null;
  };
}
interface Execution {
  readonly executeErasure: {
    readonly verification: { readonly status: string } | null;
    readonly receipt: { readonly document: string } | null;
  };
}

test(
  `of ${PEOPLE} people under faults none is deleted twice, none is CLEAN while a row is left, and Kommo is not written to`,
  async () => {
    await using gateway = await startTestGateway({
      population: POPULATION,
      environment: {
        RECEIPT_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
        DEFAULT_COUNTRY: 'RU',
        REQUEST_TIMEOUT_MS: '20000',
        WRITE_TIMEOUT_MS: '2000',
        SOURCE_TIMEOUT_MS: '2000',
      },
    });
    const people = createPopulation(POPULATION)
      .people.filter(({ emails, crms }) => emails.length > 0 && crms.join() !== 'kommo')
      .slice(0, PEOPLE);
    expect(people).toHaveLength(PEOPLE);
    const statuses: Record<string, number> = {};
    for (const [number, person] of people.entries()) {
      const fault = FAULTS[number % FAULTS.length] ?? FAULTS[0];
      const { planErasure } = await gateway.ask<Plan>(
        'mutation ($keys: PersonKeysInput!) { planErasure(input: { keys: $keys }) { plan { token steps { action match { contact { id } } } } } }',
        { keys: { emails: person.emails } },
      );
      const ids = (planErasure.plan?.steps ?? []).filter(({ action }) => action === 'DELETE').map(({ match }) => match.contact.id);
      const target = gateway[ALL[number % ALL.length] ?? 'kommo'];
      target.setFaults([{ ...fault, times: 2 }]);
      const { data } = await gateway.query<Execution>(
        'mutation ($token: String!, $ids: [ID!]!) { executeErasure(input: { token: $token, contactIds: $ids }) { verification { status } receipt { document } } }',
        { token: planErasure.plan?.token ?? '', ids: ids.slice(0, 25) },
      );
      target.setFaults([]);
      const status = data?.executeErasure.verification?.status ?? 'none';
      statuses[status] = (statuses[status] ?? 0) + 1;
      const document = data?.executeErasure.receipt?.document ?? '';
      for (const text of [...person.emails, ...person.phones]) expect(document.toLowerCase()).not.toContain(text.toLowerCase());
      if (status === 'CLEAN') expect(left(gateway, person.emails)).toEqual([]);
    }
    process.stdout.write(`${PEOPLE} erasures under faults: ${JSON.stringify(statuses)}\n`);

    // What was sent and not refused before it could have been carried out.
    const deletions = gateway
      .requests()
      .filter(({ method, route }) => method === 'DELETE' || route.includes('delete.contacts'))
      .map(({ source, url, body }) => `${source} ${url} ${idsIn(body)}`);
    expect(deletions.length).toBeGreaterThan(PEOPLE / 2);
    expect(new Set(deletions).size).toBe(deletions.length);
    expect(gateway.kommo.countWrites()).toBe(0);
    expect(statuses['CLEAN']).toBeGreaterThan(PEOPLE / 10);
  },
  PEOPLE * 6_000,
);

/** Rows that hold one of some e-mail addresses. */
function left(gateway: TestGateway, emails: readonly string[]): readonly string[] {
  return storedContacts(gateway, ALL)
    .filter(({ infos }) => infos.some(({ value }) => emails.includes(value.toLowerCase())))
    .map(({ source, id }) => `${source} ${id}`);
}

/** The ids that a deletion of CallGear names; '' for the others, whose address does. */
function idsIn(body: unknown): string {
  const params = typeof body === 'object' && body !== null && 'params' in body ? body.params : null;
  return typeof params === 'object' && params !== null && 'id' in params ? String(params.id) : '';
}
